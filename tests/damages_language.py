"""One fault of a language model, of its retrieval or of its memory in one place of a design that
answers questions from manuals."""

from __future__ import annotations

from pathlib import Path

from mlsdc.diagnostics import Severity
from tests.damage import Damage

DESIGN = (Path(__file__).parent / "assistant.mlsd").read_text()
WARNING = Severity.WARNING
MODEL = "  precision    = fp8\n"
PROMPT = "  part instructions tokens 900\n"
GUARDS = (
    "  guards         { input = [injection]  max_input = 3000  output = [pii, groundedness] }\n"
)
LIMIT = "  tokens_per_key = 60_000tokens/m\n  scaling"

MEMORY = [
    Damage(
        "CAP004", "  gpus        = 4 x h100\n", "  gpus        = 4 x t4\n",
        says=("16.4GiB", "`llama`", "t4", "13.4GiB"), labels=(MODEL,),
        follows=frozenset({"LAT017"}),
    ),
    Damage(
        "CAP005", "{ tensor = 4 }", "{ tensor = 2 }", line="  parallelism { tensor = 2 }\n",
        says=("`chat`", "2 accelerators", "has 4"), labels=("  gpus        = 4 x h100\n",),
    ),
    Damage(
        "CAP005", "  gpus        = 4 x h100\n  parallelism { tensor = 4 }\n",
        "  gpus        = 3 x h100\n  parallelism { tensor = 3 }\n",
        says=("64 attention heads", "3 accelerators"), labels=("architecture = ",),
    ),
    Damage(
        "CAP006", "    max_model_len  = 32768\n", "    max_model_len  = 1_000_000\n",
        says=("1000000 tokens", "`chat`"), labels=("  gpus        = 4 x h100\n",),
    ),
    Damage(
        "CAP006", "  concurrency = 32\n", "  concurrency = 400\n", severity=WARNING,
        says=("400 requests of 7360 tokens",), labels=("  gpus        = 4 x h100\n",),
    ),
    Damage(
        "LAT017", "p50 = 14ms  p99 = 30ms", "p50 = 4ms  p99 = 30ms",
        line="    tpot   { p50 = 4ms  p99 = 30ms }\n", says=("`chat`", "4ms", "5.27ms"),
        labels=("  gpus        = 4 x h100\n",),
    ),
    Damage(
        "LAT017", "p99 <= 40s", "p99 <= 9s", line="  budget { p50 <= 8s  p99 <= 9s }\n",
        says=("`chat`", "p99", "9s", "`ask`"), follows=frozenset({"LAT002"}),
        labels=("  generation {\n",),
    ),
    Damage(
        "LAT023", "{ p50 <= 8s  p99 <= 40s }", "{ p50 <= 8s  p99 <= 40s  ttft_p99 <= 100ms }",
        line="  budget { p50 <= 8s  p99 <= 40s  ttft_p99 <= 100ms }\n",
        says=("ttft_p99", "100ms budget"), labels=("    call chat",),
    ),
    Damage(
        "LLM010", "  gpus        = 4 x h100\n", "  gpus        = 4 x v100\n",
        follows=frozenset({"LAT017", "CAP006"}),
        says=("v100", "Volta (7.0)", "fp8", "Turing (7.5)"), labels=("  quantisation = fp8\n",),
    ),
]  # fmt: skip

