"""A design as YAML in, the same tree as of the language out, with places in the YAML.

The form: a plain scalar is an expression, a quoted one a text, a list a list, a mapping a block.

    key: value                        key = value
    key: {is: psi, warn: 0.1}         key = psi { warn = 0.1 }
    key: {p50: 4ms, p99: 12ms}        key { p50 = 4ms  p99 = 12ms }
    key: [p50 <= 20ms, p99 <= 50ms]   key { p50 <= 20ms  p99 <= 50ms }
    name: {type: float64, unit: EUR}  name: float64 unit EUR    (in `event`: `name: float64`)
    key card_id: {type: string}       key card_id: string
    steps: [{call: a, timeout: 9ms}]  call a timeout 9ms, and every statement that fits no entry
    {text: "a"}, {expression: "a"}    a value that says of which kind it is
    $type: value                      type = value, where `type` would be a word of the form

At the top stand the sections `system`, `params`, `lets`, `components`, `environments` and
`statements`; a list of such mappings keeps any other order. docs/yaml.md tells it to users.
"""

from __future__ import annotations

from mlsdc.diagnostics import Diagnostic, Span, nearest
from mlsdc.dsl import ast
from mlsdc.dsl import yaml_rules as rules
from mlsdc.dsl.rules import TOO_LARGE
from mlsdc.dsl.yaml_blocks import Blocks
from mlsdc.dsl.yaml_characters import forbidden_character, make_readable
from mlsdc.dsl.yaml_comments import find_comments, widen
from mlsdc.dsl.yaml_fragments import Fragments
from mlsdc.dsl.yaml_nodes import Mapping, Node, Refused, Scalar, Sequence, read_nodes
from mlsdc.dsl.yaml_words import SECTION_HEADS, SECTIONS

LARGEST_FILE = 8 * 2**20
SUFFIXES = (".mlsd.yaml", ".mlsd.yml", ".yaml", ".yml")


def is_yaml(file: str) -> bool:
    """Whether a file of this name holds a design as YAML."""
    return file.lower().endswith(SUFFIXES)


def read_yaml(text: str, file: str) -> tuple[ast.Tree, list[Diagnostic]]:
    """Read one design file written as YAML.

    Returns the tree of everything that could be read, and what was wrong with the rest.
    """
    refused = _beyond(text, file) or forbidden_character(text, file)
    if refused is not None:
        return ast.Tree(file, []), [refused]
    try:
        root, said = read_nodes(make_readable(text), file)
    except Refused as refusal:
        return ast.Tree(file, []), [refusal.diagnostic]
    comments = find_comments(text, root, file)
    widen(root, text, comments)
    sections = _Sections(Blocks(Fragments(text, file, said)), said)
    return ast.Tree(file, sections.document(root), comments), said


def _beyond(text: str, file: str) -> Diagnostic | None:
    size = len(text)
    if size > LARGEST_FILE // 4:
        size = len(text.encode("utf-8", "surrogatepass"))
    if size <= LARGEST_FILE:
        return None
    return TOO_LARGE.at(
        Span(file, 0, 0),
        f"the file has {size} bytes, {LARGEST_FILE} are the most",
        help="split the design into several files",
    )


