"""Coverage-guided fuzzing of the whole check: `python -m tests.fuzz.run --seconds 60`.

The first byte of an input chooses the notation, the rest is the file. An exception, an internal
fault or a report outside the text is a find; atheris writes the input to a file and stops.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["mlsdc.dsl", "mlsdc.compiler"]):
    from mlsdc import pipeline
    from mlsdc.diagnostics import Source
    from mlsdc.dsl import yaml_reader as _loaded  # noqa: F401
    from mlsdc.stdlib.find import standard_catalog


def check(content: bytes) -> None:
    """One input."""
    name = "design.mlsd.yaml" if content[:1] >= b"\x80" else "design.mlsd"
    text = content[1:].decode("utf-8", "replace")
    outcome = pipeline.check([Source(name, text)], standard_catalog())
    for diagnostic in outcome.diagnostics:
        if diagnostic.code == "INT001":
            raise RuntimeError(diagnostic.message)
        inside = 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        if diagnostic.span.file and not inside:
            raise RuntimeError(f"{diagnostic.code} lies outside the text: {diagnostic.span}")


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
