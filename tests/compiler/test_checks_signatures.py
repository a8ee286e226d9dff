"""Types, shapes, names and order of features on their way into a model."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Diagnostic, Severity
from tests.compiler.checking import at, labelled, only, shown
from tests.compiler.checking import said as heard


def said(text: str, *codes: str) -> list[Diagnostic]:
    """The findings of these codes about a design that is sound in itself."""
    wrong = [shown(d) for d in heard(text) if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == []
    return heard(text, *codes)


DEFINED = """
    entity user {{ key user_id: string }}
    stream events {{
      event {{
        user_id: string
        small:   int32
        big:     int64
        price:   float32
        value:   float64
        tag:     string
        ok:      bool
        at:      timestamp  event_time
      }}
    }}
    pipeline counting {{ reads = events }}
    features f {{
      entity   = user
      computed = counting
      x: {type} = {definition}
    }}
    """


class TestTypes:
    """TSC005."""

    @pytest.mark.parametrize(
        ("type_", "definition", "severity"),
        [
            ("float64", "sum(value) over 7d", None),
            ("int64", "sum(value) over 7d", Severity.ERROR),
            ("float32", "sum(value) over 7d", Severity.ERROR),
            ("int64", "sum(small) over 7d", Severity.NOTE),
            ("int32", "sum(big) over 7d", Severity.ERROR),
            ("float64", "sum(big) over 7d", Severity.WARNING),
            ("float64", "sum(small) over 7d", Severity.NOTE),
            ("float32", "sum(small) over 7d", Severity.WARNING),
            ("string", "last(tag) over 7d", None),
            ("int64", "last(tag) over 7d", Severity.ERROR),
            ("int64", "max(ok) over 7d", Severity.ERROR),
            ("int32", "count() over 7d", None),
            ("float32", "count() over 7d", None),
            ("string", "count() over 7d", Severity.ERROR),
            ("float64", "mean(big) over 7d", None),
            ("float32", "mean(big) over 7d", None),
            ("int64", "mean(big) over 7d", Severity.ERROR),
            ("float32", "mean(value) over 7d", Severity.ERROR),
            ("float32", "mean(price) over 7d", None),
            ("float64", "mean(price) over 7d", Severity.NOTE),
            ("float64", "value / 2", None),
            ("float64", "value * small", None),
            ("float32", "value - price", Severity.ERROR),
            ("int64", "-big", None),
            ("int64", "big / small", Severity.ERROR),
            ("float32", "big / small", None),
            ("string", "lower(tag)", None),
            ("string", "coalesce(tag, 0)", None),
            ("int64", "coalesce(big, small)", None),
            ("int64", "hour_of_day(at)", None),
            ("float64", "hash(tag)", None),  # nobody can tell
        ],
    )  # fmt: skip
    def test_definitions(self, type_: str, definition: str, severity: Severity | None) -> None:
        found = said(DEFINED.format(type=type_, definition=definition), "TSC005")

        assert [d.severity for d in found] == ([] if severity is None else [severity])

    def test_a_finding(self) -> None:
        text = DEFINED.format(type="float32", definition="sum(big) over 7d")
        found = only(text, "TSC005")

        assert found.message == (
            "the definition of `f.x` is int64, `f.x` is float32: float32 holds whole numbers "
            "exactly up to 2^24 only"
        )
        assert at(found, text) == "float32"
        assert labelled(found, text) == ["int64"]

    def test_a_cast_is_meant(self) -> None:
        text = DEFINED.format(type="int64", definition="sum(value) over 7d cast")

        assert said(text, "TSC005") == []

    def test_what_the_store_keeps(self) -> None:
        text = DEFINED.format(type="float64", definition="sum(value) over 7d stored float32")
        found = only(text, "TSC005")

        assert "the online store for `f.x` is float32" in found.message
        assert said(text.replace("stored float32", "stored float32 cast"), "TSC005") == []
        assert said(text.replace("stored float32", "stored float64"), "TSC005") == []

    def test_two_sources_of_one_name_are_not_judged(self) -> None:
        text = DEFINED.format(type="int64", definition="sum(value) over 7d")
        more = "\n    stream other { event { value: int64  at: timestamp event_time } }\n"

        both = text.replace("reads = events", "reads = [events, other]") + more
        assert said(both, "TSC005") == []


SERVED = """
    entity user { key user_id: string }
    stream rows { event { user_id: string  amount: float64  at: timestamp  event_time } }
    pipeline counting { reads = rows }
    features a { entity = user  computed = counting  x: float64  y: int64 }
    features b { entity = user  computed = counting  z: float32[16] }
    features now { entity = user  ratio: float64 = request.amount / 2 }
    dataset history { spine = rows  features = [a, b, now] }
    model ranker {
      dataset = history
      inputs  = positional
    }
    endpoint rank {
      model    = ranker
      features = [a, b, now]
    }
    request ask {
      body { user_id: string  amount: float64 }
      call rank
    }
    """
ALL = ("TSC005", "TSC006", "TSC028")
SIGNED = "      dataset = history\n      signature {{ {} }}\n"


def signed(columns: str, server: str = "") -> str:
    text = SERVED.replace("      dataset = history\n", SIGNED.format(columns))
    if not server:
        return text
    listed = "      features = [a, b, now]\n    }\n    request"
    return text.replace(listed, listed.replace("now]\n", f"now]\n      signature {{ {server} }}\n"))


class TestRequests:
    """TSC005 and TSC006: what comes with the request against the rows of training."""

    @pytest.mark.parametrize(
        ("row", "body", "found"),
        [
            ("float64", "float64", []),
            ("float32", "float64", ["TSC005 note"]),
            ("float64", "float32", ["TSC005 error"]),
            ("float64", "int64", ["TSC005 error"]),
            ("int64", "float64", ["TSC005 warning"]),
            ("string", "float64", ["TSC005 error"]),
            ("float64[2]", "float64", ["TSC006 error"]),
        ],
    )
    def test_row_and_request(self, row: str, body: str, found: list[str]) -> None:
        text = (
            SERVED.replace("amount: float64  at", f"amount: {row}  at")
            .replace(
                "body { user_id: string  amount: float64",
                f"body {{ user_id: string  amount: {body}",
            )
            .replace("ratio: float64 = request.amount / 2", "ratio: float64 = hash(request.amount)")
        )

        assert [f"{d.code} {d.severity.word}" for d in said(text, *ALL)] == found

    def test_a_finding(self) -> None:
        text = SERVED.replace("string  amount: float64 }", "string  amount: string }")
        found = only(text, "TSC005")

        assert found.subject == "ask"
        assert found.message == (
            "`rows.amount` is float64, request `ask` for `amount` is string: string is another "
            "kind of value"
        )
        assert labelled(found, text) == ["float64"]


class TestShapes:
    """TSC006."""

    @pytest.mark.parametrize(
        ("feature", "taken", "words"),
        [
            ("float32[16]", "float32[16]", ""),
            ("float32[16]", "float32[-1]", ""),
            ("float32[16]", "float32[32]", "is float32[16]"),
            ("float32[16]", "float32[4, 4]", "is float32[16]"),
            ("float32[-1]", "float32[16]", "has no fixed length"),
            ("float32", "float32[1]", ""),
            ("float32", "float32[2]", "is float32"),
        ],
    )
    def test_vectors(self, feature: str, taken: str, words: str) -> None:
        text = signed(f"x: float64  y: int64  z: {taken}  ratio: float64")
        old = "z: float32[16] }\n    features"
        found = said(text.replace(old, old.replace("float32[16]", feature)), *ALL)

        assert [d.code for d in found] == (["TSC006"] if words else [])
        assert all(words in d.message for d in found)

    def test_the_last_n(self) -> None:
        text = DEFINED.format(type="int64[20]", definition="last_n(big, 20) over 7d")
        assert said(text, *ALL) == []
        found = only(text.replace("big, 20", "big, 10"), "TSC006")
        assert found.arithmetic == ("[10] against [20]",)

    @pytest.mark.parametrize("size", ["0", "-2"])
    def test_no_such_dimension(self, size: str) -> None:
        found = heard(SERVED.replace("float32[16]", f"float32[{size}]"))

        assert [d.code for d in found if d.code[:3] == "TYP"] == ["TYP003"]


class TestSignatures:
    """TSC028."""

    def test_equal_lists_pass(self) -> None:
        assert said(SERVED, *ALL) == []
        assert said(signed("x: float64  y: int64  z: float32[16]  ratio: float64"), *ALL) == []

    def test_types_of_a_signature_are_a_matter_of_types(self) -> None:
        text = signed("x: float32  y: int64  z: float32[16]  ratio: float64")

        assert [d.code for d in said(text, *ALL)] == ["TSC005"]
        assert said(text.replace("x: float32", "x: float32 cast"), *ALL) == []

    @pytest.mark.parametrize(
        ("inputs", "found"),
        [("positional", Severity.ERROR), ("named", None), ("", Severity.NOTE)],
    )
    def test_order(self, inputs: str, found: Severity | None) -> None:
        text = SERVED.replace(
            "      features = [a, b, now]\n    }\n    request",
            "      features = [b, a, now]\n    }\n    request",
        ).replace("inputs  = positional", f"inputs = {inputs}" if inputs else "")

        assert [d.severity for d in said(text, "TSC028")] == ([] if found is None else [found])
        if found is Severity.ERROR:
            one = only(text, "TSC028")
            assert one.message == (
                "`rank` hands over `z` where `ranker` takes in `x`: its inputs are found by "
                "position, and 3 of 4 change places"
            )
            assert one.arithmetic[0] == "input 1: x in training, z in serving"
            assert one.help == "features = [a, b, now] in `rank`"
            assert labelled(one, text) == ["[a, b, now]"]
        if found is Severity.NOTE:
            assert only(text, "TSC028").missing == ("ranker.inputs",)

    def test_a_signature_has_its_own_order(self) -> None:
        text = signed("ratio: float64  y: int64  z: float32[16]  x: float64")

        assert "`x` where `ranker` takes in `ratio`" in only(text, "TSC028").message
        assert said(text.replace("positional", "named"), "TSC028") == []

    def test_inputs_of_one_side_only_change_no_places(self) -> None:
        text = SERVED.replace(
            "      features = [a, b, now]\n    }\n    request",
            "      features = [b, now]\n    }\n    request",
        )
        assert said(text, "TSC028") == []
        assert [d.code for d in said(text, "TSC001", "TSC002")] == ["TSC002"]

    def test_one_name_in_two_views(self) -> None:
        text = SERVED.replace("z: float32[16]", "x: float64")

        assert said(text, "TSC028") == []
        swapped = text.replace("features = [a, b, now]\n    }\n    request",
                               "features = [b, a, now]\n    }\n    request")  # fmt: skip
        assert "`b.x` where `ranker` takes in `a.x`" in only(swapped, "TSC028").message

    def test_an_input_that_no_row_has(self) -> None:
        text = signed("x: float64  y: int64  z: float32[16]  ratio: float64  amounts: float64")
        found = only(text, "TSC028")

        assert at(found, text) == "amounts"
        assert found.subject == "ranker"
        assert found.help == "did you mean `amount`?"
        assert labelled(found, text) == ["[a, b, now]", "rows"]
        assert said(text.replace("amounts:", "amount:"), "TSC028") == []

    def test_rows_that_nobody_describes_are_undecided(self) -> None:
        text = signed("x: float64  y: int64  z: float32[16]  ratio: float64  amounts: float64")
        bare = text.replace("spine = rows  ", "")
        silent = text.replace(
            " event { user_id: string  amount: float64  at: timestamp  event_time } ", " "
        )
        assert only(bare, "TSC028").missing == ("history.spine",)
        assert only(silent, "TSC028").missing == ("rows.event",)
        lake = text.replace("spine = rows", "spine = kept") + "    lake kept { from = other }\n"
        unknown = lake + "    stream other { }\n"
        assert only(unknown, "TSC028").missing == ("the events that land in kept",)
        landed = (
            lake + "    stream other { event { amounts: float64  at: timestamp event_time } }\n"
        )
        assert said(landed, "TSC028") == []

    @pytest.mark.parametrize(
        ("server", "words"),
        [
            ("x: float64  y: int64  z: float32[16]  ratio: float64", []),
            ("x: float32  y: int64  z: float32[16]  ratio: float64", ["`x` as float32"]),
            ("x: float64  y: int64  z: float32[8]  ratio: float64", ["`z` as float32[8]"]),
            ("x: float64  y: int64  ratio: float64", ["declares no input `z`"]),
            ("x: float64  y: int64  z: float32[16]  rati: float64",
             ["declares input `rati`", "declares no input `ratio`"]),
            ("x: float64  y: int64 optional  z: float32[16]  ratio: float64", ["`y` is optional"]),
            ("y: int64  x: float64  z: float32[16]  ratio: float64", ["hands over `y`"]),
        ],
    )  # fmt: skip
    def test_what_the_server_declares(self, server: str, words: list[str]) -> None:
        text = signed("x: float64  y: int64  z: float32[16]  ratio: float64", server)
        found = said(text, *ALL)

        assert [d.code for d in found] == ["TSC028"] * len(words)
        assert sorted(words) == sorted(w for d in found for w in words if w in d.message)
        assert all(d.subject == "rank" for d in found)

    def test_an_optional_input_may_be_absent(self) -> None:
        taken = "x: float64  y: int64 optional  z: float32[16]  ratio: float64"
        text = signed(taken, "x: float64  z: float32[16]  ratio: float64")

        assert said(text, *ALL) == []
        assert said(signed(taken, taken), *ALL) == []

    def test_a_server_against_a_model_without_signature(self) -> None:
        text = signed("", "x: float64  y: int64  z: float32[8]  ratio: float64")
        text = text.replace("      signature {  }\n", "")

        assert "`z` as float32[8]" in only(text, "TSC028").message
