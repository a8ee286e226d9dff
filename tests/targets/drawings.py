"""Drawings that the diagram tests share: one real system, random ones, and hostile names."""

from dataclasses import replace
from random import Random

from mlsdc.targets.diagrams.drawing import Drawing, Edge, Group, Node

HOSTILE = (
    "",
    "   ",
    "'single' \"double\" `back`",
    "two\nlines\r\nand\ttabs\u2028",
    "{{ jinja }} ${shell} %{x} %%{init: {}}%%",
    "]]> <![CDATA[ --> <!-- & &amp; &#0;",
    "</svg></g><script>alert(1)</script>",
    "שלום \u202eevil\u202c \u2066x\u2069",
    "nul \0 bell \x07 escape \x1b[31m delete \x7f c1 \x85 \x9f",
    "lone surrogate \ud800 and non-characters \ufffe \uffff \U0001ffff",
    "x" * 10_000,
    "wide 漢字 かな 한글 and 😀 pictographs " * 300,
    "end",
    "1. list - item # heading \\n $$x$$ fa:fa-user",
)
_KINDS = (
    *("client", "gateway", "request", "endpoint", "experiment", "stream", "source", "pipeline"),
    *("lake", "online_store", "features", "dataset", "training", "registry", "monitor", "review"),
    "something_new",
)


def fraud() -> Drawing:
    """A fraud-detection system of 26 components in four groups."""
    online, features, training, monitoring = "online", "features", "training", "monitoring"
    nodes = (
        Node("checkout", "Checkout", "client", "web", ("1,200/s",), None, "existing"),
        Node("edge", "edge", "gateway", "envoy", ("JWT, limit 2,000/s",), online),
        Node("authorise", "authorise", "request", "", ("p99 41 ms of 50 ms",), online),
        Node("assignment", "model_test", "experiment", "", ("A 90 %",), online, "planned"),
        Node("score", "score", "endpoint", "triton", ("6 replicas",), online, "normal", "error"),
        Node("rules", "rules", "rules", "python", ("after 20 ms",), online),
        Node("score_cache", "score_cache", "cache", "redis", ("hit 85 %",), online),
        Node("redis_main", "redis_main", "online_store", "redis", ("3 nodes",), features),
        Node("features", "features", "feature_store", "feast", ("42 features",), features),
        Node("activity_view", "card_activity", "features", "", ("fresh within 5 s",), features),
        Node("merchant_risk", "merchant_risk", "features", "", (), features),
        Node("activity", "activity", "pipeline", "flink", ("parallelism 8",), features),
        Node("payments", "payments", "stream", "kafka", ("8,000/s",), features, "existing"),
        Node("chargebacks", "chargebacks", "source", "postgres", (), training, "existing"),
        Node("events", "events", "lake", "s3", ("iceberg, 11 TiB",), training),
        Node("history", "history", "dataset", "", ("180 d",), training),
        Node("fraud_label", "fraud_label", "label", "", ("matures in 45 d",), training),
        Node("nightly", "nightly", "training", "kubeflow", ("every 1 d",), training),
        Node("tune", "tune", "tuning", "optuna", (), training, "planned"),
        Node("models", "models", "registry", "mlflow", (), training),
        Node("scorer", "scorer", "model", "xgboost", ("1.2 GiB",), training),
        Node("health", "health", "monitor", "evidently", ("PSI warn 0.1",), monitoring),
        Node("prometheus", "prometheus", "metrics", "prometheus", (), monitoring),
        Node("grafana", "grafana", "metrics", "grafana", (), monitoring),
        Node("review", "review", "review", "label studio", (), monitoring),
        Node("feedback", "label_feedback", "feedback", "", (), monitoring),
    )
    calls = (
        Edge("checkout", "edge", "calls", "1,200/s", emphasised=True),
        Edge("edge", "authorise", "calls", "1,200/s", emphasised=True),
        Edge("authorise", "assignment", "calls"),
        Edge("authorise", "score", "calls", "p99 12 ms", emphasised=True),
        Edge("authorise", "redis_main", "reads", "p99 3 ms", emphasised=True),
        Edge("authorise", "score_cache", "reads"),
        Edge("assignment", "score", "routes"),
        Edge("score", "rules", "falls back to"),
        Edge("health", "nightly", "retrains"),
        Edge("tune", "nightly", "tunes"),
        Edge("prometheus", "grafana", "shows"),
    )
    flows = (
        ("payments", "activity", "consumes"),
        ("payments", "events", "writes"),
        ("activity", "activity_view", "computes"),
        ("events", "merchant_risk", "computes"),
        ("activity_view", "features", "registered in"),
        ("merchant_risk", "features", "registered in"),
        ("features", "redis_main", "materialises"),
        ("activity_view", "history", "joins"),
        ("events", "history", "reads"),
        ("chargebacks", "fraud_label", "derives"),
        ("fraud_label", "history", "joins"),
        ("history", "nightly", "trains on"),
        ("nightly", "scorer", "produces"),
        ("scorer", "models", "registered in"),
        ("models", "score", "loads"),
        ("score", "health", "watches"),
        ("history", "health", "reference"),
        ("score", "prometheus", "scraped"),
        ("edge", "prometheus", "scraped"),
        ("redis_main", "prometheus", "scraped"),
        ("activity", "prometheus", "scraped"),
        ("score", "review", "sends"),
        ("review", "feedback", "labels"),
        ("feedback", "fraud_label", "feeds"),
    )
    groups = (
        Group(online, "Online path", 0),
        Group(features, "Features", 1),
        Group(training, "Training", 2),
        Group(monitoring, "Monitoring and people", 3),
    )
    edges = (*calls, *(Edge(a, b, verb, style="dashed") for a, b, verb in flows))
    return Drawing("fraud", "Scores every card payment", nodes, edges, groups)


