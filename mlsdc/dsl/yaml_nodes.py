"""YAML text in, nodes with places out: scalars, sequences and mappings, nothing interpreted.

Law: limits are checked on the stream of events, before a node is built or an alias followed, so
the cost is bounded by the file's size. Scalars stay text: `no`, `1.10` and `12:30:00` mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mlsdc.diagnostics import Diagnostic, Label, Rule, Span
from mlsdc.dsl import yaml_rules as rules
from mlsdc.dsl.findings import MOST_FINDINGS
from mlsdc.dsl.yaml_characters import Readable

DEEPEST, MOST_NODES = 64, 300_000
MOST_ALIASES, LARGEST_EXPANSION = 1_000, 10_000


@dataclass(slots=True)
class Scalar:
    """A text; `style` is empty where it stands without quotes, else its quote or `|`, `>`."""

    value: str
    style: str
    span: Span

    @property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return not self.style and not self.value


@dataclass(slots=True)
class Sequence:
    """`[a, b]`, or lines that begin with `-`."""

    items: list[Node]
    span: Span


@dataclass(slots=True)
class Mapping:
    """`{key: value}`, or lines of keys."""

    entries: list[tuple[Scalar, Node]]
    span: Span

    def get(self, key: str) -> Node | None:
        """The value of a key."""
        return next((node for name, node in self.entries if name.value == key), None)


Node = Scalar | Sequence | Mapping


class Refused(Exception):  # noqa: N818 - named for what happened
    """A text that is not read any further."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(slots=True)
class _Open:
    """A collection whose end was not seen yet."""

    node: Sequence | Mapping
    anchor: str | None
    flow: bool
    key: Scalar | None = None
    keys: dict[str, Scalar] = field(default_factory=dict[str, Scalar])
    size: int = 1
    height: int = 1


@dataclass(slots=True)
class _Anchored:
    node: Node
    size: int
    height: int


def read_nodes(readable: Readable, file: str) -> tuple[Node | None, list[Diagnostic]]:
    """The root of the document, or None where there is none.

    Raises:
        Refused: the text is no YAML, or not of the kind that is read.
    """
    builder = _Builder(readable, file)
    for event in _events(readable, file):
        builder.take(event)
    return builder.root, builder.said


