"""The Mermaid printer: lines of a strict form, harmless ids, text that cannot be read as syntax.

The form was settled with the real parser: every text below, and the fraud drawing, rendered by
Mermaid 11 in a browser, shows the text that was put in.
"""

import re

import pytest
import yaml

from mlsdc.targets.diagrams.drawing import Drawing, Edge, Group, Node
from mlsdc.targets.diagrams.mermaid import escape, mermaid_of
from mlsdc.targets.diagrams.text import clean
from tests.targets.drawings import HOSTILE, fraud, hostile, random_drawing, shuffled

ID = r"[ngx]_[A-Za-z0-9_]+"
# Text between double quotes: letters and plain signs, characters beyond ASCII, entity codes.
TEXT = r"""(?:[A-Za-z0-9 .,:/()+='!?_-]|[^\x00-\x7f]|\#(?:quot|\d+);|<br/>)+"""
BRACKETS = [
    (r"\(", r"\)"),
    (r"\[\[", r"\]\]"),
    (r"\[\(", r"\)\]"),
    (r"\[/", r"/\]"),
    (r"\{\{", r"\}\}"),
    (r"\(\[", r"\]\)"),
    (r"\[", r"\]"),
]
NODE = "|".join(f'{opening}"{TEXT}"{closing}' for opening, closing in BRACKETS)
LINES = (
    rf"  (?:  )?{ID}(?:{NODE})",
    rf'  subgraph {ID}\["{TEXT}"\]',
    r"  end",
    rf'  {ID} (?:-->|-\.->|==>)(?:\|"{TEXT}"\|)? {ID}',
    r"  classDef [a-z]+ [a-z0-9:#, -]+",
    rf"  class {ID}(?:,{ID})* [a-z]+",
)


def body(source: str) -> list[str]:
    lines = source.splitlines()
    start = lines.index("flowchart LR")
    return lines[start + 1 :]


def decoded(text: str) -> str:
    plain = text.replace("#quot;", '"')
    return re.sub(r"#(\d+);", lambda code: chr(int(code[1])), plain)


DRAWINGS = {f"hostile {n}": hostile(text) for n, text in enumerate(HOSTILE)}
DRAWINGS |= {"fraud": fraud(), "random": random_drawing(3, 40, 80, 5), "empty": Drawing("")}


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_line_has_one_of_six_forms(name: str) -> None:
    """Whatever things are called, each line is a node, a group, an edge or a class."""
    for line in body(mermaid_of(DRAWINGS[name])):
        assert any(re.fullmatch(form, line) for form in LINES), line


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_node_and_edge_is_there_once(name: str) -> None:
    """As many nodes, groups and edges as the drawing has; every edge joins declared nodes."""
    drawing = DRAWINGS[name]
    lines = body(mermaid_of(drawing))
    nodes = [m[1] for line in lines if (m := re.match(rf" +({ID})[\[({{]", line))]
    groups = [m[1] for line in lines if (m := re.match(rf" +subgraph ({ID})", line))]
    edges = [
        (m[1], m[2])
        for line in lines
        if (m := re.match(rf" +({ID}) (?:-->|-\.->|==>).* ({ID})$", line))
    ]

    assert len(drawing.nodes) == len(nodes) == len(set(nodes))
    assert len(set(drawing.edges)) == len(edges)
    assert {end for ends in edges for end in ends} <= set(nodes)
    assert len({node.group for node in drawing.nodes} - {None}) == len(groups) == len(set(groups))
    assert len(groups) == lines.count("  end")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_can_be_read_back(text: str) -> None:
    """Entity codes decode to the text, apart from three look-alikes, cut at 80 characters."""
    shown = decoded(escape(text)).removesuffix("…")
    alike = str.maketrans("∖＄∶", "\\$:")

    assert len(shown) <= 80
    assert clean(text).startswith(shown.translate(alike))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('say "hi"', "say #quot;hi#quot;"),
        ("a#b; 50 %", "a#35;b#59; 50 #37;"),
        ("<b>{{x}}</b>", "#60;b#62;#123;#123;x#125;#125;#60;/b#62;"),
        ("`code` *bold* ~x~", "#96;code#96; #42;bold#42; #126;x#126;"),
        ("a|b [c] \\n", "a#124;b #91;c#93; ∖n"),
        ("$$x$$", "#36;＄x#36;＄"),
        ("fa:fa-user", "fa∶fa-user"),
    ],
)
def test_syntax_becomes_entity_codes(text: str, expected: str) -> None:
    """Each character that Mermaid gives a meaning to is written as a code."""
    assert expected == escape(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_title_is_a_yaml_string(text: str) -> None:
    """The front matter parses as YAML to one string on one line."""
    parts = mermaid_of(hostile(text)).split("---\n")
    if not clean(text):
        assert len(parts) == 1
        return
    title = yaml.safe_load(parts[1])["title"]

    assert isinstance(title, str)
    assert len(title) <= 80
    assert not re.search(r"[<>&\n]", title)


def test_shapes_lines_and_marks() -> None:
    """Kinds choose brackets, styles choose arrows, states and findings choose classes."""
    source = mermaid_of(fraud())

    assert '    n_events[("events<br/>s3 lake<br/>iceberg, 11 TiB")]\n' in source
    assert '    n_payments[/"payments<br/>existing kafka stream<br/>8,000/s"/]\n' in source
    assert '  n_authorise ==>|"p99 12 ms"| n_score\n' in source
    assert '  n_payments -.->|"writes"| n_events\n' in source
    assert '  n_score -->|"falls back to"| n_rules\n' in source
    assert "  class n_assignment,n_tune planned\n" in source
    assert "  class n_score error\n" in source


def test_unknown_kinds_are_plain_boxes() -> None:
    """A kind outside the table is drawn, not refused."""
    source = mermaid_of(Drawing("t", "", (Node("q", "q", "quantum_annealer"),)))

    assert '  n_q("q<br/>quantum annealer")\n' in source
    assert "  class n_q plain\n" in source


def test_ids_that_look_alike_stay_apart() -> None:
    """Ids that differ only in signs, or that imitate a short form, give different names."""
    ids = ["a b", "a-b", "a_b", "a__b", "a.b", "end", "", "ä", "x" * 100, "x" * 101]
    nodes = tuple(Node(id_, "t", "lake") for id_ in ids)
    names = re.findall(rf"^  ({ID})\[", mermaid_of(Drawing("t", "", nodes)), re.MULTILINE)

    assert len(ids) == len(set(names))


def test_nameless_things_get_a_name() -> None:
    """Mermaid refuses empty labels: the id stands in for a title, "unnamed" for both."""
    nodes = (Node("a", " ", "lake", group=""), Node("", "", "", group=""))
    source = mermaid_of(Drawing("", "", nodes, (Edge("a", "", " "),), (Group("", ""),)))

    assert '["unnamed"]' in source
    assert '"a<br/>lake"' in source
    assert '("unnamed")' in source
    assert "-->|" not in source


def test_same_content_same_bytes() -> None:
    """The order of the input does not show."""
    drawing = random_drawing(4, 30, 60, 4)

    assert {mermaid_of(drawing)} == {mermaid_of(shuffled(drawing, seed)) for seed in range(4)}
