"""SEC011"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.secrets import Secrets
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "SEC011",
    "secret-in-plain-text",
    Severity.ERROR,
    source="NSA and CISA, Kubernetes Hardening Guide (2022): keep secrets out of configuration; "
    "OWASP, Secrets Management Cheat Sheet",
)
def secret_in_plain_text(design: Design, secrets: Secrets) -> Iterator[Finding]:
    """A secret stands in the design.

    Why: the design is read by everybody, kept by version control for ever, and copied into files
    that it is compiled to. A secret that has been written down once has to be replaced.

    Bad:

        system shop { contact = "https://hooks.slack.com/services/T00/B00/xyz" }

    Good:

        system shop { contact = "#shop-oncall" }
    """
    for secret in secrets.found:
        name, field = secret.holder, secret.path[-1]
        yield Finding(
            design.place(name, *secret.path),
            f"`{name}` holds {secret.what} in plain text, in `{secret.field}`",
            subject=name,
            labels=(Label(design.place(name), "everybody reads it here"),),
            help=f"take `{field}` out, replace it, and keep the new one in the secret store: "
            'platform = kubernetes { secrets = "vault" }',
        )
