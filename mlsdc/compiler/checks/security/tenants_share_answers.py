"""SEC017"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.serving import Cache
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "SEC017",
    "tenants-share-answers",
    Severity.ERROR,
    source="AWS, SaaS Lens of the Well-Architected Framework: tenant isolation",
)
def tenants_share_answers(design: Design) -> Iterator[Finding]:
    """A cache answers one customer with what it keeps for another.

    Why: two customers ask the same words about different data. A key without the tenant finds
    whichever answer came first, and shows it to the other.

    Bad:

        system desk { tenant = tenant_id }
        cache answers { key = [query] }

    Good:

        system desk { tenant = tenant_id }
        cache answers { key = [query, tenant_id] }
    """
    tenant = design.system.tenant
    if tenant is None:
        return
    for cache in design.of(Cache):
        if not cache.key:
            yield Finding(
                design.place(cache),
                f"whether `{cache.name}` keeps tenants apart is not known",
                subject=cache.name,
                missing=(f"{cache.name}.key",),
            )
        elif tenant not in cache.key:
            yield Finding(
                design.place(cache, "key"),
                f"`{cache.name}` finds answers without `{tenant}`: tenants see each other's",
                subject=cache.name,
                labels=(Label(design.place("system", "tenant"), "whose data it is"),),
                help=f"key = [{', '.join((*cache.key, tenant))}]",
            )
