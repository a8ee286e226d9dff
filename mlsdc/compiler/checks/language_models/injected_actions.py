"""LLM008"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.design import Design
from mlsdc.compiler.language.prompt_tokens import prompt_of
from mlsdc.compiler.language.retrieval import of_documents
from mlsdc.compiler.model.prompt import Tool
from mlsdc.compiler.model.serving import Endpoint, Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "LLM008",
    "injected-actions",
    Severity.WARNING,
    source="OWASP Top 10 for LLM Applications 2025, LLM01 Prompt Injection and LLM06 Excessive "
    "Agency; Greshake et al. 2023, Indirect Prompt Injection",
)
def injected_actions(design: Design, callers: Callers) -> Iterator[Finding]:
    """A text that strangers can write leads to an action that nobody approves.

    Why: a language model cannot tell a passage from an order. Whoever can put a sentence into a
    document can make the model write, send or pay in the name of the person who asks.

    Bad:

        index tickets { chunks { tokens = 400 } }
        prompt help { part passages index tickets }
        tool refund { effect = spends  approval = none }
        endpoint agent {
          prompt = help
          tools  = [refund]
        }

    Good:

        index tickets { chunks { tokens = 400 } }
        prompt help { part passages index tickets }
        tool refund { effect = spends  approval = human }
        endpoint agent {
          prompt = help
          tools  = [refund]
        }
    """
    agents = [endpoint for endpoint in design.of(Endpoint) if endpoint.tools]
    foreign = {i.name: i for i in of_documents(design) if not (i.chunks and i.chunks.trusted)}
    for agent in agents if foreign else ():
        read = _read(design, callers, agent, foreign)
        if read is not None:
            for at, name in enumerate(agent.tools):
                tool = design.get(name, Tool)
                if tool is not None:
                    yield from _judge(design, agent, at, tool, read)


def _read(
    design: Design, callers: Callers, agent: Endpoint, foreign: dict[str, Index]
) -> Index | None:
    """An index whose passages an agent is given, or that are in play in the request it is part
    of."""
    called = {agent.name}
    for chain in callers.of(agent.name):
        for request in chain:
            called |= callers.called.get(request, frozenset())
    names = sorted(called & foreign.keys())
    for name in sorted(called):
        endpoint = design.get(name, Endpoint)
        prompt = prompt_of(design, endpoint) if endpoint else None
        names += [part.index for part in (prompt.parts if prompt else ()) if part.index in foreign]
    return foreign[names[0]] if names else None


def _judge(design: Design, agent: Endpoint, at: int, tool: Tool, read: Index) -> Iterator[Finding]:
    place = design.place(agent, "tools", at)
    if tool.effect == "none" or tool.approval in ("human", "policy"):
        return
    if tool.effect is None or tool.approval is None:
        stated = {"effect": tool.effect, "approval": tool.approval}
        yield Finding(
            place,
            f"whether a passage of `{read.name}` can make `{agent.name}` act through "
            f"`{tool.name}` is not known",
            subject=agent.name,
            missing=tuple(f"{tool.name}.{name}" for name, value in stated.items() if value is None),
        )
        return
    yield Finding(
        place,
        f"a passage of `{read.name}` can make `{agent.name}` use `{tool.name}`, which "
        f"{tool.effect} and needs no approval",
        subject=agent.name,
        labels=(
            Label(design.place(read), "strangers can write here"),
            Label(design.place(tool, "approval"), "nobody is asked"),
        ),
        help=f"approval = human in `{tool.name}`, or chunks {{ trusted = true }} in `{read.name}` "
        "where the team alone writes them",
    )