def _events(readable: Readable, file: str) -> Iterator[Any]:
    import yaml

    loader: Any = getattr(yaml, "CLoader", yaml.Loader)
    try:
        parser = loader(readable.text)
        try:
            while parser.check_event():
                yield parser.get_event()
        finally:
            parser.dispose()
    except yaml.MarkedYAMLError as error:
        raise Refused(_malformed(error, readable, file)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Refused(
            rules.MALFORMED.at(
                Span(file, 0, 0),
                f"this is not YAML: {error}".split("\n")[0],
                help="check the quotes, brackets and blanks",
            )
        ) from error


def _malformed(error: Any, readable: Readable, file: str) -> Diagnostic:
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    at = readable.offset(mark.index if mark else 0)
    span = Span(file, at, min(at + 1, readable.end))
    if "nesting depth" in error.problem:  # newer libyaml has a limit of its own, beyond ours
        text = f"values nest deeper here than {DEEPEST} levels"
        return rules.BEYOND_LIMITS.at(span, text, help="flatten the design")
    tab = "\t" in readable.original[max(0, at - 1) : at + 1]
    if tab and ("tab" in error.problem or "cannot start" in error.problem):
        return rules.CHARACTER.at(
            span, "YAML is indented with spaces, this is a tab", help="write two spaces a level"
        )
    hint = "check the quotes, brackets and blanks here, and in the lines above"
    if "mapping values" in error.problem:
        hint = "put quotes around a text that holds `: `"
    if "unexpected end of stream" in error.problem and context is not None:
        mark, hint = context, "end the text with the quote that it begins with"
        at = readable.offset(mark.index)
        span = Span(file, at, min(at + 1, readable.end))
    labels = (
        [] if context is None or context.index == mark.index else [_context(error, readable, file)]
    )
    text = f"this is not YAML: {error.problem}"
    return rules.MALFORMED.at(span, text, labels=labels, help=hint)


def _context(error: Any, readable: Readable, file: str) -> Label:
    at = readable.offset(error.context_mark.index)
    return Label(Span(file, at, min(at + 1, readable.end)), str(error.context))


class _Builder:
    """Takes events one by one; never recurses."""

    def __init__(self, readable: Readable, file: str) -> None:
        self.readable, self.file = readable, file
        self.root: Node | None = None
        self.said: list[Diagnostic] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Anchored] = {}
        self.documents = self.nodes = self.aliases = self.expanded = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                text = "a design is one YAML document, here begins another"
                self._refuse(rules.DOCUMENTS, event, text, "put it into a file of its own")
        elif kind == "AliasEvent":
            self._alias(event)
        elif kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
            self._node(event, kind)
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            self._close(event)

    def _span(self, event: Any) -> Span:
        offset = self.readable.offset
        return Span(self.file, offset(event.start_mark.index), offset(event.end_mark.index))

    def _refuse(self, rule: Rule, event: Any, text: str, help: str = "") -> None:
        raise Refused(rule.at(self._span(event), text, help=help))

    def _tell(self, rule: Rule, event: Any, text: str, help: str) -> None:
        """Report something that may be left out; the file is refused where it is full of it."""
        if len(self.said) >= MOST_FINDINGS:
            self._refuse(rule, event, text, help)
        self.said.append(rule.at(self._span(event), text, help=help))

    def _node(self, event: Any, kind: str) -> None:
        self.nodes += 1
        if event.tag is not None:
            self._tell(rules.TAG, event, f"the tag `{event.tag[:40]}` is not read", "remove it")
        if self.nodes > MOST_NODES:
            text = f"the file holds more than {MOST_NODES} values"
            self._refuse(rules.BEYOND_LIMITS, event, text, "split the design into several files")
        if kind == "ScalarEvent":
            style = "" if event.style in (None, "") else event.style
            value = self.readable.restore(event.value)
            self._put(Scalar(value, style, self._span(event)), event, event.anchor, 1, 0)
            return
        self._depth(event, 1)
        span = self._span(event)
        node = Sequence([], span) if kind == "SequenceStartEvent" else Mapping([], span)
        self.stack.append(_Open(node, event.anchor, bool(event.flow_style)))

    def _depth(self, event: Any, more: int) -> None:
        if len(self.stack) + more > DEEPEST:
            text = f"values nest {len(self.stack) + more} deep here, {DEEPEST} is the most"
            self._refuse(rules.BEYOND_LIMITS, event, text, "flatten the design")

    def _close(self, event: Any) -> None:
        done = self.stack.pop()
        node, end = done.node, self._span(event).end
        if not done.flow:  # a block ends with its last line, not where the next one begins
            last = (
                node.items[-1:] if isinstance(node, Sequence) else [v for _, v in node.entries[-1:]]
            )
            end = max([n.span.end for n in last] + [node.span.start])
        node.span = Span(self.file, node.span.start, end)
        self._put(node, event, done.anchor, done.size, done.height)

    def _alias(self, event: Any) -> None:
        self.aliases += 1
        found = self.anchors.get(event.anchor)
        if found is None:
            text = f"no anchor `&{event.anchor}` is complete before this alias"
            self._refuse(rules.ALIAS, event, text, "write the value out")
            return
        self.expanded += found.size
        if self.aliases > MOST_ALIASES or self.expanded > LARGEST_EXPANSION:
            text = (
                f"{self.aliases} aliases stand for {self.expanded} values, "
                f"{MOST_ALIASES} for {LARGEST_EXPANSION} are the most"
            )
            self._refuse(rules.BEYOND_LIMITS, event, text, "write the values out")
        self._depth(event, found.height)
        self._put(found.node, event, None, found.size, found.height)

    def _put(self, node: Node, event: Any, anchor: str | None, size: int, height: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = _Anchored(node, size, height)
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.size, top.height = top.size + size, max(top.height, height + 1)
        if isinstance(top.node, Sequence):
            top.node.items.append(node)
        elif top.key is None:
            self._key(node, event, top)
        else:
            key, top.key = top.key, None
            if key.value == "<<" and not key.style:
                return
            if top.keys.setdefault(key.value, key) is key:
                top.node.entries.append((key, node))
            else:
                self._duplicate(key, top.keys[key.value])

    def _key(self, node: Node, event: Any, top: _Open) -> None:
        if not isinstance(node, Scalar):
            self._refuse(rules.BAD_KEY, event, "a key is a name, not a list or a mapping")
        elif node.value == "<<" and not node.style:
            hint = "name the shared value under `lets:` and use the name"
            self._tell(rules.ALIAS, event, "merge keys `<<` are not read", hint)
            top.key = node
        else:
            top.key = node

    def _duplicate(self, key: Scalar, first: Scalar) -> None:
        self.said.append(
            rules.DUPLICATE_KEY.at(
                key.span,
                f"the key `{key.value[:40]}` occurs twice in this mapping",
                labels=[Label(first.span, "first here")],
                help="remove one of them",
            )
        )
