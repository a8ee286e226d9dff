"""A drawing as Mermaid text, for wikis and pull requests that render it themselves.

In: a `Drawing`. Out: a `flowchart LR` with a subgraph for each group. Law: the same content gives
the same bytes; ids are unique and harmless; every character of user text that Mermaid could read as
syntax is written as an entity code.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from re import fullmatch, sub
from string import ascii_letters, digits

from mlsdc.targets.diagrams.cards import visible_facts, what_it_is
from mlsdc.targets.diagrams.drawing import Drawing, Edge, Node
from mlsdc.targets.diagrams.kinds import Shape, look_of
from mlsdc.targets.diagrams.layered.skeleton import numbering_of
from mlsdc.targets.diagrams.stylesheet import LIGHT
from mlsdc.targets.diagrams.text import clean, truncate

_LONGEST = 80
_BRACKETS: dict[Shape, tuple[str, str]] = {
    "box": ("(", ")"),
    "card": ("[[", "]]"),
    "cylinder": ("[(", ")]"),
    "queue": ("[/", "/]"),
    "hexagon": ("{{", "}}"),
    "stadium": ("([", "])"),
    "document": ("[", "]"),
}
# Seen through, so that the title of a band is legible on a light and on a dark page.
_BAND = "fill:transparent,stroke:#8b949e"
_PLAIN = frozenset(f"{ascii_letters}{digits} .,:/()+='!?-_")
# A title knows no entity codes, and its markup is removed.
_UNFIT_FOR_TITLES = str.maketrans("<>&", "‹›＆")
_NAMELESS = "unnamed"


def mermaid_of(drawing: Drawing) -> str:
    """Print a drawing as a Mermaid flowchart."""
    numbering = numbering_of(drawing)
    lines = ["flowchart LR"]
    for lane in numbering.lanes:
        members = [node for node in numbering.nodes if node.group == (lane.id if lane else None)]
        if lane is None:
            lines += [f"  {_node(node)}" for node in members]
        else:
            lines.append(f'  subgraph {_id("g", lane.id)}["{_name(lane.title, lane.id)}"]')
            lines += [f"    {_node(node)}" for node in members]
            lines.append("  end")
    lines += [f"  {_edge(edge)}" for edge in numbering.edges]
    lines += [f"  {line}" for line in _classes(numbering.nodes)]
    bands = [_id("g", lane.id) for lane in numbering.lanes if lane]
    if bands:
        lines += [f"  classDef band {_BAND}", f"  class {','.join(bands)} band"]
    return "\n".join(_front_matter(drawing) + lines) + "\n"


def _front_matter(drawing: Drawing) -> list[str]:
    """The title, as a YAML string between double quotes."""
    title = _shortened(drawing.title).translate(_UNFIT_FOR_TITLES).replace('"', '\\"')
    return ["---", f'title: "{title}"', "---"] if title else []


def escape(text: str) -> str:
    """The text on one line, at most 80 characters, with entity codes for what could be syntax."""
    return "".join(_escaped(character) for character in _shortened(text))


def _shortened(text: str) -> str:
    """One line, with look-alikes for what Mermaid rewrites even where it stands as a code."""
    line = truncate(clean(truncate(text, 600)), _LONGEST)
    line = line.replace("\\", "∖").replace("$$", "$＄")
    return sub(r"(fa[a-z]?):(?=fa-)", r"\1∶", line)


def _escaped(character: str) -> str:
    if character in _PLAIN or ord(character) > 0x7F:
        return character
    return "#quot;" if character == '"' else f"#{ord(character)};"


def _name(title: str, id_: str) -> str:
    return escape(title) or escape(id_) or _NAMELESS


def _id(kind: str, id_: str) -> str:
    """A Mermaid id: letters, digits and single underscores are kept, else a short hash follows."""
    if fullmatch(r"[A-Za-z0-9]+(_[A-Za-z0-9]+)*", id_) and len(id_) <= 80:
        return f"{kind}_{id_}"
    letters = sub(r"[^A-Za-z0-9]+", "_", id_[:40]).strip("_")
    # Two underscores cannot occur in an id that is kept, so the two forms never meet.
    return f"{kind}_{letters}__{sha256(id_.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def _node(node: Node) -> str:
    opening, closing = _BRACKETS[look_of(node.kind).shape]
    lines = [what_it_is(node), *visible_facts(node.lines)]
    if node.finding != "none":
        lines.append(f"! {node.finding}")
    texts = [_name(node.title, node.id), *(escape(line) for line in lines if clean(line))]
    text = "<br/>".join(texts)
    return f'{_id("n", node.id)}{opening}"{text}"{closing}'


def _edge(edge: Edge) -> str:
    dashed = edge.style == "dashed"
    line = "==>" if edge.emphasised else "-.->" if dashed else "-->"
    words = escape(edge.caption)
    label = f'|"{words}"|' if words else ""
    return f"{_id('n', edge.source)} {line}{label} {_id('n', edge.target)}"


def _classes(nodes: Sequence[Node]) -> list[str]:
    """Class definitions for the looks in use, and the nodes of each class."""
    lines: list[str] = []
    for family, (fill, outline) in sorted(LIGHT.families.items()):
        members = [node for node in nodes if look_of(node.kind).family == family]
        if members:
            lines.append(f"classDef {family} fill:{fill},stroke:{outline},color:{LIGHT.text}")
            lines.append(_members(family, members))
    marks = {
        "existing": f"fill:{LIGHT.page},color:{LIGHT.text}",
        "planned": "stroke-dasharray:5 3",
        "warning": f"stroke:{LIGHT.warning},stroke-width:3px",
        "error": f"stroke:{LIGHT.error},stroke-width:3px",
    }
    for mark, style in marks.items():
        marked = [node for node in nodes if mark in (node.state, node.finding)]
        if marked:
            lines += [f"classDef {mark} {style}", _members(mark, marked)]
    return lines


def _members(name: str, nodes: Iterable[Node]) -> str:
    return f"class {','.join(_id('n', node.id) for node in nodes)} {name}"
