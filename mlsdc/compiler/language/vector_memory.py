"""An index in, the bytes of its vectors and of its graph out.

Source: Malkov and Yashunin 2016, Efficient and robust approximate nearest neighbor search using
HNSW, section 4.2.3: M links on each layer and 2 M on the lowest, 4 to 8 bytes each; on average one
element of M reaches a higher layer. faiss wiki, Guidelines to choose an index: (d * 4 + M * 2 * 4)
bytes a vector.
"""

from __future__ import annotations

from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.model.serving import Index
from mlsdc.units import BYTES, digits, show_bytes

ELEMENT = {"float32": 4.0, "float16": 2.0, "int8": 1.0, "binary": 0.125}
LINK = 4
"""Bytes of the number of a node: 8 in libraries that count beyond 2^32."""


def holds_vectors(index: Index) -> bool:
    """Whether anything is said of vectors; an index of words has none."""
    said = (
        index.vectors, index.dimensions, index.encoder, index.query_encoder, index.algorithm,
        index.storage, index.metric, index.normalised,
    )  # fmt: skip
    return any(one is not None for one in said)


def vector_memory(index: Index) -> Known:
    """The least bytes of all vectors of one replica, with the graph where there is one."""
    if index.vectors is None or index.dimensions is None:
        stated = {"vectors": index.vectors, "dimensions": index.dimensions}
        return Unknown(tuple(f"{index.name}.{n}" for n, value in stated.items() if value is None))
    kept = index.storage or "float32"
    raw = index.vectors * index.dimensions * ELEMENT[kept]
    why = f"vectors: {digits(index.vectors)} x {index.dimensions} x {ELEMENT[kept]:g} B ({kept})"
    lines = [f"{why} = {show_bytes(raw)}"]
    graph = 0.0
    if index.algorithm is not None and index.algorithm.kind == "hnsw":
        graph = float(index.vectors * index.algorithm.m * 2 * LINK)
        lines.append(
            f"graph: {digits(index.vectors)} x {index.algorithm.m} links x 2 x {LINK} B = "
            f"{show_bytes(graph)}"
        )
    return Figure(raw + graph, BYTES, tuple(lines))
