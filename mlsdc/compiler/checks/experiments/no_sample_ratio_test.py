"""EXP005"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tests_of_traffic import deciding, variants
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Severity


@check(
    "EXP005",
    "no-sample-ratio-test",
    Severity.WARNING,
    source="Fabijan et al., Diagnosing Sample Ratio Mismatch in Online Controlled Experiments "
    "(2019)",
)
def no_sample_ratio_test(design: Design) -> Iterator[Finding]:
    """Nothing tests whether the units were divided as planned.

    Why: redirects, crashes and bots that hit one variant more than the other change who is
    measured; about 6% of the tests at Microsoft were found divided otherwise than planned, and
    their results mean nothing.

    Bad:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          unit      = user_id
        }

    Good:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          unit      = user_id
          sample_ratio_alarm = 0.001
        }
    """
    for one in deciding(design):
        if one.sample_ratio_alarm:
            continue
        yield Finding(
            design.place(one),
            f"nothing tests whether the units of `{one.name}` are divided as planned",
            subject=one.name,
            labels=variants(design, one),
            help="sample_ratio_alarm = 0.001",
        )
