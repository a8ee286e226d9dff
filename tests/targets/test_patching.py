"""One operation on one document: what RFC 6902 says, and what a missing path is told."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.compiler.patching.patches import pointer, tokens
from mlsdc.targets.patching import ABSENT, NoSuchPlace, Operation, apply, leaves

# The examples of RFC 6902, appendix A, that are about one of the three operations.
STANDARD: list[tuple[Any, Operation, str, Any, Any]] = [
    ({"foo": "bar"}, "add", "/baz", "qux", {"baz": "qux", "foo": "bar"}),  # A.1
    ({"foo": ["bar", "baz"]}, "add", "/foo/1", "qux", {"foo": ["bar", "qux", "baz"]}),  # A.2
    ({"baz": "qux", "foo": "bar"}, "remove", "/baz", None, {"foo": "bar"}),  # A.3
    ({"foo": ["bar", "qux", "baz"]}, "remove", "/foo/1", None, {"foo": ["bar", "baz"]}),  # A.4
    ({"baz": "qux", "foo": "bar"}, "replace", "/baz", "boo", {"baz": "boo", "foo": "bar"}),  # A.5
    ({"foo": "bar"}, "add", "/child", {"grandchild": {}},
     {"foo": "bar", "child": {"grandchild": {}}}),  # A.10
    ({"/": 9, "~1": 10}, "replace", "/~01", 11, {"/": 9, "~1": 11}),  # A.14, as a replacement
    ({"foo": ["bar"]}, "add", "/foo/-", ["abc", "def"], {"foo": ["bar", ["abc", "def"]]}),  # A.16
    ({"foo": 1}, "add", "/foo", 2, {"foo": 2}),  # section 4.1: an existing member is replaced
]  # fmt: skip


@pytest.mark.parametrize(("document", "operation", "path", "value", "wanted"), STANDARD)
def test_the_standards_examples(
    document: Any, operation: Operation, path: str, value: Any, wanted: Any
) -> None:
    before = copy.deepcopy(document)

    assert apply(document, operation, tokens(path), value).document == wanted
    assert document == before


MISSING: list[tuple[Operation, str, str, tuple[str, ...]]] = [
    ("add", "/baz/bat", "`/` has no `baz`", ("/a", "/b")),  # RFC 6902, A.12
    ("replace", "/c", "`/` has no `c`", ("/a", "/b")),
    ("remove", "/b/d", "`/b` has no `d`", ("/b/c",)),
    ("replace", "/a/2", "`/a` is a list of 2 items and has no position `2`", ("/a/0", "/a/1")),
    ("add", "/a/3", "has no position `3`", ("/a/0", "/a/1", "/a/-")),
    ("replace", "/a/-", "has no position `-`", ("/a/0", "/a/1")),
    ("remove", "/a/01", "has no position `01`", ("/a/0", "/a/1")),
    ("remove", "/a/-1", "has no position `-1`", ("/a/0", "/a/1")),
    ("remove", "/a/٣", "has no position `٣`", ("/a/0", "/a/1")),
    ("add", "/b/c/d", "`/b/c` is a value and holds nothing", ()),
    ("add", "/b/c/d/e", "`/b/c` is a value and holds nothing", ()),
]


@pytest.mark.parametrize(("operation", "path", "message", "known"), MISSING)
def test_a_place_that_is_not_there(
    operation: Operation, path: str, message: str, known: tuple[str, ...]
) -> None:
    with pytest.raises(NoSuchPlace) as caught:
        apply({"a": [1, 2], "b": {"c": 3}}, operation, tokens(path), 0)

    assert message in str(caught.value)
    assert caught.value.known == known


KEYS = st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=4)
DOCUMENTS = st.recursive(
    st.integers() | st.booleans() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(KEYS, inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


@given(document=DOCUMENTS, data=st.data())
def test_laws(document: Any, data: st.DataObject) -> None:
    """Every leaf can be replaced and put back; removing and adding again changes nothing."""
    places = [place for place, _ in leaves(document, ()) if place]
    if not places:
        return
    parts = tokens(data.draw(st.sampled_from(places)))
    assert tokens(pointer(parts)) == parts
    done = apply(document, "replace", parts, "new")
    assert done.after == "new"
    assert apply(done.document, "replace", parts, done.before).document == document
    gone = apply(document, "remove", parts, None)
    assert gone.after is ABSENT
    assert apply(gone.document, "add", parts, gone.before).document == document
