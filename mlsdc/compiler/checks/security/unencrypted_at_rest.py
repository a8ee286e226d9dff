"""SEC018"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.sensitivity import Sensitivities
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Lake
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "SEC018",
    "unencrypted-at-rest",
    Severity.WARNING,
    source="GDPR, article 32(1)(a): encryption of personal data; AWS, Well-Architected Framework, "
    "SEC 8: protecting data at rest",
)
def unencrypted_at_rest(design: Design, sensitivity: Sensitivities) -> Iterator[Finding]:
    """Data about persons lies in a store that is not encrypted.

    Why: a copied disk, a backup or a bucket that was opened by mistake is then read as it is.

    Bad:

        stream visits { retention = 7d  event { user_id: string  sensitivity pii } }
        lake raw { from = visits  retention = 30d  encryption = none }

    Good:

        stream visits { retention = 7d  event { user_id: string  sensitivity pii } }
        lake raw { from = visits  retention = 30d  encryption = managed }
    """
    for lake in design.of(Lake):
        held = sensitivity.personal(lake)
        if lake.encryption == "none" and held:
            yield Finding(
                design.place(lake, "encryption"),
                f"`{lake.name}` holds {held[0].sensitivity} unencrypted: {held[0].way}",
                subject=lake.name,
                labels=(Label(held[0].place, "what lies there"),),
                help="encryption = managed",
            )
