"""Text that is safe to print and known to fit: cleaning, width estimates, shortening, wrapping.

In: any string a design can hold. Out: one line without control characters, and its width in pixels.
Law: the estimate is at least as wide as the text in any common sans-serif face, so that a text
which fits by the table fits on the page; it never depends on installed fonts.
"""

# Advance widths of U+0020..U+007E in hundredths of an em, rounded up, of DejaVu Sans and DejaVu
# Sans Bold: the widest faces that a browser falls back to (Arial and Segoe UI are 12 % narrower).
_REGULAR = (
    "32 41 46 84 64 96 78 28 40 40 50 84 32 37 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 "
    "54 100 69 69 70 78 64 58 78 76 30 30 66 56 87 75 79 61 79 70 64 62 74 69 99 69 62 69 40 34 40 "
    "84 50 50 62 64 55 64 62 36 64 64 28 28 58 28 98 64 62 64 64 42 53 40 64 60 82 60 60 53 64 34 "
    "64 84"
)
_BOLD = (
    "35 46 53 84 70 101 88 31 46 46 53 84 38 42 38 37 70 70 70 70 70 70 70 70 70 70 40 40 84 84 84 "
    "59 100 78 77 74 84 69 69 83 84 38 38 78 64 100 84 86 74 86 78 73 69 82 78 111 78 73 73 46 37 "
    "46 84 50 50 68 72 60 72 68 44 72 72 35 35 67 35 105 72 69 72 72 50 60 48 72 66 93 65 66 59 72 "
    "37 72 84"
)
_WIDTHS = {
    False: tuple(int(width) for width in _REGULAR.split()),
    True: tuple(int(width) for width in _BOLD.split()),
}
_EXTENDED_LATIN, _WIDE, _PICTOGRAPH = 80, 105, 140
_MARKS = range(0x0300, 0x0370)
# Marks that reorder the text around them: they could make a name read as another name.
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

ELLIPSIS = "…"
REPLACEMENT = "\ufffd"


def clean(text: str) -> str:
    """The text as one line: white space becomes single blanks, what cannot be printed U+FFFD."""
    return " ".join("".join(_printable(character) for character in text).split())


def _printable(character: str) -> str:
    code = ord(character)
    if character in "\t\n\r\v\f\x85\u2028\u2029":
        return " "
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE:
        return REPLACEMENT
    return REPLACEMENT if character in _BIDI_CONTROLS else character


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimated width of the text in pixels at a font size in pixels."""
    table = _WIDTHS[bold]
    return sum(_advance(ord(character), table) for character in text) * size / 100


def _advance(code: int, table: tuple[int, ...]) -> int:
    if 0x20 <= code < 0x7F:
        return table[code - 0x20]
    if code in _MARKS:
        return 0
    if code < 0x1100:
        return _EXTENDED_LATIN
    return _PICTOGRAPH if code >= 0x1F000 else _WIDE


def fit(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The cleaned text, shortened with an ellipsis until it is at most `width` pixels wide."""
    line = clean(truncate(text, 600))
    if text_width(line, size, bold=bold) <= width:
        return line
    room = width - text_width(ELLIPSIS, size, bold=bold)
    table = _WIDTHS[bold]
    used = 0.0
    for count, character in enumerate(line):
        used += _advance(ord(character), table) * size / 100
        if used > room:
            return line[:count].rstrip() + ELLIPSIS
    return line


def truncate(text: str, length: int) -> str:
    """At most `length` characters of the text, the last an ellipsis where some were left out."""
    return text if len(text) <= length else text[: length - 1].rstrip() + ELLIPSIS


def wrap(text: str, width: float, size: float, limit: int, *, bold: bool = False) -> list[str]:
    """The cleaned text on at most `limit` lines of `width` pixels, broken between words."""
    words = clean(truncate(text, 600)).split(" ")
    lines: list[str] = []
    while words and len(lines) < limit - 1:
        taken = 1
        while taken < len(words) and (
            text_width(" ".join(words[: taken + 1]), size, bold=bold) <= width
        ):
            taken += 1
        lines.append(fit(" ".join(words[:taken]), width, size, bold=bold))
        words = words[taken:]
    if words:
        lines.append(fit(" ".join(words), width, size, bold=bold))
    return lines
