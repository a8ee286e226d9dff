"""EXP009"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tests_of_traffic import deciding, variants
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Severity


@check(
    "EXP009",
    "no-guardrails",
    Severity.WARNING,
    source="Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments, chapters 7 and 21",
)
def no_guardrails(design: Design) -> Iterator[Finding]:
    """Nothing stops the experiment where the treatment does harm.

    Why: a metric can rise while latency, errors or revenue get worse; without limits nobody sees it
    before the end, and the gain is shipped with the harm.

    Bad:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          share     = 10%
        }

    Good:

        endpoint old { }
        endpoint new { }
        experiment ranking {
          control   = old
          treatment = new
          share     = 10%
          guardrails { error_rate <= 1% }
        }
    """
    for one in deciding(design, "ab", "canary", "bandit"):
        if one.guardrails is None or not one.guardrails.objectives:
            yield Finding(
                design.place(one),
                f"nothing stops `{one.name}` where the treatment does harm",
                subject=one.name,
                labels=variants(design, one),
                help="guardrails { error_rate <= 1% }",
            )
