"""CAP003, CAP008, CAP009 and CAP010 at their edges, and the arithmetic behind them."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.partitions import Partitions
from mlsdc.compiler.analyses.stores import Stores
from mlsdc.compiler.capacity.spare import Loss, enough, left
from mlsdc.compiler.catalog import Catalog
from mlsdc.compiler.consistency.column_size import value_bytes
from mlsdc.compiler.consistency.row_reads import units
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.component import Column
from mlsdc.compiler.model.data import OnlineStore, Stream
from mlsdc.compiler.model.limits import PartitionLimits, StoreLimits
from mlsdc.compiler.model.types import DataType, Positive
from mlsdc.diagnostics import Diagnostic, Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from tests.compiler.checking import at, fact, labelled, only, said, shown

PRODUCTION = 'system shop { tier = production  owner = "ml"  contact = "#ml" }\n'


class Shards(Stream):
    """A log with Kinesis's limits (Amazon Kinesis Data Streams, Quotas and limits)."""

    system = "shards"
    shards: Positive | None = None

    def partition_limits(self) -> PartitionLimits:
        return PartitionLimits(
            "a test", written=1e6, records=1000.0, read=2e6, shared=True, exclusive=False,
            noun="shard", field="shards",
        )  # fmt: skip


class Units(OnlineStore):
    """A store with DynamoDB's units."""

    system = "units"
    write_units: Positive | None = None
    read_units: Positive | None = None

    def limits(self) -> StoreLimits:
        return StoreLimits(
            "a test",
            writes=float(self.write_units) if self.write_units else None,
            reads=float(self.read_units) if self.read_units else None,
        )


def heard(text: str, *codes: str) -> list[Diagnostic]:
    """The findings about a design that may name the systems of this module."""
    standard = standard_catalog()
    own = {"shards": (Shards,), "units": (Units,)}
    catalog = Catalog(lambda name: own.get(name) or standard.find(name), standard.names)
    found = check([Source("design.mlsd", text)], catalog).diagnostics
    assert [shown(d) for d in found if d.code[:3] in ("SYN", "TYP", "INT")] == []
    return [d for d in found if d.code in codes]


class TestSpare:
    """Replicas against losses."""

    @given(st.integers(1, 200), st.sampled_from(["node", "zone"]), st.integers(1, 6))
    def test_the_fewest_that_are_enough(self, needed: int, loss: Loss, zones: int) -> None:
        found = enough(needed, loss, zones)
        if loss == "zone" and zones == 1:
            assert left(found, loss, zones) == 0
            return
        assert left(found, loss, zones) >= needed
        assert left(found - 1, loss, zones) < needed

    @pytest.mark.parametrize(("replicas", "zones"), list(product(range(1, 30), range(1, 5))))
    def test_the_fullest_zone_is_lost(self, replicas: int, zones: int) -> None:
        """Counted: replicas are dealt out to zones one by one."""
        dealt = [0] * zones
        for at_most in range(replicas):
            dealt[at_most % zones] += 1
        assert left(replicas, "zone", zones) == replicas - max(dealt)


SERVED = """
endpoint rank {
  latency  { p50 = 8ms  p99 = 30ms  at = 100/s }
  FIELDS
}
request search {
  rate = 600/s
  budget { availability >= 99.9% }
  call rank CALL
}
environment prod { platform = kubernetes { zones = ZONES } }
"""


class TestLosses:
    """CAP003."""

    def found(self, fields: str, call: str = "", zones: int = 3) -> list[Diagnostic]:
        text = SERVED.replace("FIELDS", fields).replace("CALL", call)
        return said(text.replace("ZONES", str(zones)), "CAP003")

    @pytest.mark.parametrize(
        ("replicas", "zones", "message"),
        [
            (6, 3, "`rank` without one node carries 500/s, 600/s arrive"),
            (7, 3, "`rank` without one zone carries 400/s, 600/s arrive"),
            (8, 3, "`rank` without one zone carries 500/s, 600/s arrive"),
            (9, 3, ""),
            (11, 2, "`rank` without one zone carries 500/s, 600/s arrive"),
            (12, 2, ""),
            (6, 1, "`rank` without one node carries 500/s, 600/s arrive"),
            (7, 1, ""),
        ],
    )
    def test_edges(self, replicas: int, zones: int, message: str) -> None:
        found = self.found(f"replicas = {replicas}", zones=zones)
        assert [d.message for d in found] == ([message] if message else [])

    def test_the_help_helps(self) -> None:
        (one,) = self.found("replicas = 6")
        assert one.help == "replicas = 9"
        assert self.found(one.help) == []
        (derived,) = self.found("")
        assert derived.help == "survives = zone"
        assert self.found(derived.help) == []

    def test_a_fallback_stands_in(self) -> None:
        text = SERVED + "endpoint popular { latency { p50 = 1ms  p99 = 2ms  at = 9000/s } }"
        text = text.replace("CALL", "timeout 50ms  fallback popular").replace("ZONES", "3")
        assert said(text.replace("FIELDS", "replicas = 6"), "CAP003") == []

    @pytest.mark.parametrize("replicas", [5, 3])
    def test_overload_is_told_once(self, replicas: int) -> None:
        assert self.found(f"replicas = {replicas}") == []

    def test_without_a_promise_nothing_is_asked(self) -> None:
        text = SERVED.replace("  budget { availability >= 99.9% }\n", "").replace("ZONES", "3")
        text = text.replace("CALL", "").replace("FIELDS", "replicas = 6")
        assert said(text, "CAP003") == []

    @pytest.mark.parametrize(("survives", "replicas"), [("node", 7), ("zone", 9)])
    def test_auto_adds_what_a_loss_takes(self, survives: str, replicas: int) -> None:
        text = SERVED.replace("FIELDS", f"survives = {survives}").replace("CALL", "")
        found = fact(text.replace("ZONES", "3"), Capacity)
        assert found.replicas("rank") == replicas
        sized = found.sizings["rank"].replicas
        assert isinstance(sized, Figure)
        assert sized.because[-1].startswith(f"{replicas}, so that 6 outlast a")


