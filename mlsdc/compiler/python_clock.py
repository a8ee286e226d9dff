"""A Python text in, where it asks the clock or chance out; it is parsed, never run.

Names are followed through `import ... as` and `from ... import ...`; a function of the standard
library, numpy, pandas or PySpark is known by its whole name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mlsdc.compiler.sql.clock import Asked
from mlsdc.compiler.sql.outcome import Spot, Unread

MOST_CHARACTERS = 40_000
CLOCKS = frozenset((
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
    "datetime.date.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime",
    "pandas.Timestamp.now", "pandas.Timestamp.today", "pandas.Timestamp.utcnow",
    "pandas.to_datetime.now", "pyspark.sql.functions.current_date",
    "pyspark.sql.functions.current_timestamp", "pyspark.sql.functions.now",
    "pyspark.sql.functions.localtimestamp", "django.utils.timezone.now", "pendulum.now",
    "arrow.now", "arrow.utcnow",
))  # fmt: skip
WITHOUT_ARGUMENTS = frozenset(("pyspark.sql.functions.unix_timestamp", "time.strftime"))
CHANCE = frozenset((
    "random.random", "random.randint", "random.randrange", "random.choice", "random.choices",
    "random.sample", "random.shuffle", "random.uniform", "random.gauss", "random.normalvariate",
    "uuid.uuid1", "uuid.uuid4", "numpy.random.rand", "numpy.random.randn", "numpy.random.random",
    "numpy.random.randint", "numpy.random.choice", "numpy.random.normal", "numpy.random.uniform",
    "numpy.random.shuffle", "numpy.random.permutation", "pyspark.sql.functions.uuid",
    "pyspark.sql.functions.shuffle", "secrets.token_hex",
))  # fmt: skip
SEEDABLE = frozenset((
    "numpy.random.default_rng", "random.Random", "pyspark.sql.functions.rand",
    "pyspark.sql.functions.randn",
))  # fmt: skip
"""What is chance where it is given no seed."""


@lru_cache(maxsize=256)
def asked(text: str) -> tuple[Asked, ...] | Unread:
    """Every call of a clock or of chance, in the order written."""
    if len(text) > MOST_CHARACTERS:
        why = f"it has {len(text):,} characters, {MOST_CHARACTERS:,} are the most that is read"
        return Unread(why, Spot(0, 0))
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        return tuple(sorted(_calls(tree, text), key=lambda one: one.at))
    except SyntaxError as error:
        at = _offset(text, error.lineno or 1, (error.offset or 1) - 1)
        return Unread(str(error.msg), Spot(at, min(at + 1, len(text))))
    except (ValueError, MemoryError, RecursionError):
        return Unread("it nests too deep to be read", Spot(0, 0))


def _calls(tree: object, text: str) -> Iterator[Asked]:
    import ast

    assert isinstance(tree, ast.AST)
    names = _imported(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func, names)
        bare = not node.args and not node.keywords
        clock = name in CLOCKS or (name in WITHOUT_ARGUMENTS and bare)
        chance = name in CHANCE or (name in SEEDABLE and bare)
        if clock or chance:
            start = _place(text, node.lineno, node.col_offset)
            end = _place(text, node.end_lineno or node.lineno, node.end_col_offset or 0)
            yield Asked(text[start:end].partition("\n")[0][:60], Spot(start, end), chance)


def _imported(tree: object) -> dict[str, str]:
    """Local names with what they stand for."""
    import ast

    assert isinstance(tree, ast.AST)
    found = {"np": "numpy", "pd": "pandas"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                local = one.asname or one.name.partition(".")[0]
                found[local] = one.name if one.asname else local
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(
                {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
            )
    return found


def _name(node: object, names: dict[str, str]) -> str:
    """The whole dotted name of what is called; empty where it is no name."""
    import ast

    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])


def _place(text: str, line: int, column: int) -> int:
    """The character that a line and a column of bytes, as `ast` counts, mean."""
    start = _offset(text, line, 0)
    end = text.find("\n", start)
    whole = text[start : end if end >= 0 else len(text)]
    return start + len(whole.encode()[:column].decode(errors="ignore"))


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + max(column, 0), len(text))
