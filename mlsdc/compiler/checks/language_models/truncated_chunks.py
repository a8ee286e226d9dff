"""LLM002"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "LLM002",
    "truncated-chunks",
    Severity.ERROR,
    source="sentence-transformers documentation: max_seq_length, longer texts are truncated; "
    "model cards of all-MiniLM-L6-v2 (256 word pieces) and of BERT encoders (512)",
)
def truncated_chunks(design: Design) -> Iterator[Finding]:
    """Chunks are longer than the longest text that their encoder reads.

    Why: the encoder drops the end of each chunk without a word. What stands there is in the index
    and in no vector, so no question ever finds it.

    Bad:

        model encoder { embedding { max_tokens = 512 } }
        index manuals {
          encoder = encoder
          chunks  { tokens = 1000 }
        }

    Good:

        model encoder { embedding { max_tokens = 512 } }
        index manuals {
          encoder = encoder
          chunks  { tokens = 480 }
        }
    """
    for index in design.of(Index):
        if index.chunks is None or index.name in design.tainted:
            continue
        encoder = design.get(index.encoder, Model)
        reads = _reads(encoder)
        if index.chunks.tokens is None or reads is None or encoder is None:
            yield from _unknown(design, index, encoder, reads)
        elif index.chunks.tokens > reads[0]:
            cut = index.chunks.tokens - reads[0]
            yield Finding(
                design.place(index, "chunks", "tokens"),
                f"`{encoder.name}` reads {reads[0]} tokens of each chunk of {index.chunks.tokens}",
                subject=index.name,
                labels=(Label(design.place(encoder, *reads[1]), "the longest it reads"),),
                arithmetic=(
                    f"{index.chunks.tokens} - {reads[0]} = {cut} tokens in no vector, "
                    f"{cut / index.chunks.tokens:.0%} of the text",
                ),
                help=f"tokens = {reads[0]}, or an encoder that reads more",
            )


def _reads(encoder: Model | None) -> tuple[int, tuple[str, str]] | None:
    """The longest text an encoder reads, and the field that says so."""
    if encoder is None:
        return None
    if encoder.embedding is not None and encoder.embedding.max_tokens is not None:
        return encoder.embedding.max_tokens, ("embedding", "max_tokens")
    if encoder.architecture is not None and encoder.architecture.max_length is not None:
        return encoder.architecture.max_length, ("architecture", "max_length")
    return None


def _unknown(
    design: Design, index: Index, encoder: Model | None, reads: tuple[int, tuple[str, str]] | None
) -> Iterator[Finding]:
    missing: list[str] = []
    if index.chunks is not None and index.chunks.tokens is None:
        missing.append(f"{index.name}.chunks.tokens")
    if encoder is None:
        missing.append(f"{index.name}.encoder")
    elif reads is None:
        missing.append(f"{encoder.name}.embedding.max_tokens")
    yield Finding(
        design.place(index, "chunks"),
        f"whether chunks of `{index.name}` are read to their end is not known",
        subject=index.name,
        missing=tuple(missing),
    )
