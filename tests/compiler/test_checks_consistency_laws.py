"""Laws of the consistency checks, on a design that says everything they read.

Whatever is left out, doubled, moved or misspelt: nothing breaks, an undecided finding names what is
missing, and the order of declarations changes nothing.
"""

from __future__ import annotations

from random import Random

import pytest

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.evidence import Evidence, Level
from mlsdc.compiler.consistency.conditions import CONDITIONS, conditions
from mlsdc.diagnostics import Diagnostic, Severity
from mlsdc.dsl.parse import parse
from tests.compiler.checking import FILE, fact, outcome, shown

WHOLE = """\
system bank { tier = production  owner = "risk"  contact = "#risk" }
entity card { key card_id: string }
stream payments {
  rate = 100/s
  event {
    card_id: string
    amount:  float64
    country: string
    at:      timestamp  event_time
  }
}
stream served { event { card_id: string  amount: float64  at: timestamp  event_time } }
lake history { from = [payments, served]  format = iceberg }
pipeline live { reads = payments  watermark = 2s  slide = 1s }
pipeline nightly { reads = history  every = 1d  runtime = 1h }
features velocity {
  entity  = card
  version = 3
  tx_1h: int64 = count() over 1h default 0
  spend: float64 = sum(amount) over 1d default 0 version 2
  offline {
    computed = nightly  engine = spark  code = "git:velocity.sql@a1"
    time = event  includes_current = false
  }
  online {
    computed = live  engine = flink  code = "git:Velocity.java@9c"
    time = event  includes_current = false
  }
  parity = velocity_parity { tolerance = 0.1%  rows = 100000 }
}
features taste {
  entity = card
  computed = nightly
  kind = model_dependent
  fitted scale on rows rows train
  vector: float32[64] stored float16 cast
}
features risk_scores { scored_by = risk  risk: float64 }
features now { entity = card  ratio: float64 = request.amount / velocity.spend }
label fraud { from = history  horizon = 0d  matures = 30d }
dataset rows {
  spine = served
  features = [velocity, taste, risk_scores, now]
  label = fraud
  join = point_in_time
  join_delay = 26h
  boundary = before
  split = time { train = 80%  embargo = 30d }
  pin velocity version 3
  pin risk version 5
}
training weekly { every = 7d  libraries = ["xgboost==2.1.1", "numpy==2.0.0"] }
model risk { version = 5 }
model limit {
  framework = xgboost
  dataset = rows
  training = weekly
  inputs = positional
  precision = fp32
  preprocessing = library { code = "git:prepare.py@77" }
  gate = auc { at_least = 0.8  measured = served }
  fitted countries on rows rows train digest "sha256:1f"
  signature {
    tx_1h:  int64
    spend:  float64
    vector: float32[64]
    risk:   float64
    ratio:  float64 optional
    amount: float64
  }
}
endpoint decide {
  model = limit
  features = [velocity, taste, risk_scores, now]
  request_features = [amount]
  feature_versions = pinned
  pin velocity version 3
  pin risk version 5
  preprocessing = server { code = "git:prepare.py@77" }
  artifact { precision = fp8  conversion = tensorrt }
  libraries = ["xgboost==2.1.1", "numpy==2.0.0"]
  logging { to = served  sampled = 100% }
  fitted countries digest "sha256:1f"
  signature {
    tx_1h:  int64
    spend:  float64
    vector: float32[64]
    risk:   float64
    ratio:  float64
    amount: float64
  }
}
request pay {
  rate = 50/s
  body { card_id: string  amount: float64 }
  call velocity
  call decide
  call payments  asynchronous
}
"""
MINE = frozenset(f"TSC{n:03}" for n in (3, 4, 5, 6, 7, 8, 10, 12, 28, 40, 41, 42, 43, 45))
LINES: list[str] = list(WHOLE.splitlines(keepends=True))


def mine(text: str) -> list[Diagnostic]:
    return [d for d in outcome(text).diagnostics if d.code in MINE]


def test_the_whole_design_is_consistent() -> None:
    """Every word of the checks' vocabulary, and nothing to say."""
    found = outcome(WHOLE).diagnostics

    assert [shown(d) for d in found if d.code[:3] in ("SYN", "TYP", "INT")] == []
    assert [shown(d) for d in mine(WHOLE)] == []