def random_drawing(seed: int, size: int, edges: int, groups: int) -> Drawing:
    """Mostly forward edges, some backward, double and to themselves; some nodes ungrouped."""
    chance = Random(seed)
    names = [f"group_{number}" for number in range(groups)]
    nodes = tuple(
        Node(
            f"n{number}",
            f"component_{number}" * chance.choice((1, 1, 1, 3)),
            chance.choice(_KINDS),
            chance.choice(("", "redis", "kafka")),
            tuple(f"fact {chance.randrange(10**6)}" for _ in range(chance.randrange(6))),
            names[number * groups // size] if groups and chance.random() < 0.9 else None,
        )
        for number in range(size)
    )
    drawn: list[Edge] = []
    for _ in range(edges):
        a = chance.randrange(size)
        b = min(size - 1, a + chance.randrange(6)) if chance.random() < 0.7 else None
        b = chance.randrange(size) if b is None else b
        verb, style = (
            chance.choice(("calls", "reads", "writes")),
            chance.choice(("solid", "dashed")),
        )
        main = chance.random() < 0.08
        drawn.append(Edge(f"n{a}", f"n{b}", verb, chance.choice((None, "9/s")), style, main))
    bands = tuple(Group(name, name, chance.randrange(2)) for name in names)
    return Drawing(f"random {seed}", "", nodes, tuple(drawn), bands)


def shuffled(drawing: Drawing, seed: int) -> Drawing:
    """The same drawing with its parts in another order."""
    chance = Random(seed)
    return replace(
        drawing,
        nodes=tuple(chance.sample(drawing.nodes, len(drawing.nodes))),
        edges=tuple(chance.sample(drawing.edges, len(drawing.edges))),
        groups=tuple(chance.sample(drawing.groups, len(drawing.groups))),
    )


def hostile(text: str) -> Drawing:
    """A drawing with one text in every place that takes text."""
    nodes = (
        Node("a" + text, text, "endpoint", text, (text, text), "g" + text, "planned", "error"),
        Node("b" + text, text, text, text, (text,) * 9, None, "existing", "warning"),
        Node("c", "", "stream", "", (), "g" + text),
        Node(text, text, "lake", "", ()),
    )
    edges = (
        Edge("a" + text, "b" + text, text, text),
        Edge("b" + text, "a" + text, text, None, "dashed"),
        Edge("c", "a" + text, text, text, "solid", True),
        Edge(text, text, text),
    )
    return Drawing(text, text, nodes, edges, (Group("g" + text, text),))
