"""Components that are there already: what their system's clients are told, and from where.

The contract is the binding record that the system itself publishes where mlsdc creates it; an
existing component fills it with literals and references. Nothing here judges: see
`existing_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from mlsdc.compiler.bindings import Binding, BindingField, FieldType, KeptIn, Port, SecretKey, slug
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.environment import PLATFORMS
from mlsdc.compiler.model.existing import PLACEMENT, ConfigMap, Given, Secret
from mlsdc.targets.base import Plan, Where

_USUAL: Mapping[str, FieldType] = {"host": "host", "port": "port", "url": "url",
                                   "brokers": "addresses"}  # fmt: skip
"""The types of fields that mean the same for every system, where no system says so."""
_SECRET_WORDS = ("password", "passwd", "secret", "token", "api_key", "apikey", "private_key",
                 "access_key", "credential")  # fmt: skip
_SCHEMES = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379, "postgres": 5432,
            "postgresql": 5432, "mysql": 3306, "amqp": 5672, "mongodb": 27017}  # fmt: skip
"""The ports that IANA lists for them, or that the project documents."""


@dataclass(frozen=True)
class Contract:
    """The fields that clients are told.

    `required` are those that every client is told wherever the system runs; `literal` those that
    configuration files are written from. An open contract belongs to no system and takes any field.
    """

    fields: Mapping[str, BindingField]
    required: tuple[str, ...] = ()
    open: bool = False

    def field(self, name: str) -> BindingField | None:
        """The field of this name; None where clients are never told one."""
        found = self.fields.get(name)
        if found is not None or not self.open or (name in PLACEMENT and name != "port"):
            return found
        if any(word in name.lower() for word in _SECRET_WORDS):
            return BindingField(name, secret=SecretKey("", ""))
        return BindingField(name, type=_USUAL.get(name, "text"))


@dataclass(frozen=True)
class _AsPlaced(Plan):
    """The same plan as if everything ran in one place."""

    there: Where = "cluster"

    def where(self, component: Component | str) -> Where:
        return self.there


def contract(plan: Plan, component: Component) -> Contract:
    """What an existing component has to tell, by what its system publishes elsewhere."""
    publish: Any = getattr(component, "binding", None)
    if publish is None:
        return Contract({}, open=True)
    cls, records = type(component), list[Binding]()
    for there in ("cluster", "cloud"):
        realised = ("kubernetes",) if there == "cluster" else PLATFORMS[1:]
        if any(hasattr(cls, name) for name in realised):
            view = _AsPlaced(plan.environment, plan.design, plan.graph, plan.facts, plan.sources,
                             there)  # fmt: skip
            records.append(publish(view))
    fields: dict[str, BindingField] = {}
    for field in (field for each in records for field in each.fields):
        fields.setdefault(field.name, field)
    names = [{f.name for f in r.fields if f.sensitivity == "plain"} for r in records]
    return Contract(fields, tuple(n for n in fields if all(n in told for told in names)))


def existing_binding(plan: Plan, component: Component) -> Binding:
    """What an existing component hands over: values, places in the cluster, published fields."""
    known = contract(plan, component)
    fields: list[BindingField] = []
    for name, given in (component.existing or {}).items():
        field = known.field(name)
        if field is not None:
            fields.append(_handed(component, field, given))
    return Binding(tuple(fields))


def _handed(component: Component, field: BindingField, given: Given) -> BindingField:
    bare = replace(field, value=None, secret=None, kept=None)
    match given.reference:
        case Secret(name=name, key=key) if field.sensitivity == "secret":
            return replace(bare, secret=SecretKey(name, key))
        case Secret(name=name, key=key):
            return replace(bare, kept=KeptIn("secret", name, key))
        case ConfigMap(name=name, key=key):
            return replace(bare, kept=KeptIn("config_map", name, key))
        case None:
            return replace(bare, value=literal_text(given.value))
        case _ if field.sensitivity == "secret":
            return replace(bare, secret=SecretKey(fetched_secret(component), field.name))
        case _:
            return bare


def fetched_secret(component: Component) -> str:
    """The Secret that the Pulumi program fills with what it reads of an existing component."""
    return f"{slug(component.name)}-existing"


def literal_text(value: Any) -> str:
    """A literal as an environment variable holds it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ",".join(literal_text(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return str(value)


def literal(component: Component, name: str) -> str | None:
    """The text of a field; None where it is not given, or referred to."""
    given = (component.existing or {}).get(name)
    if given is None or given.reference is not None or given.value is None:
        return None
    return literal_text(given.value)


def ports_of(plan: Plan, component: Component) -> tuple[int, ...]:
    """The ports on which an existing component is reached, as its literals tell; empty where none
    does."""
    own = port_number(literal(component, "port") or "")
    if own is not None:
        return (own,)
    known, found = contract(plan, component), list[int]()
    for name in component.existing or {}:
        field, text = known.field(name), literal(component, name)
        if field is None or text is None:
            continue
        if field.type == "url":
            found += _port_of_url(text)
        elif field.type == "addresses":
            numbers = (port_number(part.strip().rpartition(":")[2]) for part in text.split(","))
            found += [number for number in numbers if number is not None]
    usual: tuple[Port, ...] = getattr(component, "cloud_ports", ())
    named = getattr(component, "public_service", False)
    return tuple(dict.fromkeys(found)) or (tuple(port.number for port in usual) if named else ())


def port_number(text: str) -> int | None:
    """The port that a text says; None where it is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return number if 0 < number < 65536 else None


def _port_of_url(text: str) -> Iterator[int]:
    try:
        parts = urlsplit(text)
        port = parts.port or _SCHEMES.get(parts.scheme)
    except ValueError:
        return
    if port is not None:
        yield port


def hosts_of(plan: Plan, component: Component) -> list[str]:
    """The host names and addresses that the literals of an existing component tell."""
    known, found = contract(plan, component), list[str]()
    for name in component.existing or {}:
        field, text = known.field(name), literal(component, name)
        if field is None or text is None:
            continue
        if field.type == "host":
            found.append(text)
        elif field.type == "url":
            found.append(urlsplit(text).hostname or "")
        elif field.type == "addresses":
            found += [part.strip().rpartition(":")[0].strip("[]") for part in text.split(",")]
    return [host for host in dict.fromkeys(found) if host]
