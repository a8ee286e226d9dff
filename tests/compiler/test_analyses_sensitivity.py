"""Where sensitive columns come to lie, and by which way."""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.sensitivity import Sensitivities
from tests.compiler.checking import fact, only

FLOW = """
    stream visits {
      retention = 7d
      event {
        user_id: string   sensitivity pii
        page:    string   sensitivity internal
        spent:   float64  sensitivity special
        plain:   string
      }
    }
    entity user { key user_id: string }
    online_store keys { }
    feature_store features { online = keys }
    lake raw { from = visits }
    lake state { existing { } }
    stream rejected { }
    stream out { event { user_id: string  page: string } }
    pipeline job { reads = RAW  writes = WRITES  DEIDENTIFIES }
    features profile {
      entity   = user
      store    = features
      computed = job
      total: float64 = sum(spent) over 30d
      pages: int64   = count_distinct(page) over 30d
      count: int64   = count() over 30d
    }
    """


def ways(
    name: str, reads: str = "visits", writes: str = "keys", deidentifies: str = ""
) -> dict[str, tuple[str, str]]:
    text = FLOW.replace("RAW", reads).replace("WRITES", writes)
    held = fact(text.replace("DEIDENTIFIES", deidentifies), Sensitivities).of.get(name, ())
    return {one.column: (one.sensitivity, one.way) for one in held}


def test_landed_as_it_is() -> None:
    assert ways("raw") == {
        "user_id": ("pii", "visits.user_id -> raw"),
        "page": ("internal", "visits.page -> raw"),
        "spent": ("special", "visits.spent -> raw"),
    }


def test_features_are_as_sensitive_as_what_they_read() -> None:
    """Aggregates of one person stay about that person; the key lies beside them."""
    assert ways("keys", reads="raw") == {
        "total": ("special", "visits.spent -> raw -> job -> profile -> keys"),
        "pages": ("internal", "visits.page -> raw -> job -> profile -> keys"),
        "user_id": ("pii", "visits.user_id -> profile -> keys"),
    }


def test_a_job_writes_what_it_reads_unless_its_target_declares_columns() -> None:
    assert set(ways("raw", writes="[keys, raw]")) == {"user_id", "page", "spent"}
    assert set(ways("out", writes="[keys, out]")) == {"user_id", "page"}


def test_deidentifying_ends_it() -> None:
    dropped = "deidentifies = [user_id, spent]"

    assert set(ways("out", writes="[keys, out]", deidentifies=dropped)) == {"page"}
    assert "total" not in ways("keys", deidentifies=dropped)


def test_rejected_events_are_raw() -> None:
    """What could not be processed was not deidentified either."""
    found = ways("rejected", deidentifies="deidentifies = [user_id]  dead_letter = rejected")

    assert set(found) == {"user_id", "page", "spent"}


def test_the_most_sensitive_comes_first() -> None:
    held = fact(FLOW.replace("RAW", "visits").replace("WRITES", "keys").replace(
        "DEIDENTIFIES", ""), Sensitivities).of["visits"]  # fmt: skip

    assert [one.sensitivity for one in held] == ["special", "pii", "internal"]


def test_requests_carry_fields_into_their_logs() -> None:
    text = """
        stream log { event { name: string  score: float64 } }
        stream all { retention = 1d }
        endpoint a { }
        request ask {
          rate = 1/s
          body { name: string sensitivity pii  age: int64 sensitivity special }
          call a { call log  asynchronous }
          call all  asynchronous
        }
        """
    found = fact(text, Sensitivities).of

    assert [one.way for one in found["log"]] == ["ask.name -> log"]
    assert [one.way for one in found["all"]] == ["ask.age -> all", "ask.name -> all"]


def test_loops_end() -> None:
    text = """
        stream a { event { who: string sensitivity pii } }
        lake b { from = a }
        pipeline forth { reads = b  writes = c }
        lake c { existing { } }
        pipeline back { reads = c  writes = b }
        """
    found = fact(text, Sensitivities).of

    assert found["c"][0].way == "a.who -> b -> forth -> c"
    assert found["b"][0].way == "a.who -> b"


@pytest.mark.parametrize("word", ["personal", "piii", '"PII"'])
def test_unknown_sensitivity(word: str) -> None:
    """A misspelt sensitivity is an error, and never taken for public."""
    text = "stream a { event { who: string  sensitivity WORD } }".replace("WORD", word)

    assert "sensitivity" in only(text, "TYP002").message
