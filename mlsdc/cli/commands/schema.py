"""`mlsdc schema`: the roles and systems at hand in, the JSON Schema of their YAML form out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from mlsdc.cli.exits import Exit
from mlsdc.cli.field_docs import field_docs, written_fields
from mlsdc.cli.outputs import check_path, say, write_file
from mlsdc.compiler.model.part import Part
from mlsdc.compiler.schema import design_schema
from mlsdc.stdlib.find import standard_catalog


def schema(compact: bool = False, path: str | None = None) -> Exit:
    """Print the schema, or write it to a file.

    Raises `Unusable` for a path that cannot be written.
    """
    if path is not None:
        check_path(path, "-O", [])
    text = schema_text(compact)
    if path is not None:
        write_file(path, text, "-O")
    else:
        say(text.removesuffix("\n"), sys.stdout)
    return Exit.CLEAN


def schema_text(compact: bool = False) -> str:
    """The schema of everything installed, as JSON."""
    made = design_schema(standard_catalog(), field_texts)
    if compact:
        return json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n"
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def field_texts(cls: type[Part]) -> Mapping[str, str]:
    """The text of each field of a block, by the field's name; its kind where it has no text."""
    docs = zip(written_fields(cls), field_docs(cls), strict=True)
    return {field.name: doc.text or _kind(doc.type) for field, doc in docs}


def _kind(type: str) -> str:
    return type[:1].upper() + type[1:] + "." if type else ""
