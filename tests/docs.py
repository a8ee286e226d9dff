"""The generated pages of docs/: `python -m tests.docs` writes them, `--check` compares.

Every rule's page is the docstring that its test executes; the pages of docs/reference are made by
reference.py from what the compiler uses.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from mlsdc.cli.known_rules import known_rules
from mlsdc.cli.rule_page import plain_page
from mlsdc.compiler.undecided_checks import UNDECIDED
from mlsdc.diagnostics import Rule
from tests.reference import reference

DOCS = Path(__file__).parents[1] / "docs"
FAMILIES = {
    "SYN": "Syntax and names",
    "TYP": "Types, units and wiring",
    "EMT": "Emission",
    "INT": "Internal faults",
    "USE": "Usage",
    "SUP": "Accepted findings",
    "POL": "Policy",
    "LAT": "Latency",
    "CAP": "Capacity and cost",
    "TSC": "Training-serving consistency",
    "REL": "Reliability",
    "SEC": "Security and governance",
    "EXP": "Experiments",
    "MON": "Monitoring",
    "LLM": "Language models and retrieval",
}


def pages() -> dict[str, str]:
    """Every generated page by its path below docs/."""
    made = {"checks/index.md": _index()}
    for code, rule in known_rules().items():
        made[f"checks/{code}.md"] = _rule(rule)
    made |= {f"reference/{path}": text for path, text in reference().items()}
    return made


def _index() -> str:
    lines = [
        "# What mlsdc can say",
        "",
        "A check has three outcomes: it passes, it fails, or it cannot decide and names the fields "
        "that would let it.",
        "`mlsdc explain CODE` prints the same pages.",
    ]
    rules = known_rules()
    for family, title in FAMILIES.items():
        found = [rule for code, rule in rules.items() if code.startswith(family)]
        if found:
            lines += [
                "",
                f"## {title}",
                "",
                "| code | name | severity | what |",
                "|---|---|---|---|",
            ]
            lines += [
                f"| [{r.code}]({r.code}.md) | {r.slug} | {r.severity.word} | {r.title} |"
                for r in found
            ]
    return "\n".join([*lines, *_undecided()]) + "\n"


def _undecided() -> Iterator[str]:
    """The codes of the catalogue that no check decides, and why."""
    if not UNDECIDED:
        return
    yield from ("", "## Not yet decided", "")
    yield "Codes that are kept for these checks; a design is not judged by them."
    yield from ("", "| code | what | why not |", "|---|---|---|")
    yield from (f"| {one.code} | {one.title} | {one.reason} |" for one in UNDECIDED)


def _rule(rule: Rule) -> str:
    head = f"# {rule.code}: {rule.slug}\n\n{rule.severity.word}. {rule.title}.\n\n"
    return head + plain_page(rule).rstrip() + "\n"


def main(check: bool) -> int:
    """Write the pages, or tell which are out of date."""
    made = {DOCS / path: text for path, text in pages().items()}
    on_disk = {*(DOCS / "checks").glob("*.md"), *(DOCS / "reference").rglob("*.md")}
    stale = [p for p, text in made.items() if not p.exists() or p.read_text("utf-8") != text]
    left_over = sorted(on_disk - made.keys())
    if check:
        for path in [*stale, *left_over]:
            print(f"{path.relative_to(DOCS.parent)} is out of date: run `make docs`")
        return 1 if stale or left_over else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], "utf-8")
    for path in left_over:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
