"""EXP004"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tests_of_traffic import deciding
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "EXP004",
    "peeking",
    Severity.WARNING,
    source="Johari, Koomen, Pekelis and Walsh, Peeking at A/B Tests (2017); Armitage, "
    "McPherson and Rowe 1969",
)
def peeking(design: Design) -> Iterator[Finding]:
    """Results are seen before the end, and the test holds for one look at the end only.

    Why: whoever looks every day at a test for one look stops at the first lucky day: with five
    looks a false alarm at 5% becomes one at 14%.

    Bad:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          test      = fixed
          watched   = true
        }

    Good:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          test      = always_valid
          watched   = true
        }
    """
    for one in deciding(design, "ab"):
        plan = one.test.plan if one.test else None
        if plan in ("group_sequential", "always_valid"):
            if plan == "group_sequential" and one.test and one.test.looks is None:
                yield Finding(
                    design.place(one, "test"),
                    f"how often `{one.name}` is looked at is not stated",
                    subject=one.name,
                    missing=(f"{one.name}.test.looks",),
                )
            continue
        if one.watched is None or (one.watched and plan is None):
            field = "watched" if one.watched is None else "test"
            yield Finding(
                design.place(one),
                f"whether `{one.name}` is decided at the end only is not stated",
                subject=one.name,
                missing=(f"{one.name}.{field}",),
            )
        elif one.watched:
            yield Finding(
                design.place(one, "watched"),
                f"`{one.name}` is seen before its end, and its test holds for one look only",
                subject=one.name,
                labels=(Label(design.place(one, "test"), "one look at the end"),),
                help="test = always_valid, or test = group_sequential { looks = 5 }",
            )
