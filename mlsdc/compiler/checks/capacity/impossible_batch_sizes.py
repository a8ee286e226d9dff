"""CAP019"""

from collections.abc import Iterator
from itertools import pairwise

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.serving import Batching, Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "CAP019",
    "impossible-batch-sizes",
    Severity.ERROR,
    source="Triton, model configuration: preferred_batch_size, max_batch_size; TensorFlow Serving, "
    "session_bundle_config.proto: allowed_batch_sizes, num_batch_threads",
)
def impossible_batch_sizes(design: Design) -> Iterator[Finding]:
    """Batch sizes contradict each other, and the server refuses to load the model.

    Why: a preferred size above the largest batch is never reached, and Triton does not start with
    it. TensorFlow Serving pads to allowed sizes: they have to rise, and the last has to be the
    largest batch there is, or the largest that is run at once where larger ones are split.

    Bad:

        endpoint rank {
          batching {
            size      = 8
            preferred = [4, 16]
          }
        }

    Good:

        endpoint rank {
          batching {
            size      = 8
            preferred = [4, 8]
          }
        }
    """
    for endpoint in design.of(Endpoint):
        batching = endpoint.batching
        if batching is not None and endpoint.existing is None:
            yield from _preferred(design, endpoint, batching)
            yield from _rising(design, endpoint, batching)
            yield from _last(design, endpoint, batching)
            yield from _threads(design, endpoint, batching)


def _preferred(design: Design, endpoint: Endpoint, batching: Batching) -> Iterator[Finding]:
    over = [size for size in batching.preferred if size > batching.size]
    if over:
        kept = [size for size in batching.preferred if size <= batching.size] or [batching.size]
        yield _finding(
            design, endpoint, "preferred", "size",
            f"batches of {max(over)}, and the largest is {batching.size}",
            f"preferred = {kept}, or size = {max(over)}",
        )  # fmt: skip


def _rising(design: Design, endpoint: Endpoint, batching: Batching) -> Iterator[Finding]:
    for one, following in pairwise(batching.allowed):
        if following <= one:
            rising = sorted(set(batching.allowed))
            yield _finding(
                design, endpoint, "allowed", "size",
                f"sizes that do not rise: {following} follows {one}", f"allowed = {rising}",
            )  # fmt: skip
            return


def _last(design: Design, endpoint: Endpoint, batching: Batching) -> Iterator[Finding]:
    """Sizes that do not rise have no last one to speak of."""
    rising = all(one < following for one, following in pairwise(batching.allowed))
    largest, field = (batching.split, "split") if batching.split else (batching.size, "size")
    if batching.allowed and rising and batching.allowed[-1] != largest:
        kept = [size for size in batching.allowed if size < largest]
        yield _finding(
            design, endpoint, "allowed", field,
            f"sizes up to {batching.allowed[-1]}, and batches of {largest} are run",
            f"allowed = {[*kept, largest]}",
        )  # fmt: skip
    if batching.split is not None and batching.split > batching.size:
        yield _finding(
            design, endpoint, "split", "size",
            f"splits batches above {batching.split}, and the largest is {batching.size}",
            f"split = {batching.size}",
        )  # fmt: skip


def _threads(design: Design, endpoint: Endpoint, batching: Batching) -> Iterator[Finding]:
    if batching.threads == 0:
        yield _finding(
            design, endpoint, "threads", "size", "batches, and no thread that runs them",
            "threads = 1",
        )  # fmt: skip


def _finding(
    design: Design, endpoint: Endpoint, field: str, other: str, said: str, remedy: str
) -> Finding:
    verb = "" if field == "split" else "allows " if field == "allowed" else "prefers "
    verb = "has " if field == "threads" else verb
    return Finding(
        design.place(endpoint, "batching", field),
        f"`{endpoint.name}` {verb}{said}",
        subject=endpoint.name,
        labels=(Label(design.place(endpoint, "batching", other), "the largest batch"),),
        help=remedy,
    )
