"""The time to the first token: what comes before a streamed answer, and its first token."""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.first_tokens import FirstTokens
from tests.compiler.checking import at, fact, only, said

TEXT = """
endpoint embed { latency { p50 = 100ms  p99 = 100ms  at = 90/s } }
endpoint guard { latency { p50 = 50ms  p99 = 50ms  at = 90/s } }
model assistant { architecture = "llama-3-8b" }
endpoint chat {
  model      = assistant
  generation {
    ttft   { p50 = 300ms  p99 = 300ms  at = 90/s }
    tpot   { p50 = 20ms   p99 = 20ms }
    output { p50 = 101    p99 = 101 }
  }
}
endpoint small {
  model      = assistant
  generation {
    ttft   { p50 = 150ms  p99 = 150ms  at = 90/s }
    tpot   { p50 = 20ms   p99 = 20ms }
    output { p50 = 101    p99 = 101 }
  }
}
request ask {
  rate = 1/s
  BUDGET
  CALLS
}
"""


def design(calls: str, budget: str = "") -> str:
    return TEXT.replace("CALLS", calls).replace("BUDGET", budget)


def first(calls: str) -> float:
    """The median time to the first token in milliseconds."""
    latency = fact(design(calls), FirstTokens).requests["ask"]
    return latency.independent(0.5) * 1000


@pytest.mark.parametrize(
    ("calls", "milliseconds"),
    [
        ("call chat", 300),
        ("call embed\n call chat", 400),
        ("call embed { call chat }", 400),
        ("call small\n call chat", 2150 + 300),  # the first one's answer is read by the second
        ("call embed\n call chat\n call guard  asynchronous", 400),
        ("call chat  timeout 5s  fallback small", 300),
        ("call chat  timeout 200ms  fallback small", 200 + 150),
        ("call chat  round_trip 7ms", 307),
    ],
)
def test_all_before_the_answer_and_its_first_token(calls: str, milliseconds: float) -> None:
    """Whole times of what comes before; of the answer itself the first token only."""
    assert first(calls) == pytest.approx(milliseconds, rel=0.01)


@pytest.mark.parametrize(
    "calls", ["call chat\n call guard", "call chat { call guard }", "call embed"]
)
def test_an_answer_that_is_waited_for_is_not_streamed(calls: str) -> None:
    """What reads the whole answer comes before the client does."""
    assert "ask" not in fact(design(calls), FirstTokens).requests
    one = only(design(calls, "budget { ttft_p99 <= 1s }"), "LAT023")
    assert one.undecided


def test_the_finding_holds_both_numbers_and_its_help_ends_it() -> None:
    """400 ms of 350 ms; the whole answer has no budget, and nothing is said of it."""
    text = design("call embed\n call chat", "budget { ttft_p99 <= 350ms }")
    one = only(text, "LAT023")

    assert one.message.startswith("ttft_p99 is 400ms, 50ms over its 350ms budget")
    assert at(one, text) == "ttft_p99 <= 350ms"
    assert said(text, "LAT002", "LAT004", "LAT017") == []
    proposed = one.help.partition(" in the")[0]
    assert said(text.replace("ttft_p99 <= 350ms", proposed), "LAT023") == []


def test_missing_times_are_named() -> None:
    """A hop that nobody measured makes it a lower bound."""
    text = design("call embed\n call chat", "budget { ttft_p99 <= 350ms }")
    silent = text.replace("latency { p50 = 100ms  p99 = 100ms  at = 90/s }", "")
    assert only(silent, "LAT023").missing == ("embed.latency",)


def test_an_assertion_reads_it() -> None:
    """`ask.ttft_p99` is a figure like any other."""
    text = design("call embed\n call chat")
    assert said(text + "assert ask.ttft_p99 <= 450ms\n") == said(text)
    assert len(said(text + "assert ask.ttft_p99 <= 350ms\n")) == len(said(text)) + 1
