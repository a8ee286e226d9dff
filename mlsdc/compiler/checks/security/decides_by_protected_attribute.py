"""SEC005"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.protected import Protected
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "SEC005",
    "decides-by-protected-attribute",
    Severity.ERROR,
    source="EU Charter of Fundamental Rights, article 21; Breck et al., The ML Test Score (2017), "
    "Data 4: features adhere to meta-level requirements",
)
def decides_by_protected_attribute(design: Design, protected: Protected) -> Iterator[Finding]:
    """A model takes in an attribute that it may not decide by.

    Why: what was declared out of bounds comes in by way of a feature that somebody computed from
    it. Proxies of the attribute are a matter of data and not seen here: compare results by group.

    Bad:

        stream people { event { sex: string  protected  income: float64 } }
        pipeline daily { reads = people  every = 1d }
        features person {
          computed = daily
          last_sex: string = last(sex) over 30d
          last_income: float64 = last(income) over 30d
        }
        dataset history { features = person }
        model credit { dataset = history }

    Good:

        stream people { event { sex: string  protected  income: float64 } }
        pipeline daily { reads = people  every = 1d }
        features person {
          computed = daily
          last_income: float64 = last(income) over 30d
        }
        dataset history { features = person }
        model credit { dataset = history }
    """
    for model, used in protected.of.items():
        for one in used:
            yield Finding(
                design.place(model),
                f"`{model}` decides by `{one.attribute}`: {' -> '.join((*one.path, model))}",
                subject=model,
                labels=(Label(one.place, "declared protected here"),),
                help=f"leave `{one.path[-1]}` out of the inputs of `{model}`",
            )
