"""Random designs over the whole vocabulary, read from the classes of roles and systems.

`random_design(seed)` declares components of every role, gives their fields random values of their
types, names other components where a field refers to one, and nests blocks and clauses. With
`wild` some values are at an edge: zero, huge, of another kind, of a name that does not exist.
"""

from __future__ import annotations

from random import Random
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from mlsdc.compiler.catalog import roles
from mlsdc.compiler.model.component import Component, Latency
from mlsdc.compiler.model.part import Field, Part, clause_classes, shape
from mlsdc.compiler.model.types import SCALARS, Measures
from mlsdc.stdlib.find import standard_catalog

COLUMNS = ("card_id", "amount", "country", "at", "embedding", "user_id")
EDGES = (
    *("0", "-1", "1e30", "[]", "nothing", '""', "0%", "100%", "1e-9", "0s", "10000d", "1us"),
    *("true", "0/s", "1e30/s", "1TiB", "0B", "2 x l4", "self"),
)
MEASURED = {
    "duration": ("5ms", "20ms", "800ms", "1m", "1h", "1d", "30d"),
    "size": ("600B", "4KiB", "16GiB", "2TiB"),
    "rate": ("1/d", "2/m", "50/s", "8000/s"),
    "data rate": ("5MiB/s", "1GiB/s"),
    "token rate": ("50tokens/s", "60_000tokens/m"),
}
MARKED = {
    "share": ("0%", "0.1%", "10%", "50%", "99.9%", "100%"),
    "_money": ("3USD", "20EUR", "0USD"),
    "_count": ("0", "1", "3", "1000", "10_000_000"),
    "check": ("1", "2", "3"),
    "_positive": ("1", "2", "8", "64", "1024"),
    "_large": ("1", "1000", "70e9"),
    "_replicas": ("auto", "1", "2", "20"),
    "_cores": ("0.5", "4", "64"),
    "_gpus": ("1 x l4", "4 x h100", "8 x a100"),
    "_gpus_or_auto": ("1 x l4", "auto", "8 x a100"),
    "_image": ('"registry.example.com/fraud/scorer:1.4.2"',),
    "_day": ('"2026-06-30"', '"2024-02-29"'),
    "_library": ('"xgboost==2.1.1"',),
    "_monthly": ("200USD/month", "3EUR/month"),
    "_version": ("1", "2", "latest"),
    "_data_type": (*SCALARS, "float32[128]", "float32[-1]"),
}
TEXTS = (
    '"card_id"',
    "card_id",
    "amount",
    '"eu-west-1"',
    '"count"',
    '"1.2.3"',
    '"SELECT amount FROM payments"',
)
DEFINITIONS = (
    *("count() over 1h", "sum(amount) over 30d", "mean(amount) over 10m", "request.amount / 2"),
    *("last(amount)", "count_distinct(country) over 1d", "v0.amount / v1.amount"),
    *("hash(card_id, 100)", "features0.amount + 1", "features1.amount"),
)