class _Sections:
    """Reads the top of a document."""

    def __init__(self, blocks: Blocks, said: list[Diagnostic]) -> None:
        self.blocks, self.said = blocks, said

    def document(self, root: Node | None) -> list[ast.Statement]:
        """The statements of a document: its sections, or a list of groups of them."""
        if root is None or (isinstance(root, Scalar) and root.empty):
            return []
        made: list[ast.Statement] = []
        for group in root.items if isinstance(root, Sequence) else [root]:
            if isinstance(group, Mapping):
                for key, node in group.entries:
                    made += self._section(key, node)
            else:
                hint = "components:\n  name: {role: endpoint}"
                self.blocks.read.refuse(group.span, "a design is a mapping of sections", hint)
        return made

    def _section(self, key: Scalar, node: Node) -> list[ast.Statement]:
        if key.value not in SECTIONS:
            near = nearest(key.value, SECTIONS)
            self.said.append(
                rules.SECTION.at(
                    key.span,
                    f"there is no section `{key.value[:40]}`",
                    help=f"did you mean `{near}`?" if near else "sections: " + ", ".join(SECTIONS),
                )
            )
            return [ast.Broken(_names(node), None, key.span.to(node.span))]
        if isinstance(node, Scalar) and node.empty:
            return []
        if key.value == "statements":
            return self.blocks.listed(node)
        if not isinstance(node, Mapping):
            self.blocks.read.refuse(node.span, f"`{key.value}` is a mapping of names")
            return []
        if key.value == "system":
            made = self._component(None, key, node, ("name", "title", "block"))
            return [made or ast.Broken([], None, key.span.to(node.span))]
        return [self._named(key.value, name, value) for name, value in node.entries]

    def _named(self, section: str, key: Scalar, node: Node) -> ast.Statement:
        made: ast.Statement | None = None
        if section in ("params", "lets"):
            name = self.blocks.name(key)
            made = self.blocks.member(name, node, valued=True) if name is not None else None
            if made is not None:
                made.head = ast.Name(SECTION_HEADS[section], key.span)
        elif isinstance(node, Mapping):
            head = SECTION_HEADS.get(section)
            words = ("title", "block") if head else ("role", "system", "title", "block")
            made = self._component(head, key, node, words)
        else:
            wanted = f"{key.value[:40]}: {{role: ...}}" if section == "components" else ""
            self.blocks.read.refuse(node.span if node.span.end > node.span.start else key.span,
                                    "a block is needed here", wanted)  # fmt: skip
        return made or ast.Broken([key.value], None, key.span.to(node.span))

    def _component(
        self, head: str | None, key: Scalar, node: Mapping, words: tuple[str, ...]
    ) -> ast.Statement | None:
        """`role name: system "title" { ... }`"""
        header = {k.value: v for k, v in node.entries if k.value in words}
        rest = [(k, v) for k, v in node.entries if k.value not in words]
        body: ast.Block | None = ast.Block(self.blocks.entries(rest), node.span)
        if "block" in header:
            body = self.blocks.block(header["block"])
        role = self._head(head, header, key)
        name = self._word(header.get("name"), "name", key) if "name" in words else (
            self.blocks.name(key))  # fmt: skip
        if role is None or name is None:
            return None
        made = ast.Declaration(role, [], None, None, [], None, [], body, key.span.to(node.span))
        title = self._title(header.get("title"))
        if "system" in header:
            system = header["system"]
            typed = self.blocks.read.typed(system) if isinstance(system, Scalar) else None
            if typed is None:
                return None
            made.name, made.type, made.modifiers = name, typed.type, typed.modifiers + title
        else:
            made.words = [ast.Reference(name.text, name.span), *title]
        return made

    def _head(self, head: str | None, header: dict[str, Node], key: Scalar) -> ast.Name | None:
        if head is not None or "role" not in header:
            if head is None and key.value != "system":
                example = f"{key.value[:40]}: {{role: endpoint}}"
                self.blocks.read.refuse(key.span, f"`{key.value[:40]}` has no role", example)
                return None
            return ast.Name(head or "system", key.span)
        return self._word(header["role"], "role", key)

    def _word(self, node: Node | None, word: str, key: Scalar) -> ast.Name | None:
        if isinstance(node, Scalar):
            return self.blocks.name(node)
        span = key.span if node is None else node.span
        self.blocks.read.refuse(span, f"`{word}` takes a name here", f"{word}: ...")
        return None

    def _title(self, node: Node | None) -> list[ast.Expression]:
        if node is None:
            return []
        if isinstance(node, Scalar):
            return [self.blocks.read.quoted(node)]
        self.blocks.read.refuse(node.span, "a title is a text", 'title: "..."')
        return []


def _names(node: Node) -> list[str]:
    return [key.value for key, _ in node.entries] if isinstance(node, Mapping) else []
