"""Which components are joined, by which verb, and where the text says so."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlsdc.compiler.edges import EDGE_RULES, edge_rule, nearest_pairs
from tests.compiler.checking import at, compiled, labelled, only, said

DESIGN = """
    entity user { key user_id: string }
    stream clicks { rate = 10/s }
    stream failed { rate = 1/s }
    source people { rate = 1/s }
    lake events { from = [clicks, people] }
    pipeline counting { reads = clicks  writes = [events, kv]  dead_letter = failed }
    online_store kv { nodes = 3 }
    feature_store store { online = kv  offline = events }
    features profile { entity = user  store = store  computed = counting  n: int64 }
    label bought { from = people }
    dataset history { spine = clicks  features = [profile]  label = bought }
    training nightly { tracking = models }
    registry models { artifacts = files }
    lake files { }
    model ranker { dataset = history  training = nightly  registry = models }
    gateway edge { }
    endpoint rank { model = ranker  features = [profile] }
    endpoint rules { }
    request ask {
      call edge
      call rank  timeout 5ms  fallback rules
    }
    monitor watch { watches = rank  logs = events }
    metrics board { scrapes = [rank, edge] }
    """


def edges(text: str) -> set[str]:
    return {f"{e.source} {e.verb} {e.target}" for e in compiled(text).graph.edges}


def test_every_join_of_a_design() -> None:
    """Fields, serving, training, calls and scrapes; nothing that is not running."""
    assert edges(DESIGN) == {
        "events consumes clicks",
        "events reads people",
        "counting consumes clicks",
        "counting writes events",
        "counting writes kv",
        "counting publishes failed",
        "store reads kv",
        "store reads events",
        "nightly logs_to models",
        "nightly publishes models",
        "nightly reads store",
        "nightly reads events",
        "models writes files",
        "rank reads store",
        "rank loads models",
        "rank loads files",
        "edge calls rank",
        "edge calls rules",
        "watch reads events",
        "board scrapes rank",
        "board scrapes edge",
    }


def test_view_that_a_request_fetches_is_read_by_its_caller() -> None:
    """The endpoint that lists it does not read it a second time."""
    text = DESIGN.replace(
        "call rank  timeout 5ms  fallback rules",
        "call rules {\n        call profile\n        call rank\n      }",
    )
    found = edges(text)

    assert {"edge calls rules", "rules reads store", "rules calls rank"} <= found
    assert "rank reads store" not in found
    assert "edge calls rank" not in found


def test_calls_follow_the_block_they_stand_in() -> None:
    """The gateway passed before, or the callee around; through branches and races alike."""
    text = """
        gateway edge { }
        endpoint a { }
        endpoint b { }
        endpoint c { }
        endpoint d { }
        cache hot { }
        stream log { rate = 1/s }
        request ask {
          call edge
          call a {
            branch 10% { call b }
            parallel {
              call c
              cached by hot hit 50% { call d }
            }
            call log  asynchronous
          }
        }
        """
    assert edges(text) == {
        "edge calls a", "a calls b", "a calls c", "a calls d", "a calls hot", "a publishes log",
    }  # fmt: skip


def test_a_client_is_no_component() -> None:
    """The first call of a request without a gateway joins nothing."""
    assert edges("endpoint a { }\nrequest ask { call a }") == set()


def test_same_join_for_two_reasons_is_one_edge_with_both_places() -> None:
    """Removing one of the reasons leaves it standing."""
    text = """
        endpoint a { }
        endpoint b { }
        request one { call a { call b } }
        request two { call a { call b  timeout 1ms } }
        """
    (edge,) = compiled(text).graph.edges

    assert [dedent(text)[s.start : s.end] for s in edge.because] == ["b", "b"]
    assert len(set(edge.because)) == 2


def test_removing_a_reference_removes_its_edge_and_no_other() -> None:
    """Everything that joins two components derives from the edge."""
    before = edges(DESIGN)

    assert before - edges(DESIGN.replace("  dead_letter = failed", "")) == {
        "counting publishes failed"
    }
    assert before - edges(DESIGN.replace("scrapes = [rank, edge]", "scrapes = [rank]")) == {
        "board scrapes edge"
    }


def test_neighbours() -> None:
    """Edges by where they begin and end."""
    graph = compiled(DESIGN).graph

    assert [e.target for e in graph.out("counting")] == ["clicks", "events", "failed", "kv"]
    assert [e.source for e in graph.into("kv")] == ["counting", "store"]
    assert graph.out("nobody") == []
    assert graph.networkx().number_of_edges() == len(graph.edges)
    assert set(graph.networkx().nodes) == set(graph.design.components)


def test_unknown_pair_is_an_error_with_the_nearest_known_ones() -> None:
    """Both halves are shown."""
    text = """
        review cases { }
        endpoint a { }
        request ask {
          call a { call cases }
        }
        """
    found = only(text, "TYP008")

    assert found.message == "`a` (endpoint) cannot be joined to `cases` (review) by `calls`"
    assert at(found, text) == "cases"
    assert labelled(found, text) == ["cases"]
    assert "endpoint calls endpoint" in found.help


def test_unknown_pair_hides_no_other_edge() -> None:
    """The rest of the graph stands."""
    text = """
        review cases { }
        endpoint a { }
        endpoint b { }
        request ask {
          call a {
            call cases
            call b
          }
        }
        """
    assert len(said(text, "TYP008")) == 1


@pytest.mark.parametrize("rule", EDGE_RULES, ids=lambda r: f"{r.verb}-{r.sources[0]}")
def test_rules_are_reachable(rule: object) -> None:
    """No row hides wholly behind earlier ones of the same verb and roles."""
    from mlsdc.compiler.edges import EdgeRule

    assert isinstance(rule, EdgeRule)
    found = {edge_rule(rule.verb, s, t) for s in rule.sources for t in rule.targets}
    assert rule in found
    assert rule.timeout is None or rule.synchronous


def test_nearest_pairs_share_two_of_the_three() -> None:
    """Verb and one end, or both ends."""
    near = nearest_pairs("calls", "endpoint", "review")

    assert near
    assert all(pair.startswith("endpoint calls ") or pair.endswith(" review") for pair in near)
    assert edge_rule("calls", "endpoint", "review") is None
