"""User text and numbers as XML.

In: any string, any finite number. Out: text that is safe in XML content and attributes. Law: the
result parses, whatever the design calls things, and numbers print alike on every machine.
"""

from hashlib import sha256
from re import fullmatch, sub

from mlsdc.targets.diagrams.text import clean, truncate

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_LONGEST = 400


def escape(text: str) -> str:
    """The text on one line, at most 400 characters, without characters that XML forbids."""
    return clean(truncate(text, _LONGEST)).translate(_ENTITIES)


def number(value: float) -> str:
    """A coordinate in pixels with at most one decimal."""
    tenths = round(value * 10)
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def slug(id_: str) -> str:
    """An XML name part for an id: the id where it is one, else its letters and a short hash."""
    if fullmatch(r"[A-Za-z0-9_-]{1,80}", id_):
        return id_
    letters = sub(r"[^A-Za-z0-9_-]+", "-", id_[:40]).strip("-")
    # The point cannot occur in an id that is kept, so the two forms never meet.
    return f"{letters}.{sha256(id_.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