class Designs:
    """Writes one design; everything random comes from the seed."""

    def __init__(self, seed: int, wild: bool) -> None:
        self.random = Random(seed)
        self.wild = 0.04 if wild else 0.0
        self.dense = self.random.choice([0.15, 0.4, 0.7])
        self.names: dict[str, list[str]] = {}
        self.declared: list[tuple[str, str, type[Component]]] = []

    def declarations(self) -> list[str]:
        """The statements of a design, one text each."""
        random, every = self.random, list(roles())
        chosen = [r for r in every if r not in ("system", "environment", "patch")]
        chosen += ["endpoint", "request", "features", "stream", "index", "model", "experiment"]
        for role in random.choices(chosen, k=random.randint(3, 25)):
            name = f"{role}{len(self.names.setdefault(role, []))}"
            self.names[role].append(name)
            self.declared.append((role, name, self._class(role)))
        made = [
            f"{role} {name}{f': {cls.system}' if cls.system else ''} {self._block(cls, 1)}"
            for role, name, cls in self.declared
        ]
        if random.random() < 0.9:
            tier = random.choice(["production", "critical", "internal", "experimental"])
            made.append(f"system s {{\n  tier = {tier}\n{self._fields(roles()['system'], 1)}}}")
        for name in random.choice([(), ("prod",), ("dev", "prod")]):
            made.append(self._environment(name))
        return made

    def _class(self, role: str) -> type[Component]:
        catalog = standard_catalog()
        systems = catalog.for_role(role) if roles()[role].runs else ()
        if not systems or self.random.random() < 0.4:
            return roles()[role]
        return catalog.systems(self.random.choice(systems))[role]

    def _environment(self, name: str) -> str:
        lines = self._fields(roles()["environment"], 1)
        for _, other, cls in self.random.sample(self.declared, min(2, len(self.declared))):
            lines += f"  {other} {self._block(cls, 2, required=False)}\n"
        return f"environment {name} {{\n{lines}}}"

    def _block(self, cls: type[Part], depth: int, required: bool = True) -> str:
        return f"{{\n{self._fields(cls, depth, required)}{'  ' * (depth - 1)}}}"

    def _fields(self, cls: type[Part], depth: int, required: bool = True) -> str:
        lines: list[str] = []
        rising = iter(sorted(self.random.sample(range(1, 900), 6)))
        for name, each in shape(cls).fields.items():
            if cls is Latency and (name.startswith("p9") or name == "p50"):
                lines.append(f"{name} = {next(rising)}ms")
                continue
            needed = required and each.info.is_required()
            if name in ("name", "title", "extends", "tier", cls.choice) or each.clauses:
                continue
            if not needed and self.random.random() > self.dense / (1 if depth < 3 else 2):
                continue
            lines += self._statements(name, each, depth)
        lines += self._clauses(cls, depth)
        return "".join(f"{'  ' * depth}{line}\n" for line in lines)

    def _statements(self, name: str, each: Field, depth: int) -> list[str]:
        random = self.random
        if each.members:
            lead = f"{each.members.qualifier} " if each.members.qualifier else ""
            columns = random.sample(COLUMNS, random.randint(1, 3))
            return [f"{lead}{column}: {self._member(each, depth)}" for column in columns]
        if each.objectives:
            return self._objectives(each)
        if each.free_form:
            return ['existing { host = "h"  port = 5432 }'] if random.random() < self.wild else []
        if each.part is not None and depth < 5:
            choice = each.part.choice
            if choice is None:
                return [f"{name} {self._block(each.part, depth + 1)}"]
            chosen = self._value(shape(each.part).fields[choice])
            return [f"{name} = {chosen} {self._block(each.part, depth + 1)}"]
        value = "" if each.part is not None else self._value(each)
        return (
            [] if value in ("", "absent") and not each.info.is_required() else [f"{name} = {value}"]
        )

    def _member(self, each: Field, depth: int) -> str:
        assert each.part is not None
        own = shape(each.part).fields
        text = self._value(own["type"])
        if "definition" in own and self.random.random() < 0.7:
            text += f" = {self.random.choice(DEFINITIONS)}"
        return text + self._words(own, ("type", "definition", "over"), 0.15)

    def _words(self, fields: Any, without: tuple[str, ...], chance: float) -> str:
        text = ""
        for name, each in fields.items():
            needed = each.info.is_required()
            if (
                name in without
                or each.part
                or each.clauses
                or (each.refers and not self._named(each.refers))
            ):
                continue
            if needed or self.random.random() < chance:
                text += (
                    f"  {name}" if each.info.annotation is bool else f"  {name} {self._value(each)}"
                )
        return text

    def _objectives(self, each: Field) -> list[str]:
        random = self.random
        assert each.part is not None
        if each.part.__name__ == "SpendingLimit":
            return ["cost <= 20_000USD/month"]
        if each.part.__name__ == "Restriction":
            return [random.choice(["amount >= 10", 'country == ["DE", "FR"]', "amount < 0"])]
        limits = (
            "p50 <= 20ms",
            "p99 <= 50ms",
            "mean <= 1s",
            "availability >= 99.95%",
            "errors <= 1%",
            "p999 < 0s",
        )
        return random.sample(limits, random.randint(1, 3))

    def _clauses(self, cls: type[Part], depth: int) -> list[str]:
        words = [word for word in sorted(shape(cls).clauses) if self._can_open(word)]
        if not words or depth > 5:
            return []
        return [
            self._clause(self.random.choice(words), depth)
            for _ in range(self.random.choice([0, 1, 2, 3]))
        ]

    def _can_open(self, word: str) -> bool:
        """Whether everything that such a clause has to name exists."""
        needed = [f for f in shape(clause_classes()[word]).fields.values() if f.info.is_required()]
        return all(f.refers is None or self._named(f.refers) for f in needed)

    def _clause(self, word: str, depth: int) -> str:
        cls = clause_classes()[word]
        own = shape(cls).fields
        lead = "".join(f" {self._value(own[name])}" for name in cls.positional)
        words = self._words(own, cls.positional, 0.2).replace("  hedge ", "  hedge at ")
        if not shape(cls).clauses:
            return word + lead + words
        inner = self._clauses(cls, depth + 1)
        body = "".join(f"{'  ' * (depth + 1)}{line}\n" for line in inner)
        return f"{word}{lead}{words} {{\n{body}{'  ' * depth}}}"

    def _value(self, each: Field) -> str:
        if self.random.random() < self.wild:
            return self.random.choice(EDGES)
        return self._of(each.info.annotation, list(each.info.metadata), each.refers)

    def _named(self, refers: Any) -> list[str]:
        return [name for role in refers.roles for name in self.names.get(role, ())]

    def _of(self, annotation: Any, marks: list[Any], refers: Any) -> str:
        random = self.random
        for mark in marks:
            if isinstance(mark, Measures):
                return random.choice(MEASURED[mark.name])
            found = MARKED.get(getattr(getattr(mark, "func", None), "__name__", ""))
            if found:
                return random.choice(found)
        origin, inner = get_origin(annotation), get_args(annotation)
        if refers is not None and annotation is str:
            named = self._named(refers)
            return random.choice(named) if named else "absent"
        if hasattr(annotation, "__metadata__"):
            return self._of(inner[0], list(annotation.__metadata__), refers)
        if origin in (Union, UnionType):
            return self._of(random.choice([a for a in inner if a is not type(None)]), [], refers)
        if origin is Literal:
            return str(random.choice(inner)) if isinstance(inner[0], str) else str(inner[0])
        if origin in (tuple, list):
            items = [self._of(inner[0], [], refers) for _ in range(random.randint(1, 3))]
            return f"[{', '.join(dict.fromkeys(items))}]"
        plain = {
            bool: ("true", "false"),
            int: ("1", "3"),
            float: ("0.1", "2"),
            Any: ("0", "1", '"x"'),
        }
        return random.choice(plain.get(annotation, TEXTS))


def random_design(seed: int, wild: bool = False) -> list[str]:
    """The declarations of one random design."""
    return Designs(seed, wild).declarations()