TEXTS = [
    Damage(
        "TSC026", 'engine {\n', 'engine {\n    tokenizer      = "meta-llama/Llama-2-7b-hf"\n',
        line="    tokenizer      =", says=("`chat` serves", "Llama-2-7b-hf", "`llama` learned"),
        labels=('  tokenizer    = "meta-llama/Llama-3.1-70B-Instruct" { revision = "5206a32" }\n',),
    ),
    Damage(
        "TSC026", '  tokenizer    = "meta-llama/Llama-3.1-70B-Instruct" { revision = "5206a32" }\n',
        '  tokenizer    = "meta-llama/Llama-3.1-70B-Instruct"\n',
        says=("`llama`", "5206a32", "whatever is newest"), labels=('  revision     = "5206a32"\n',),
    ),
    Damage(
        "TSC027", "  encoder_version = 3\n", "  encoder_version = 2\n",
        says=("`manuals`", "encoder@2", "encoder@3"), labels=("  query_encoder   = embed\n",),
    ),
    Damage(
        "TSC027", "  dimensions      = 1024\n", "  dimensions      = 768\n",
        says=("`manuals`", "768", "`encoder`", "1024"), labels=("  embedding ",),
    ),
    Damage(
        "LLM001", "    max_model_len  = 32768\n", "    max_model_len  = 4096\n",
        line="  part passages index manuals\n", says=("`answer`", "7940 tokens", "reads 4096"),
        labels=("    max_model_len  = 4096\n",),
    ),
    Damage(
        "LLM002", "tokens = 480", "tokens = 800", line="  chunks          {",
        says=("`encoder`", "512", "800"), labels=("  embedding ",),
    ),
    Damage(
        "LLM003", "  metric          = cosine\n", "  metric          = dot\n",
        says=("`manuals`", "dot", "`encoder`", "cosine"), labels=("  embedding ",),
    ),
    Damage(
        "LLM004", "  freshness       = 1h\n", "  freshness       = 40m\n", severity=WARNING,
        says=("40m", "47m"), labels=("  refresh {\n",),
    ),
    Damage(
        "LLM004", "    deletes = propagated\n", "    deletes = kept\n", severity=WARNING,
        says=("`manuals`", "for ever"), labels=("  chunks  ",),
    ),
    Damage(
        "LLM005", "  memory          = 64GiB\n", "  memory          = 32GiB\n",
        says=("`manuals`", "39.3GiB", "32GiB"), labels=("  vectors         = 10_000_000\n",),
    ),
    Damage(
        "LLM006", "    evaluation = questions\n", "", line="  retrieval {\n", severity=WARNING,
        says=("`manuals`", "no questions"), labels=("  part passages index manuals\n",),
    ),
    Damage(
        "LLM006", "    recall     = 95%\n", "", line="  algorithm ", severity=WARNING,
        says=("hnsw", "`manuals`"), labels=("index manuals {\n",),
    ),
    Damage(
        "LLM006", "    call rerank  timeout 150ms\n", "    call rerank\n", severity=WARNING,
        says=("`rerank`", "any time"), labels=("    reranker   = rerank\n",),
    ),
    Damage(
        "LLM007", "  acl = groups  tokenizer", "  tokenizer", line="  chunks   ",
        says=("`groups`", "`wiki`", "`manuals`"), labels=("source wiki { acl = groups }\n",),
    ),
    Damage(
        "LLM007", "    filter     = before\n", "    filter     = none\n",
        says=("`manuals`", "`groups`"), labels=("source wiki { acl = groups }\n",),
    ),
    Damage(
        "LLM008", "approval = human", "approval = none", line="  tools       = [open_ticket]\n",
        severity=WARNING, says=("`manuals`", "`chat`", "`open_ticket`", "writes"),
        labels=("index manuals {\n", "tool open_ticket "),
    ),
    Damage(
        "LLM009", GUARDS, "  guards         { max_input = 3000 }\n", line="endpoint chat {\n",
        severity=WARNING, says=("`chat`", "an output guard"), labels=("  tier    = production\n",),
    ),
    Damage(
        "LLM009", LIMIT, "  scaling", line="endpoint chat {\n", severity=WARNING,
        says=("`chat`", "each caller"), labels=("  tier    = production\n",),
    ),
    Damage(
        "LLM011", PROMPT, "  part customer tokens 40 varies\n" + PROMPT,
        line="  part customer tokens 40 varies\n", severity=WARNING,
        says=("`chat`", "0 tokens", "`customer`", "900"),
        labels=(PROMPT, "    prefix_caching = true\n"),
    ),
    Damage(
        "LLM011", "    cache_salt     = customer_id\n", "", line="    prefix_caching = true\n",
        severity=WARNING, says=("`chat`", "one prefix cache"),
        labels=("  tenant  = customer_id\n",),
    ),
    Damage(
        "LLM012", "acme-large-2026-05-01", "acme-large", severity=WARNING,
        says=("`spare`", "acme"), labels=("endpoint spare {\n",),
    ),
    Damage(
        "LLM012", "  version   = 12\n", "  version   = latest\n", severity=WARNING,
        says=("`answer`", "latest"), labels=("  prompt      = answer\n",),
        line="  version   = latest\n",
    ),
    Damage(
        "LLM012", "  gate      = groundedness { at_least = 0.92 }\n", "", line="prompt answer {\n",
        severity=WARNING, says=("`answer`", "a quality gate"),
    ),
    Damage(
        "LLM013", 'base_revision = "5206a32"', 'base_revision = "0e9e39f"', severity=WARNING,
        says=("`support`", "0e9e39f", "5206a32"), labels=('  revision     = "5206a32"\n',),
    ),
    Damage(
        "LLM013", "rank = 16 }", "rank = 64 }", line="  adapter  = lora", severity=WARNING,
        says=("rank 64", "16 at most"), labels=("    max_lora_rank  = 16\n",),
    ),
    Damage(
        "LLM014", "signal = queue_depth", "signal = gpu", severity=WARNING,
        line="  scaling  ", says=("`chat`", "gpu"), labels=("endpoint chat {\n",),
    ),
    Damage(
        "LLM015", "    requests      = 600/m\n", "    requests      = 200/m\n",
        says=("acme", "3.33/s", "4/s"), labels=("endpoint spare {\n",),
    ),
    Damage(
        "LLM015", "= 9_000_000tokens/m\n", "= 900_000tokens/m\n",
        says=("900000 tokens a minute", "1905600"), labels=("endpoint spare {\n",),
    ),
    Damage(
        "LLM015", "= 400USD/d\n", "= 200USD/d\n", says=("310USD", "200USD"), labels=("= 60_000\n",),
    ),
    Damage(
        "LLM015", "  call spare  timeout 20s  fallback canned\n", "  call spare  timeout 20s\n",
        says=("`ask_spare`", "acme"), labels=("  provider = acme {\n",),
        follows=frozenset({"LAT008"}),
    ),
    Damage(
        "LLM016", "  evaluation = pairs }", " }", line="  semantic ", severity=WARNING,
        says=("`answers`", "tried on nothing"), labels=("cache answers {\n",),
    ),
    Damage(
        "LLM016", "customer_id, language, prompt_version]", "customer_id, prompt_version]",
        severity=WARNING, says=("`answers`", "`language`"), labels=("  body ",),
    ),
    Damage(
        "LLM016", "customer_id, language, prompt_version]", "customer_id, language]",
        severity=WARNING, says=("`answers`", "`answer`"), labels=("    call chat\n",),
    ),
]  # fmt: skip

LANGUAGE = [*MEMORY, *TEXTS]
