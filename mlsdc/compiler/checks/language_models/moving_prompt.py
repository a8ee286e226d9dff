"""LLM012"""

import re
from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.language.language_models import generates
from mlsdc.compiler.language.prompt_tokens import prompt_of
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.prompt import Prompt
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

MOVING = frozenset({"latest", "main", "master", "head", "production", "prod", "stable", "current",
                    "champion", "default"})  # fmt: skip
"""Names that mean something else after the next release."""
PINNED = re.compile(r"\d{4}-?\d{2}-?\d{2}|[-@:]\d{3,4}\b|:\d+$|\b\d+(x\d+)?b\b", re.IGNORECASE)
"""A date, a build number, or the size of published weights in a provider's name of a model."""


@check(
    "LLM012",
    "moving-prompt",
    Severity.WARNING,
    source="Breck et al. 2017, The ML Test Score, Infra 4; MLflow documentation, Prompt Registry; "
    "OpenAI documentation, Models: snapshots and aliases; Chen et al. 2023, How Is ChatGPT's "
    "Behavior Changing over Time",
)
def moving_prompt(design: Design) -> Iterator[Finding]:
    """The prompt or the model behind an answer changes without a release.

    Why: a provider moves a name to newer weights, someone edits a template, and answers are others
    from one hour to the next. Nothing tells which of them said what, and there is no way back.

    Bad:

        prompt answer { version = latest }
        endpoint chat { prompt = answer }

    Good:

        prompt answer { version = 12 }
        endpoint chat { prompt = answer }
    """
    for endpoint in design.of(Endpoint):
        if generates(endpoint):
            yield from _alias(design, endpoint)
            yield from _revision(design, endpoint)
            yield from _template(design, endpoint)
    yield from of_production(design, _unreleased(design))


def moving_name(name: str) -> bool:
    """Whether a provider's name of a model means whatever the provider makes of it."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    return bool(MOVING & set(words)) or PINNED.search(name) is None


def _alias(design: Design, endpoint: Endpoint) -> Iterator[Finding]:
    provider = endpoint.provider
    if provider is None:
        return
    if provider.model is None:
        yield Finding(
            design.place(endpoint, "provider"),
            f"which model of {provider.name} answers for `{endpoint.name}` is not known",
            subject=endpoint.name,
            missing=(f"{endpoint.name}.provider.model",),
        )
    elif moving_name(provider.model):
        yield Finding(
            design.place(endpoint, "provider", "model"),
            f"`{endpoint.name}` asks for whatever {provider.name} means by {provider.model}",
            subject=endpoint.name,
            labels=(Label(design.place(endpoint), "answers with it"),),
            help=f'model = "{provider.model.removesuffix("-latest")}-2026-05-01": a dated snapshot',
        )


def _revision(design: Design, endpoint: Endpoint) -> Iterator[Finding]:
    for name in (endpoint.model, *endpoint.adapters):
        model = design.get(name, Model)
        if model is not None and model.revision is not None and model.revision.lower() in MOVING:
            yield Finding(
                design.place(model, "revision"),
                f"`{endpoint.name}` loads whatever {model.revision} of `{model.name}` is when it "
                "starts",
                subject=endpoint.name,
                labels=(Label(design.place(endpoint), "what loads it"),),
                help='revision = "...": the commit of the weights',
            )


def _template(design: Design, endpoint: Endpoint) -> Iterator[Finding]:
    prompt = prompt_of(design, endpoint)
    if prompt is not None and str(prompt.version).lower() in MOVING:
        yield Finding(
            design.place(prompt, "version"),
            f"`{endpoint.name}` uses whatever {prompt.version} of `{prompt.name}` is at the time",
            subject=prompt.name,
            labels=(Label(design.place(endpoint, "prompt"), "what uses it"),),
            help="version = 1; a new number for each change",
        )


def _unreleased(design: Design) -> Iterator[Finding]:
    users = {e.prompt: e for e in design.of(Endpoint) if e.prompt is not None}
    for prompt in design.of(Prompt):
        user = users.get(prompt.name)
        if user is None:
            continue
        lacks = {
            "a version": ("version = 1", prompt.version),
            "a quality gate": ("gate = groundedness { at_least = 0.9 }", prompt.gate),
        }
        missing = {what: line for what, (line, value) in lacks.items() if value is None}
        if missing:
            yield Finding(
                design.place(prompt),
                f"`{prompt.name}` is changed in production without {' and '.join(missing)}",
                subject=prompt.name,
                labels=(Label(design.place(user, "prompt"), "what uses it"),),
                help="  ".join(missing.values()),
            )