def test_levels_of_the_whole_design() -> None:
    found = fact(WHOLE, Evidence).of["decide"]

    assert {one.name: one.level for one in found.features} == {
        "velocity.tx_1h": Level.PARITY_TESTED,
        "velocity.spend": Level.PARITY_TESTED,
        "taste.vector": Level.SHARED,
        "risk_scores.risk": Level.SHARED,
        "now.ratio": Level.PARITY_TESTED,
        "amount": Level.LOGGED,
    }
    assert found.level is Level.PARITY_TESTED


def broken(seed: int) -> str:
    """The design with a few lines left out, doubled, moved, or with other numbers or words."""
    random = Random(seed)
    lines: list[str] = list(LINES)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(lines))
        kind = random.choice(["drop", "double", "move", "number", "swap", "word"])
        line = lines[at]
        if kind == "drop":
            del lines[at]
        elif kind == "double":
            lines.insert(at, line)
        elif kind == "move":
            lines.insert(random.randrange(len(lines)), lines.pop(at))
        elif kind == "number":
            lines[at] = "".join(random.choice("0123456789") if c.isdigit() else c for c in line)
        elif kind == "swap":
            other = random.randrange(len(lines))
            lines[at], lines[other] = lines[other], line
        else:
            words = line.split(" ")
            random.shuffle(words)
            lines[at] = " ".join(words).replace("\n", "") + "\n"
    return "".join(lines)


@pytest.mark.parametrize("seed", range(150))
def test_nothing_breaks(seed: int) -> None:
    """No internal fault, every place lies in the file, undecided findings name something."""
    text = broken(seed)
    made = outcome(text)
    for found in made.diagnostics:
        assert found.code != "INT001", found.message
        if found.code not in MINE:
            continue
        assert found.subject
        assert "None" not in found.message
        for span in (found.span, *(label.span for label in found.labels)):
            assert span.file == FILE
            assert text[span.start : span.end].strip()
        if found.undecided:
            assert found.severity is Severity.NOTE
            assert all("." in name or " " in name for name in found.missing)
        else:
            assert found.help
    for one in made.compiled:
        for pair in one.facts.get(Evidence).of.values():
            said = conditions(one.design, one.facts.get(Callers), pair, one.diagnostics)
            assert [c.name for c in said] == list(CONDITIONS)
            assert all(bool(c.missing) for c in said if c.verdict == "undecided")
            assert all(bool(c.because) for c in said if c.verdict == "fails")


FAULTS = (
    ("  pin velocity version 3\n  pin risk version 5\n}\ntraining", "  pin velocity version 1\n"
     "  pin risk version 4\n}\ntraining"),
    ("    spend:  float64\n    vector: float32[64]\n    risk:   float64\n    ratio:  float64 opt",
     "    vector: float32[32]\n    spend:  float32\n    risk:   float64\n    ratio:  float64 opt"),
    ("  parity = velocity_parity { tolerance = 0.1%  rows = 100000 }\n", ""),
    ("measured = served", "measured = trained"),
    ('  fitted countries digest "sha256:1f"\n', '  fitted countries digest "sha256:2e"\n'),
    ("server { code", "client { code"),
)  # fmt: skip


def telling(text: str) -> list[tuple[str, ...]]:
    """What is said, with the words that its places cover."""
    return sorted(
        (d.code, d.subject, d.message, d.help, text[d.span.start : d.span.end], *d.missing,
         *d.arithmetic, *sorted(text[one.span.start : one.span.end] for one in d.labels))
        for d in mine(text)
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_declaration_order_changes_nothing(seed: int) -> None:
    text = WHOLE
    for old, new in FAULTS:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    tree, _ = parse(text, FILE)
    pieces = [text[s.span.start : s.span.end] for s in tree.statements]
    Random(seed).shuffle(pieces)

    expected = telling(text)
    assert {line[0] for line in expected} >= {
        "TSC003", "TSC004", "TSC005", "TSC006", "TSC007", "TSC008", "TSC028", "TSC041", "TSC042",
    }  # fmt: skip
    assert telling("\n\n".join(pieces) + "\n") == expected


@pytest.mark.parametrize("left_out", range(len(LINES)))
def test_saying_less_never_proves_more(left_out: int) -> None:
    """Without a line, a level may fall; it never rises above what the other lines show."""
    text = "".join(line for at, line in enumerate(LINES) if at != left_out)
    made = outcome(text)
    if any(d.severity is Severity.ERROR for d in made.diagnostics) or not made.compiled:
        return  # another design, or none
    found = made.compiled[0].facts.get(Evidence).of.get("decide")
    views = {one.name.partition(".")[0] for one in found.features} if found is not None else ()
    if found is not None and found.level is not None and "velocity" in views:
        assert found.level <= Level.PARITY_TESTED