class TestPartitions:
    """CAP008."""

    TEXT = """
        stream clicks: kafka {
          rate       = 20000/s
          event_size = 2KiB
          FIELDS
        }
        pipeline counts { reads = clicks  parallelism = TASKS }
        """

    def found(self, fields: str, tasks: int) -> list[str]:
        text = self.TEXT.replace("FIELDS", fields).replace("TASKS", str(tasks))
        return [d.message for d in said(text, "CAP008")]

    def test_edges(self) -> None:
        assert self.found("partitions = 4", 4) == []  # 39.1 MiB/s at 10 MiB/s each
        assert self.found("partitions = 3", 3) == [
            "`clicks` has 3 partitions, 39.1MiB/s in at 10MiB/s each need 4"
        ]
        assert self.found("partitions = 4", 5) == [
            "`clicks` has 4 partitions for 5 tasks of `counts`: 1 of them stays idle"
        ]
        assert self.found("", 200) == []  # derived

    def test_the_rest_of_a_finding(self) -> None:
        text = self.TEXT.replace("FIELDS", "partitions = 2").replace("TASKS", "6")
        one = only(text, "CAP008")
        assert at(one, text) == "2"
        assert one.help == "partitions = 6"
        assert labelled(one, text) == ["6", "2KiB"]
        assert one.arithmetic[0] == "6 tasks of `counts` / one task for each partition: 6"

    def test_the_derived_number_is_the_needed_one(self) -> None:
        text = self.TEXT.replace("FIELDS", "").replace("TASKS", "7")
        assert fact(text, Partitions).of["clicks"].count == 7

    def test_undecided(self) -> None:
        text = "stream clicks: kafka { rate = 5/s  partitions = 1 }"
        assert said(text, "CAP008") == []
        (one,) = said(PRODUCTION + text, "CAP008")
        assert one.missing == ("clicks.event_size",)
        assert said(PRODUCTION + "stream clicks { rate = 5/s  partitions = 1 }", "CAP008") == []

    @pytest.mark.parametrize(
        ("rate", "size", "readers", "shards"),
        [
            ("1000/s", "1000B", 1, 1),
            ("1001/s", "10B", 1, 2),  # records
            ("100/s", "11_000B", 1, 2),  # bytes in
            ("400/s", "5000B", 2, 2),  # each consumer reads 2 MB/s
            ("400/s", "5000B", 3, 3),  # three of them share what a shard gives out
            ("4000/s", "500B", 5, 5),
        ],
    )
    def test_kinesis(self, rate: str, size: str, readers: int, shards: int) -> None:
        """max(in / 1 MB/s, in / 1000 records/s, out / 2 MB/s)."""
        jobs = "".join(f"pipeline p{n} {{ reads = s }}\n" for n in range(readers))
        text = jobs + f"stream s: shards {{ rate = {rate}  event_size = {size}  shards = COUNT }}"
        assert heard(text.replace("COUNT", str(shards)), "CAP008") == []
        if shards > 1:
            (one,) = heard(text.replace("COUNT", str(shards - 1)), "CAP008")
            assert one.help == f"shards = {shards}"

    def test_consumers_of_shards_may_be_many(self) -> None:
        text = "stream s: shards { rate = 1/s  event_size = 1B  shards = 1 }\n"
        assert heard(text + "pipeline p { reads = s  parallelism = 9 }", "CAP008") == []


