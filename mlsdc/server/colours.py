"""The colours of mlsd, for Pygments: in documents, on terminals, wherever Pygments is used.

The classes follow the neighbours of a word, as the language itself does: no word is reserved, so a
component may be called `for` and is coloured as a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, cast

from pygments.lexer import RegexLexer, include, words
from pygments.lexer import bygroups as _untyped  # pyright: ignore[reportUnknownVariableType]
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
)

from mlsdc.units import QUANTITY_PATTERN

LANGUAGE = (
    "import", "param", "let", "pattern", "use", "for", "if", "else", "assert", "test", "given",
    "expect", "environment",
)  # fmt: skip
"""Words that open a statement of the language itself."""
BETWEEN = ("as", "in", "if", "else", "for", "and", "or", "not", "on", "no")
"""Words inside of statements."""
bygroups = cast(Any, _untyped)
_NAME = r"[^\W\d]\w*"
_ACCELERATORS = r"[0-9]{1,9}[ \t]+x[ \t]+[A-Za-z][A-Za-z0-9_-]*"


class MlsdLexer(RegexLexer):
    """Designs of machine-learning systems, as mlsdc reads them."""

    name = "mlsd"
    aliases: ClassVar = ["mlsd"]
    filenames: ClassVar = ["*.mlsd"]
    mimetypes: ClassVar = ["text/x-mlsd"]
    url = ""

    tokens: ClassVar = {
        "root": [
            (r"\ufeff", Text.Whitespace),
            (r"[ \t\f]*\n", Text.Whitespace, "statement"),
            (r"[{}][ \t\f]*", Punctuation, "statement"),
            (r"[ \t\f\r]+", Text.Whitespace),
            include("value"),
        ],
        "statement": [
            (r"[ \t\f\r\n]+", Text.Whitespace),
            include("comment"),
            (r"[{}]", Punctuation),
            (rf"({_NAME})(?=[ \t]*(?:=(?!=)|:|<=|>=|==|!=|<|>))", Name.Attribute, "#pop"),
            (
                r"(else)([ \t]+)(if)(?=[ \t]+[^\s=:{])",
                bygroups(Keyword, Text.Whitespace, Keyword),
                "#pop",
            ),
            (words(LANGUAGE, suffix=r"(?=[ \t]+[^\s=:])"), Keyword, "#pop"),
            (r"else(?=[ \t]*\{)", Keyword, "#pop"),
            (_NAME, Keyword.Declaration, "#pop"),
            (r"", Text, "#pop"),
        ],
        "comment": [
            (r"#[ \t]*mlsdc:[^\n]*", Comment.Special),
            (r"#[^\r\n]*", Comment.Single),
        ],
        "value": [
            include("comment"),
            (r'"""(?:[^"]|"(?!""))*"""', String.Double),
            (r'"', String.Double, "text"),
            (_ACCELERATORS, Number),
            (rf"{QUANTITY_PATTERN}", Number),
            (r"\b(?:true|false)\b", Keyword.Constant),
            (r"\b(?:and|or|not)\b", Operator.Word),
            (rf"(\.)({_NAME})", bygroups(Punctuation, Name.Attribute)),
            (rf"({_NAME})(?=[ \t]*=(?!=))", Name.Attribute),
            (rf"({_NAME})([ \t]*)(:)([ \t]*)({_NAME})",
             bygroups(Name.Variable, Text.Whitespace, Punctuation, Text.Whitespace, Name.Class)),
            (rf"(:)([ \t]*)({_NAME})", bygroups(Punctuation, Text.Whitespace, Name.Class)),
            (rf"({_NAME})(?=\()", Name.Function),
            (words(BETWEEN, prefix=r"(?<=[ \t])", suffix=r"(?=[ \t]+[^\s=:])"), Keyword.Pseudo),
            (_NAME, Name),
            (r"<=|>=|==|!=|[<>=+*/-]", Operator),
            (r"[\[\](),.:]", Punctuation),
            (r"[^\s]", Text),
        ],
        "text": [
            (r'\\.', String.Escape),
            (r"\$\{", String.Interpol, "hole"),
            (r'"', String.Double, "#pop"),
            (r"[^\"\\$\n]+|\$", String.Double),
            (r"(?=\n)", String.Double, "#pop"),
        ],
        "hole": [
            (r"\}", String.Interpol, "#pop"),
            (r"[ \t]+", Text.Whitespace),
            (r'(?=["\n])', Text, "#pop"),
            include("value"),
        ],
    }  # fmt: skip

    def get_tokens_unprocessed(
        self, text: str, stack: Iterable[str] = ("root",)
    ) -> Iterator[tuple[int, Any, str]]:
        """The tokens of a text; its first word opens a statement."""
        return super().get_tokens_unprocessed(text, (*stack, "statement"))
