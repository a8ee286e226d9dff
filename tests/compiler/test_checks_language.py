"""Edges of the checks of language models: just inside, just outside, undecided, unaffected."""

from __future__ import annotations

import pytest

from mlsdc.compiler.checks.language_models.moving_prompt import moving_name
from mlsdc.diagnostics import Severity
from tests.compiler.checking import at, labelled, only, outcome, said, shown

OURS = (
    "CAP004", "CAP005", "CAP006", "LAT017", "TSC026", "TSC027",
    *(f"LLM{number:03}" for number in range(1, 17)),
)  # fmt: skip


def missing(text: str, code: str) -> tuple[str, ...]:
    """What one undecided finding needs."""
    found = only(text, code)
    assert found.undecided, shown(found)
    return found.missing


def passes(text: str, *codes: str) -> bool:
    """Whether a sound design has nothing of these codes."""
    wrong = [d for d in outcome(text).diagnostics if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == [], [shown(d) for d in wrong]
    return said(text, *(codes or OURS)) == []


@pytest.mark.parametrize(
    "text",
    [
        "endpoint score { latency { p50 = 1ms  p99 = 4ms  at = 10/s } }",
        "model m { framework = xgboost }\nendpoint e { model = m  replicas = 2 }",
        "model m { size = 40MiB }\nendpoint e { model = m  gpus = 1 x l4 }",
        "index items { top = 300  freshness = 30m }",
        "cache answers { key = [query]  ttl = 1m }",
        "model t { }\nendpoint q { model = t }\nindex i { encoder = t  vectors = 1000 }",
        "endpoint e { scaling { minimum = 1  maximum = 4  target = 70% } }",
        "prompt p { version = latest }",
        "tool t { effect = writes }",
    ],
)
def test_designs_without_the_subject_hear_nothing(text: str) -> None:
    """A check speaks only where a design has entered its subject."""
    assert passes(text)


# Memory ---------------------------------------------------------------------------------------

FITS = """
model m {{ architecture {{ params = {params} }}  precision = bf16 }}
endpoint chat {{ model = m  gpus = 1 x l4  engine {{ max_model_len = 1024  {engine} }} }}
"""


def test_weights_fit_up_to_the_stated_overhead() -> None:
    """24 GB x 90 % - 1.6 GB leave room for 10 billion parameters of 2 bytes, and not for more."""
    engine = "overhead = 1.6GB"

    assert passes(FITS.format(params="10e9", engine=engine), "CAP004")
    assert not passes(FITS.format(params="10.001e9", engine=engine), "CAP004")


def test_between_certain_and_impossible_the_overhead_decides() -> None:
    """What fits only if the runtime takes little is no pass and no fault."""
    assert passes(FITS.format(params="8.7e9", engine=""), "CAP004")
    assert missing(FITS.format(params="10e9", engine=""), "CAP004") == ("chat.engine.overhead",)
    assert not only(FITS.format(params="11.2e9", engine=""), "CAP004").undecided


def test_a_small_memory_for_any_model() -> None:
    """A model that is no language model is weighed by its artifact."""
    text = "model m {{ size = {size} }}\nendpoint e {{ model = m  gpus = 1 x l4 }}"

    assert passes(text.format(size="18GiB"), "CAP004")
    assert only(text.format(size="30GiB"), "CAP004").severity is Severity.ERROR


def test_text_of_a_model_that_does_not_fit() -> None:
    """The offender first, both numbers, the arithmetic, and what to type."""
    text = """
    model assistant { architecture = "llama-3-70b"  precision = bf16 }
    endpoint chat { model = assistant  gpus = 1 x a100  engine { } }
    """
    found = only(text, "CAP004")

    assert found.message == (
        "132GiB of `assistant` and 954MiB of its runtime lie on each a100, of which 67.1GiB may be "
        "used"
    )
    assert found.help == "gpus = 4 x a100  parallelism { tensor = 4 }, or a smaller `precision`"
    assert "weights: 7.06e+10 params x 2 B = 132GiB" in found.arithmetic
    assert at(found, text) == "1 x a100"
    assert labelled(found, text) == ["bf16"]


def test_unknown_accelerators_are_undecided() -> None:
    """A name that is in no table is asked for, and nothing is guessed of it."""
    text = FITS.format(params="1e9", engine="").replace("1 x l4", "1 x abacus")

    assert missing(text, "CAP004") == ("chat.gpus",)


def test_a_name_near_one_of_the_tables_is_proposed() -> None:
    """A slip in the name of a model or of an accelerator is told as such."""
    text = FITS.format(params="1e9", engine="")
    model = text.replace("params = 1e9", 'shape = "llama-3-71b"')

    assert only(text.replace("1 x l4", "1 x h10"), "CAP004").help == (
        "`h10` is no accelerator of the catalogue; did you mean `h100`?"
    )
    assert "did you mean `llama-3-70b`?" in only(model, "CAP004").help


PARALLEL = """
model m {{ architecture {{ params = 1e9  heads = {heads}  kv_heads = {kv}  layers = 32 }} }}
endpoint chat {{ model = m  gpus = {gpus} x h100  parallelism {{ {parallelism} }} }}
"""


@pytest.mark.parametrize(
    ("heads", "kv", "gpus", "parallelism", "fails"),
    [
        (32, 8, 8, "tensor = 8", False),
        (32, 8, 16, "tensor = 16  network = infiniband", False),  # KV heads are copied
        (32, 8, 6, "tensor = 6", True),
        (30, 10, 6, "tensor = 6", True),  # 10 KV heads: neither divided nor copied
        (32, 8, 8, "tensor = 4  pipeline = 2", False),
        (32, 8, 8, "tensor = 4", True),
        (32, 8, 8, "tensor = 2  pipeline = 2  data = 2", False),
        (32, 8, 16, "tensor = 16  per_machine = 8", True),
        (32, 8, 16, "tensor = 16  per_machine = 8  network = ethernet", True),
        (32, 8, 16, "tensor = 8  pipeline = 2  per_machine = 8", False),
        (32, 8, 64, "pipeline = 64", True),
    ],
)
def test_parallelism(heads: int, kv: int, gpus: int, parallelism: str, fails: bool) -> None:
    """Heads divide, accelerators add up, layers suffice, and tensors stay inside a machine."""
    text = PARALLEL.format(heads=heads, kv=kv, gpus=gpus, parallelism=parallelism)

    found = [d for d in said(text, "CAP005") if not d.undecided]

    assert [d.severity for d in found] == [Severity.ERROR] * fails


def test_parallelism_undecided() -> None:
    """Machines beyond the usual size, unknown heads, and several accelerators without a word."""
    wide = PARALLEL.format(heads=64, kv=16, gpus=16, parallelism="tensor = 16")
    headless = """
    model m { architecture { params = 1e9 } }
    endpoint chat { model = m  gpus = 2 x h100  parallelism { tensor = 2 } }
    """

    assert missing(wide, "CAP005") == ("chat.parallelism.per_machine",)
    assert missing(headless, "CAP005") == ("m.architecture.heads",)
    assert missing("endpoint e { gpus = 2 x l4  engine { } }", "CAP005") == ("e.parallelism",)
    assert passes("endpoint e { gpus = 2 x l4 }", "CAP005")


def test_help_of_heads_that_do_not_divide() -> None:
    """The next degrees below and above."""
    text = PARALLEL.format(heads=32, kv=8, gpus=6, parallelism="tensor = 6")
    found = only(text, "CAP005")

    assert found.message == "32 attention heads of `m` do not divide among 6 accelerators"
    assert found.help == "tensor = 4 or 8"
    assert at(found, text) == "6"


KV = """
model m {{ architecture = "llama-3-8b"  precision = bf16 }}
endpoint chat {{
  model  = m
  gpus   = 1 x l4
  engine {{ max_model_len = {longest}  overhead = 1.54GB  {more} }}
}}
"""
"""24 GB x 90 % - 16.06 GB - 1.54 GB = 4 GB, over 128 KiB: 30517 tokens."""


def test_the_longest_request_fits_to_the_token() -> None:
    """The last token that fits passes, the next one is refused at start-up."""
    assert passes(KV.format(longest=30517, more=""), "CAP006")
    assert only(KV.format(longest=30518, more=""), "CAP006").severity is Severity.ERROR
    assert passes(KV.format(longest=61000, more="kv_cache = fp8"), "CAP006")


def test_context_of_the_model_is_the_limit_where_the_engine_has_none() -> None:
    """Without `max_model_len` the engine takes the model's own, and nobody knows a third."""
    text = """
    model m {{ architecture = "llama-3-8b" {{ {length} }}  precision = bf16 }}
    endpoint chat {{ model = m  gpus = 1 x l4  engine {{ overhead = 2GB }} }}
    """

    assert only(text.format(length="max_length = 131072"), "CAP006").severity is Severity.ERROR
    assert missing(text.format(length=""), "CAP006") == ("chat.engine.max_model_len",)


def test_requests_at_a_time() -> None:
    """30517 tokens hold 15 requests of 2000 and not 16; unknown lengths are asked for."""
    text = KV.format(longest=4096, more="") + "prompt p { part all tokens 1900 }"
    generation = "generation { ttft { p50 = 1s }  tpot { p50 = 60ms }  output { p50 = 100 } }"

    def served(concurrency: int, more: str) -> str:
        return text.replace("  gpus ", f"  concurrency = {concurrency}\n  {more}\n  gpus ")

    full = f"prompt = p\n  {generation}"
    assert passes(served(15, full), "CAP006")
    assert only(served(16, full), "CAP006").severity is Severity.WARNING
    assert missing(served(16, ""), "CAP006") == ("chat.prompt", "chat.generation.output")


@pytest.mark.parametrize(
    ("gpu", "model", "fails"),
    [
        ("v100", "precision = bf16", True),
        ("v100", "precision = fp16", False),
        ("t4", "precision = bf16", True),
        ("t4", "precision = fp8", False),
        ("a100", "precision = int4  quantisation = marlin", False),
        ("t4", "precision = int4  quantisation = awq", False),
        ("v100", "precision = int4  quantisation = awq", True),
        ("v100", "precision = int4  quantisation = gptq", False),
    ],
)
def test_formats_by_generation(gpu: str, model: str, fails: bool) -> None:
    """As vLLM's table of supported hardware says."""
    text = f"""
    model m {{ architecture {{ params = 1e9 }}  {model} }}
    endpoint chat {{ model = m  gpus = 1 x {gpu}  engine {{ max_model_len = 512 }} }}
    """

    assert len(said(text, "LLM010")) == fails


def test_formats_of_other_makers_are_undecided() -> None:
    """The table is NVIDIA's."""
    text = """
    model m { architecture { params = 1e9 }  precision = int4  quantisation = awq }
    endpoint chat { model = m  gpus = 1 x mi300x  engine { max_model_len = 512 } }
    """

    assert missing(text, "LLM010") == ("chat.gpus",)


# Time -----------------------------------------------------------------------------------------

TALK = """
endpoint chat {{
  generation {{ ttft {{ p50 = 500ms }}  tpot {{ p50 = 20ms }}  output {{ p50 = 101 }} }}
}}
request ask {{
  budget {{ p99 <= {limit} }}
  {call}
}}
"""


@pytest.mark.parametrize(
    ("limit", "call", "fails"),
    [
        ("2.6s", "call chat", False),
        ("2.4s", "call chat", True),
        ("2.4s", "call chat  timeout 2s", False),  # the time limit decides, not the answer
        ("2.4s", "call chat  asynchronous", False),
        ("2.4s", "branch 50% { call chat }", True),
        ("2.4s", "branch 0.5% { call chat }", False),  # p99 sees nothing of it
    ],
)
def test_an_answer_and_its_promise(limit: str, call: str, fails: bool) -> None:
    """0.5 s + 100 x 20 ms = 2.5 s, for those requests that wait for it."""
    assert bool(said(TALK.format(limit=limit, call=call), "LAT017")) == fails


def test_the_sum_is_shown() -> None:
    """The arithmetic can be checked by hand."""
    found = only(TALK.format(limit="2s", call="call chat"), "LAT017")

    assert found.arithmetic == ("median: 500ms + 100 x 20ms = 2.5s",)


# Tokens and vectors ---------------------------------------------------------------------------

SPACES = """
model users {{ version = 4  {users} }}
model items {{ version = 4  {items} }}
endpoint tower {{ model = users }}
index catalogue {{ encoder = items  query_encoder = tower }}
request find {{
  call tower
  call catalogue
}}
"""


def test_towers_of_one_run_share_a_space() -> None:
    """Two models are comparable only where both name the same space."""
    same = 'embedding { space = "run 7" }'

    assert passes(SPACES.format(users=same, items=same), "TSC027")
    assert not passes(SPACES.format(users=same, items=same.replace("7", "8")), "TSC027")
    assert not passes(SPACES.format(users="", items=""), "TSC027")


def test_an_index_of_another_version_left_the_space() -> None:
    """A stated space is that of the model's own version."""
    same = 'embedding { space = "run 7" }'
    text = SPACES.format(users=same, items=same)
    old = text.replace("encoder = items ", "encoder = items  encoder_version = 3 ")

    assert only(old, "TSC027").message == (
        "`catalogue` holds vectors of items@3, its queries are vectors of users@4"
    )


def test_queries_that_nobody_encodes() -> None:
    """An index that is searched needs something that encodes; one that is not is left alone."""
    text = "model e { }\nindex i { encoder = e }\n"

    assert passes(text, "TSC027")
    assert missing(text + "request r { call i }", "TSC027") == ("i.query_encoder",)


@pytest.mark.parametrize(
    ("embedding", "index", "fails"),
    [
        ("metric = cosine  normalised = true", "metric = dot", False),
        ("metric = cosine  normalised = false", "metric = dot", True),
        ("metric = cosine  normalised = false", "metric = dot  normalised = true", False),
        ("metric = dot  normalised = false", "metric = dot", False),
        ("metric = dot  normalised = false", "metric = dot  normalised = true", True),
        ("metric = dot  normalised = false", "metric = cosine", True),
        ("metric = l2  normalised = true", "metric = cosine", False),
    ],
)
def test_metrics(embedding: str, index: str, fails: bool) -> None:
    """Vectors of length 1 have one order in all three; others only in the one of the training."""
    text = f"model e {{ embedding {{ {embedding} }} }}\nindex i {{ encoder = e  {index} }}"

    assert [d.severity for d in said(text, "LLM003")] == [Severity.ERROR] * fails


def test_metrics_undecided() -> None:
    """One side alone, or lengths that nobody states."""
    half = "model e { embedding { metric = dot } }\nindex i { encoder = e }"
    other = "model e { }\nindex i { encoder = e  metric = dot }"
    lengths = "model e { embedding { metric = dot } }\nindex i { encoder = e  metric = cosine }"

    assert missing(half, "LLM003") == ("i.metric",)
    assert missing(other, "LLM003") == ("e.embedding.metric",)
    assert missing(lengths, "LLM003") == ("e.embedding.normalised",)


@pytest.mark.parametrize(
    ("one", "other", "fails"),
    [
        ('"a" { revision = "1" }', '"a" { revision = "1" }', False),
        ('"a" { revision = "1" }', '"a" { revision = "2" }', True),
        ('"a" { revision = "1" }', '"b" { revision = "1" }', True),
        ('"a" { template = "1" }', '"a" { template = "2" }', True),
        ('"a" { revision = "1" }', '"a"', False),
    ],
)
def test_tokenizers(one: str, other: str, fails: bool) -> None:
    """Name, revision and chat template; what one side does not state is not compared."""
    text = f"""
    registry r {{ }}
    model m {{ tokenizer = {one}  registry = r }}
    endpoint e {{ model = m  engine {{ tokenizer = {other} }} }}
    """

    assert len(said(text, "TSC026")) == fails


def test_half_pinned_weights() -> None:
    """Weights and tokenizer are pinned both or not at all; in a registry the version pins."""
    text = 'model m {{ tokenizer = "a" {{ {tokenizer} }}  {model} }}'
    pinned = 'revision = "1"'

    assert passes(text.format(tokenizer="", model=""), "TSC026")
    assert passes(text.format(tokenizer=pinned, model=pinned), "TSC026")
    assert not only(text.format(tokenizer="", model=pinned), "TSC026").undecided
    assert missing(text.format(tokenizer=pinned, model=""), "TSC026") == ("m.revision",)
    kept = text.format(tokenizer=pinned, model="registry = r") + "\nregistry r { }"
    assert passes(kept, "TSC026")


# Prompts and retrieval ------------------------------------------------------------------------

PROMPT = """
index docs {{ {docs} }}
prompt p {{
  part instructions tokens 100
  part passages index docs
  max_output = 100
}}
endpoint chat {{ prompt = p  engine {{ max_model_len = 1000 }} }}
"""


def test_a_prompt_fills_its_context_to_the_token() -> None:
    """100 + 8 x 100 + 100 = 1000 tokens."""
    docs = "chunks {{ tokens = {tokens} }}  retrieval {{ k = 8 }}"

    assert passes(PROMPT.format(docs=docs.format(tokens=100)), "LLM001")
    found = only(PROMPT.format(docs=docs.format(tokens=101)), "LLM001")
    assert found.message == "`p` takes 1008 tokens with its answer, `chat` reads 1000"
    assert found.arithmetic[-1] == "100 + 808 + 100 = 1008 tokens"


def test_a_prompt_of_unknown_length() -> None:
    """What is missing is named; what is too long already is an error all the same."""
    needs = missing(PROMPT.format(docs="chunks { tokens = 100 }"), "LLM001")
    long = PROMPT.format(docs="chunks { tokens = 100 }").replace("tokens 100", "tokens 2000")

    assert needs == ("docs.retrieval.k",)
    assert "at least 2100 tokens" in only(long, "LLM001").message


def test_an_encoder_reads_the_whole_chunk() -> None:
    """As many tokens as it reads pass; one more is cut off."""
    text = "model e {{ {reads} }}\nindex i {{ encoder = e  chunks {{ tokens = {tokens} }} }}"
    reads = "embedding { max_tokens = 512 }"

    assert passes(text.format(reads=reads, tokens=512), "LLM002")
    assert (
        "512 tokens of each chunk of 513"
        in only(text.format(reads=reads, tokens=513), "LLM002").message
    )
    assert missing(text.format(reads="", tokens=9), "LLM002") == ("e.embedding.max_tokens",)
    assert missing("index i { chunks { tokens = 9 } }", "LLM002") == ("i.encoder",)


VECTORS = "index i {{ vectors = 1_000_000  dimensions = 256  memory = {memory}  {more} }}"


@pytest.mark.parametrize(
    ("memory", "more", "fails"),
    [
        ("1024MB", "", False),
        ("1023MB", "", True),
        ("1152MB", "algorithm = hnsw { m = 16 }", False),  # 128 MB of links
        ("1151MB", "algorithm = hnsw { m = 16 }", True),
        ("256MB", "storage = int8", False),
        ("512MB", "shards = 2", False),
        ("100MB", "algorithm = diskann", False),  # it searches on disk
        ("32MB", "storage = binary", False),
    ],
)
def test_vectors_in_memory(memory: str, more: str, fails: bool) -> None:
    """A million vectors of 256 numbers: 1024 MB, and what else lies beside them."""
    assert len(said(VECTORS.format(memory=memory, more=more), "LLM005")) == fails


def test_vectors_of_unknown_number() -> None:
    """Memory alone is not enough to know."""
    assert missing("index i { memory = 1GiB  vectors = 5 }", "LLM005") == ("i.dimensions",)
    production = "system s { tier = production }\nindex i { vectors = 5 }"
    assert missing(production, "LLM005") == ("i.memory",)


def test_freshness_of_an_index() -> None:
    """A change waits for the next run and passes every step of it."""
    text = """
    index i {{
      freshness = 1h
      refresh {{
        every   = {every}
        ingest  = 10m
        chunk   = 5m
        embed   = 10m
        deletes = rebuilt
        {build}
      }}
    }}
    """

    assert passes(text.format(every="30m", build="build = 5m"), "LLM004")
    found = only(text.format(every="31m", build="build = 5m"), "LLM004")
    assert found.arithmetic == (
        "1h01m = 31m period + 10m ingest + 5m chunk + 10m embed + 5m build",
    )
    assert found.help == "every = 30m"
    assert missing(text.format(every="30m", build=""), "LLM004") == ("i.refresh.build",)


def test_freshness_by_the_job_that_writes() -> None:
    """Without `refresh` the period of the job is a lower bound."""
    text = "pipeline p { writes = i  every = 2h  runtime = 5m }\nindex i { freshness = 1h }"

    assert "at least 2h05m" in only(text, "LLM004").message


READERS = """
source wiki {{ {wiki} }}
lake pages {{ from = wiki }}
pipeline chunk {{ reads = pages  writes = docs }}
index docs {{ chunks {{ tokens = 9  {chunks} }}  retrieval {{ k = 3  {retrieval} }} }}
"""


@pytest.mark.parametrize(
    ("wiki", "chunks", "retrieval", "fails"),
    [
        ("", "", "", False),
        ("acl = everyone", "", "", False),
        ("acl = groups", "acl = groups", "filter = before", False),
        ("acl = groups", "acl = groups", "filter = after", False),
        ("acl = groups", "acl = teams", "filter = before", True),
        ("acl = groups", "acl = groups", "filter = none", True),
        ("", "acl = groups", "filter = none", True),
    ],
)
def test_readers(wiki: str, chunks: str, retrieval: str, fails: bool) -> None:
    """The column of the readers goes all the way from the source into the search."""
    text = READERS.format(wiki=wiki, chunks=chunks, retrieval=retrieval)

    assert len(said(text, "LLM007")) == fails


def test_readers_undecided() -> None:
    """A search whose filter nobody states, and documents of a production system."""
    carried = READERS.format(wiki="acl = groups", chunks="acl = groups", retrieval="")
    silent = "system s { tier = production }" + READERS.format(wiki="", chunks="", retrieval="")

    assert missing(carried, "LLM007") == ("docs.retrieval.filter",)
    assert missing(silent, "LLM007") == ("docs.chunks.acl",)


AGENT = """
index docs {{ chunks {{ tokens = 9  {chunks} }} }}
prompt p {{ part passages index docs }}
tool act {{ {tool} }}
endpoint reader {{ prompt = p }}
endpoint agent {{ tools = [act] }}
request ask {{
  call reader
  call agent
}}
"""


def test_a_passage_reaches_an_agent_through_a_request() -> None:
    """The agent need not read passages itself: who does is in the same request."""
    tool = "effect = sends  approval = none"
    found = only(AGENT.format(chunks="", tool=tool), "LLM008")

    assert "`docs` can make `agent` use `act`, which sends" in found.message
    assert passes(AGENT.format(chunks="trusted = true", tool=tool), "LLM008")
    assert passes(AGENT.format(chunks="", tool="effect = sends  approval = policy"), "LLM008")
    assert passes(AGENT.format(chunks="", tool="effect = none"), "LLM008")
    assert missing(AGENT.format(chunks="", tool="effect = sends"), "LLM008") == ("act.approval",)
    apart = AGENT.format(chunks="", tool=tool).replace("  call reader\n", "")
    assert passes(apart, "LLM008")


def test_guards_are_wanted_in_production_only() -> None:
    """One limit at the gateway serves all endpoints behind it."""
    guards = "guards { input = [length]  output = [schema] }"
    bare = "endpoint e { engine { } }"
    production = "system s { tier = production }\n"
    limited = production + "gateway g { tokens_per_key = 9tokens/s }\n"

    assert passes(bare, "LLM009")
    assert only(production + bare, "LLM009").message == (
        "`e` answers without an output guard, a limit of its input and a limit of tokens for each "
        "caller"
    )
    assert passes(limited + bare.replace("engine", f"{guards}  engine"), "LLM009")


PREFIX = "prompt p {{ {parts} }}\nendpoint e {{ prompt = p  engine {{ prefix_caching = true }} }}"


@pytest.mark.parametrize(
    ("parts", "fails"),
    [
        (("a tokens 400", "q tokens 50 varies"), False),
        (("q tokens 50 varies", "a tokens 400"), True),
        (("a tokens 400", "q tokens 50 varies", "b tokens 400"), False),
        (("a tokens 400", "q tokens 50 varies", "b tokens 401"), True),
        (("a tokens 15", "q tokens 50 varies", "b tokens 15"), True),  # no whole block
        (("q tokens 50 varies", "r tokens 9 varies"), False),
    ],
)
def test_prefixes(parts: tuple[str, ...], fails: bool) -> None:
    """More that is the same stands behind what varies than before it, in blocks of 16."""
    text = PREFIX.format(parts="\n".join(f"part {one}" for one in ("", *parts) if one).join("\n\n"))

    assert len(said(text, "LLM011")) == fails


@pytest.mark.parametrize(
    ("name", "moves"),
    [
        ("gpt-4o", True),
        ("gpt-4o-2024-11-20", False),
        ("gpt-4-0613", False),
        ("claude-sonnet-latest", True),
        ("claude-3-5-sonnet-20241022", False),
        ("gemini-1.5-pro", True),
        ("gemini-1.5-pro-002", False),
        ("mistral-large-2411", False),
        ("meta-llama/Llama-3.1-70B-Instruct", False),
        ("mixtral-8x7b-32768", False),
        ("anthropic.claude-3-haiku-20240307-v1:0", False),
    ],
)
def test_names_that_move(name: str, moves: bool) -> None:
    """Dated snapshots and published weights stand still."""
    assert moving_name(name) is moves


ADAPTERS = """
model base {{ {base} }}
model a {{ adapter = lora {{ {a} }} }}
endpoint e {{ model = base  adapters = [a]  engine {{ {engine} }} }}
"""


@pytest.mark.parametrize(
    ("base", "a", "engine", "needs"),
    [
        ("", "base = base  rank = 16", "max_loras = 1  max_lora_rank = 16", ()),
        ('revision = "1"', 'base = base  base_revision = "1"  rank = 8',
         "max_loras = 4  max_lora_rank = 16", ()),
        ('revision = "1"', "base = base  rank = 8", "max_loras = 4  max_lora_rank = 16",
         ("a.adapter.base_revision",)),
        ("", "rank = 8", "max_loras = 4  max_lora_rank = 16", ("a.adapter.base",)),
        ("", "base = base  rank = 8", "max_loras = 4", ("e.engine.max_lora_rank",)),
        ("", "base = base  rank = 8", "max_lora_rank = 8", ("e.engine.max_loras",)),
    ],
)  # fmt: skip
def test_adapters(base: str, a: str, engine: str, needs: tuple[str, ...]) -> None:
    """Rank and count up to the limits pass; what is not stated is asked for."""
    found = said(ADAPTERS.format(base=base, a=a, engine=engine), "LLM013")

    assert tuple(name for d in found for name in d.missing) == needs
    assert all(d.undecided for d in found)


def test_an_adapter_of_another_model() -> None:
    """Added to weights that it was not trained on."""
    text = ADAPTERS.format(
        base="", a="base = a  rank = 1", engine="max_loras = 1  max_lora_rank = 1"
    )

    assert "`a` was trained on `a`, `e` adds it to `base`" in only(text, "LLM013").message


OUTSIDE = """
prompt p {{ part all tokens 600
  max_output = 400 }}
endpoint spare {{ latency {{ p50 = 1ms  p99 = 2ms  at = 99/s }} }}
endpoint chat {{ prompt = p  provider = acme {{ model = "m-2026-05-01"  {provider} }} }}
request ask {{
  rate = 10/s
  call chat  timeout 9s  fallback spare
}}
"""


@pytest.mark.parametrize(
    ("provider", "fails"),
    [
        ("requests = 600/m", False),
        ("requests = 599/m", True),
        ("requests = 600/m  tokens = 600_000tokens/m", False),
        ("requests = 600/m  tokens = 599_000tokens/m", True),
        ("requests = 600/m  daily = 1000  input_price = 1USD  output_price = 2USD  "
         "budget = 1.41USD/d", False),
        ("requests = 600/m  daily = 1000  input_price = 1USD  output_price = 2USD  "
         "budget = 1.39USD/d", True),
        ("requests = 600/m  daily = 1000  input_price = 1USD  output_price = 2USD  "
         "budget = 43USD/month", False),
    ],
)  # fmt: skip
def test_limits_of_a_provider(provider: str, fails: bool) -> None:
    """10 requests of 1000 tokens a second; a thousand a day cost 0.6 + 0.8 USD."""
    found = said(OUTSIDE.format(provider=provider), "LLM015")

    assert [d.severity for d in found] == [Severity.ERROR] * fails


def test_a_provider_of_whom_little_is_known() -> None:
    """Limits and prices are asked for; currencies are not mixed."""
    assert missing(OUTSIDE.format(provider=""), "LLM015") == ("chat.provider.requests",)
    prices = "requests = 600/m  budget = 9USD/d  daily = 9  input_price = 1USD"
    assert missing(OUTSIDE.format(provider=prices), "LLM015") == ("chat.provider.output_price",)
    mixed = f"{prices}  output_price = 1EUR"
    assert "currency" in missing(OUTSIDE.format(provider=mixed), "LLM015")[0]


def test_semantic_caches() -> None:
    """Evaluation, language and prompt are asked for where there is more than one of them."""
    text = """
    dataset pairs {{ }}
    prompt p {{ part q tokens 9 varies }}
    endpoint e {{ prompt = p }}
    cache c {{ key = [{key}]  semantic {{ threshold = 0.9  evaluation = pairs }} }}
    request ask {{
      body {{ question: string  {body} }}
      cached by c hit 10% {{
        call e
      }}
    }}
    """

    assert passes(text.format(key="question, prompt_version", body=""), "LLM016")
    assert not passes(text.format(key="question", body=""), "LLM016")
    spoken = text.format(key="question, prompt_version", body="locale: string")
    found = only(spoken, "LLM016")
    assert found.help == "key = [question, prompt_version, locale]"
    assert labelled(found, spoken) == ["body"]
    assert passes(spoken.replace("_version]", "_version, lang]"), "LLM016")


def test_scaling_signals() -> None:
    """What shows waiting passes; what does not is told; silence is asked about."""
    text = "endpoint e {{ engine {{ }}  scaling {{ maximum = 4  {signal} }} }}"

    assert passes(text.format(signal="signal = kv_usage"), "LLM014")
    assert only(text.format(signal="signal = cpu"), "LLM014").severity is Severity.WARNING
    assert missing(text.format(signal=""), "LLM014") == ("e.scaling.signal",)


@pytest.mark.parametrize(
    "text",
    [
        "model m { architecture = 5 }",
        "model m { architecture { params = 0 } }",
        "model m { architecture { params = 70B } }",
        "model m { precision = fp9 }",
        "model m { adapter = lora { base = nowhere } }",
        "endpoint e { parallelism { tensor = 0 } }",
        "endpoint e { engine { gpu_utilisation = 120% } }",
        "endpoint e { provider = 7 }",
        "endpoint e { tools = [e] }",
        "endpoint e { prompt = nothing }",
        "prompt p { part }",
        "prompt p { part x tokens none }",
        "prompt p { version = 0 }",
        "index i { algorithm = magic }",
        "index i { retrieval { k = 0 } }",
        "endpoint e { model = m  gpus = 0 x h100 }",
        "endpoint e { tokens_per_key = 5/s }",
        "cache c { semantic { threshold = 2 } }",
    ],
)
def test_wrong_input_is_told_and_breaks_nothing(text: str) -> None:
    """Every mistake is a finding with a code; no check breaks over it."""
    found = outcome(text).diagnostics

    assert any(d.code[:3] in ("SYN", "TYP") for d in found), [shown(d) for d in found]
    assert [shown(d) for d in found if d.code[:3] == "INT"] == []