STORE = """
entity user { key user_id: KEY  USERS }
entity item { key item_id: int64  ITEMS }
online_store fast: SYSTEM
feature_store store { online = fast }
pipeline job { every = 1d }
features people { entity = user  store = store  computed = job  LOAD
  a: float64 = sum(x) over 1d
  b: int32 = count() over 1d }
features things { entity = item  store = store  computed = job
  c: VALUE = last(y) over 1d }
features both { entity = user  d: float64 = people.a / people.b }
"""
FILLED = {
    "KEY": "string", "USERS": "", "ITEMS": "", "LOAD": "", "VALUE": "float32[64]",
    "SYSTEM": "redis { nodes = 3  memory = 1GiB }",
}  # fmt: skip


def store(**filled: str) -> str:
    """The design with some of its places filled otherwise."""
    text = STORE
    for name, value in {**FILLED, **{k.upper(): v for k, v in filled.items()}}.items():
        text = text.replace(name, value)
    return text


USER_ENTRY = 36 + 85 + (8 + 4 + 8) + 3 * 15
ITEM_ENTRY = 8 + 85 + (64 * 4 + 8) + 2 * 15


class TestStores:
    """CAP009: what fits."""

    def test_entries(self) -> None:
        """The on-demand view is in no store."""
        stored = fact(store(users="count = 1000", items="count = 10"), Stores).of["fast"]
        assert isinstance(stored.least, Figure)
        assert stored.least == stored.most
        assert stored.least.value == 1000 * USER_ENTRY + 10 * ITEM_ENTRY

    def test_bounds_where_only_the_whole_is_known(self) -> None:
        text = store(system="redis { nodes = 3  memory = 1GiB  keys = 1000 }")
        stored = fact(text, Stores).of["fast"]
        assert isinstance(stored.least, Figure)
        assert isinstance(stored.most, Figure)
        assert (stored.least.value, stored.most.value) == (1000 * USER_ENTRY, 1000 * ITEM_ENTRY)

    def test_a_size_that_is_not_known(self) -> None:
        text = store(value="string", users="count = 1", items="count = 1")
        stored = fact(text, Stores).of["fast"]
        assert stored.least == Unknown(("things.c.size",))
        assert said(text, "CAP009") == []
        assert [d.missing for d in said(PRODUCTION + text, "CAP009")] == [("things.c.size",)]
        sized = store(value="string", users="count = 1", items="count = 1").replace(
            "over 1d }\nfeatures both", "over 1d  size 9B }\nfeatures both"
        )
        assert isinstance(fact(sized, Stores).of["fast"].least, Figure)

    ROOM = 3 * 2**30 * 0.75

    @pytest.mark.parametrize(
        ("keys", "found"),
        [
            (int(ROOM // ITEM_ENTRY), []),
            (int(ROOM // ITEM_ENTRY) + 1, [("user.count", "item.count")]),
            (int(ROOM // USER_ENTRY), [("user.count", "item.count")]),
            (int(ROOM // USER_ENTRY) + 1, [()]),
        ],
    )
    def test_edges(self, keys: int, found: list[tuple[str, ...]]) -> None:
        text = store(system=f"redis {{ nodes = 3  memory = 1GiB  keys = {keys} }}")
        assert [d.missing for d in said(PRODUCTION + text, "CAP009")] == found

    @pytest.mark.parametrize(
        ("fields", "room"),
        [
            ("nodes = 3  memory = 1GiB", 3),
            ("nodes = 3  memory = 1GiB  followers = 2", 3),
            ("nodes = 2  memory = 1GiB", 1),  # a replication: both hold everything
            ("nodes = 5  memory = 1GiB  mode = replication", 1),
            ("nodes = 1", 4),  # the default of one node
        ],
    )
    def test_copies_hold_nothing_more(self, fields: str, room: int) -> None:
        count = int(room * 2**30 * 0.75 / USER_ENTRY)
        for more, found in ((0, 0), (1, 1)):
            text = store(users=f"count = {count + more}", items="count = 0",
                         system=f"redis {{ {fields} }}")  # fmt: skip
            assert len(said(text, "CAP009")) == found, more

    def test_the_help_is_enough(self) -> None:
        text = store(users="count = 100_000_000", items="count = 0")
        one = only(text, "CAP009")
        assert one.message == "the keys of `fast` take 17.3GiB, it has room for 2.25GiB"
        again = text.replace("memory = 1GiB", one.help)
        assert said(again, "CAP009") == []

    def test_the_help_is_enough_where_the_default_is_not(self) -> None:
        text = store(users="count = 100_000_000", items="count = 0", system="redis { nodes = 3 }")
        one = only(text, "CAP009")
        again = text.replace("nodes = 3 }", f"nodes = 3  {one.help} }}")
        assert said(again, "CAP009") == []

    def test_no_memory_at_all(self) -> None:
        text = store(users="count = 1", items="count = 0", system="redis { memory = 0B }")
        assert only(text, "TYP003").message == "`memory` must be more than 0, this is `0B` (bytes)"
        assert said(text, "CAP009") == []

    def test_a_store_without_a_system(self) -> None:
        """What does not fit without any overhead fits in no system."""
        text = store(users="count = 1_000_000_000", items="count = 0",
                     system="x").replace(": x", " { memory = 16GiB }")  # fmt: skip
        assert len(said(text, "CAP009")) == 1
        assert said(text.replace("1_000_000_000", "10"), "CAP009") == []

    def test_small_designs_are_left_alone(self) -> None:
        assert said(store(), "CAP009") == []
        (one,) = said(PRODUCTION + store(), "CAP009")
        assert one.missing == ("user.count", "item.count")


class TestUnits:
    """CAP009: how fast."""

    @pytest.mark.parametrize(
        ("size", "unit", "eventual", "expected"),
        [(1, 1024, False, 1), (1024, 1024, False, 1), (1025, 1024, False, 2),
         (4096, 4096, True, 0.5), (4097, 4096, True, 1)],
    )  # fmt: skip
    def test_units(self, size: int, unit: int, eventual: bool, expected: float) -> None:
        assert units(size, unit, eventual) == expected

    @pytest.mark.parametrize(("allowed", "found"), [(1000, 0), (999, 1)])
    def test_a_load_writes_all_keys_at_once(self, allowed: int, found: int) -> None:
        text = store(users="count = 3_600_000", items="count = 5",
                     load="materialize { every = 1d  load = 1h }",
                     system=f"units {{ write_units = {allowed} }}")  # fmt: skip
        assert len(heard(text, "CAP009")) == found

    def test_a_throttled_load(self) -> None:
        text = store(users="count = 3_600_000", load="materialize { every = 1d  load = 1h }",
                     system="units { write_units = 250 }")  # fmt: skip
        (one,) = heard(text, "CAP009")
        assert one.message == "loading `people` writes 1000 units/s, `fast` takes 250"
        assert one.arithmetic[-1] == "at 250 units/s the load takes 4h"

    @pytest.mark.parametrize(("allowed", "found"), [(1050, 0), (1049, 1)])
    def test_reads(self, allowed: int, found: int) -> None:
        """100/s with 20 rows each, and 100/s with one: half a unit for each row."""
        text = store(system=f"units {{ read_units = {allowed} }}") + (
            "request r { rate = 100/s\n call people batch 20\n call things }"
        )
        assert len(heard(text, "CAP009")) == found

    def test_undecided(self) -> None:
        text = PRODUCTION + store(load="materialize { every = 1d }",
                                  system="units { write_units = 1 }")  # fmt: skip
        (one,) = heard(text, "CAP009")
        assert one.missing == ("fast.keys", "people.materialize.load")


class TestHotKeys:
    """CAP010."""

    @pytest.mark.parametrize(("share", "found"), [("26.8%", 0), ("26.9%", 1)])
    def test_streams(self, share: str, found: int) -> None:
        text = f"stream s: kafka {{ rate = 39000/s  event_size = 1000B  top_key = {share} }}"
        assert len(said(text, "CAP010")) == found

    def test_records(self) -> None:
        text = "stream s: shards { rate = 9000/s  event_size = 1B  top_key = SHARE }"
        assert heard(text.replace("SHARE", "11%"), "CAP010") == []
        (one,) = heard(text.replace("SHARE", "12%"), "CAP010")
        assert one.message == ("the most frequent key of `s` is 1080/s, one shard carries 1000/s")

    def test_undecided(self) -> None:
        one = only("stream s: kafka { rate = 1/s  top_key = 1% }", "CAP010")
        assert one.missing == ("s.event_size",)
        assert said("stream s { rate = 1/s  top_key = 1% }", "CAP010") == []

    @pytest.mark.parametrize(("batch", "found"), [(1, 0), (20, 0), (21, 1)])
    def test_reads(self, batch: int, found: int) -> None:
        """10,000/s x 20 x 50% is exactly what one node answers."""
        text = store(users="top_key = 50%") + (
            f"request r {{ rate = 10000/s\n call people batch {batch} }}"
        )
        assert len(said(text, "CAP010")) == found


@pytest.mark.parametrize(
    ("kind", "dimensions", "size"),
    [("int8", (), 1), ("float32", (128,), 512), ("float64", (2, 3), 48), ("string", (), None),
     ("bytes", (4,), None), ("timestamp", (), 8)],
)  # fmt: skip
def test_value_bytes(kind: str, dimensions: tuple[int, ...], size: float | None) -> None:
    assert value_bytes(Column(type=DataType(kind, dimensions))) == size
