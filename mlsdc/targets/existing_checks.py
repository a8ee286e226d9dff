"""Components that are there already: what is wrong with what the design tells of them.

Law: nothing is guessed. A field that clients need and nothing tells is an error, and so is a secret
in the text of a design.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

from mlsdc.compiler import rules
from mlsdc.compiler.bindings import BindingField
from mlsdc.compiler.evaluate import describe
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.existing import (
    OF_THE_CLUSTER,
    PLACEMENT,
    REFERENCES,
    ConfigMap,
    Given,
    Secret,
    StackOutput,
)
from mlsdc.compiler.patching import existing_rules
from mlsdc.compiler.raw import article
from mlsdc.diagnostics import Diagnostic, Label, Rule, Span, nearest
from mlsdc.targets.base import Plan
from mlsdc.targets.existing import Contract, contract, port_number, ports_of

_OBJECT = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_STACK = re.compile(r"[\w.-]+/[\w.-]+/[\w.-]+")
_HOST = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9.]{0,251}[A-Za-z0-9])?")
_ARN = re.compile(r"arn:aws(-cn|-us-gov)?:([a-z0-9-]+):[a-z0-9-]*:\d*:[^*?\s]+")
_EXAMPLES = {"host": '"redis.example.com"', "port": "6379", "truth": "true", "text": '"..."',
             "url": '"https://service.example.com"',
             "addresses": '"b-1.example.com:9092,b-2.example.com:9092"'}  # fmt: skip
_WANTS = {"host": "the name or address of a host, without scheme, port or path",
          "port": "a port between 1 and 65535", "truth": "true or false", "text": "a text",
          "url": "an address with its scheme", "addresses": "a list of host:port"}  # fmt: skip


def check_existing(plan: Plan) -> Iterator[Diagnostic]:
    """Everything that is wrong with the existing components of a plan, by name."""
    for component in plan.design.components.values():
        if component.existing is not None and component.name not in plan.design.tainted:
            yield from _Judge(plan, component).findings()


class _Judge:
    """Looks at one component."""

    def __init__(self, plan: Plan, component: Component) -> None:
        self.plan, self.component = plan, component
        self.given = component.existing or {}
        self.contract: Contract = contract(plan, component)

    def findings(self) -> Iterator[Diagnostic]:
        """What is wrong with the component."""
        if not self.component.runs:
            text = f"nothing runs {article(self.component.role)}, so none is there already"
            yield self._at(rules.MISPLACED, text, "existing", help="remove it")
            return
        clean = True
        for name, given in self.given.items():
            for found in self._field(name, given):
                clean = False
                yield found
        if not clean:
            return
        missing = list(self._missing())
        yield from missing or self._unreachable()
        yield from self._identity()

    def _at(self, rule: Rule, text: str, *path: str, help: str = "") -> Diagnostic:
        span: Span = self.plan.design.place(self.component, *path)
        return rule.at(span, text, subject=self.component.name, help=help)

    def _field(self, name: str, given: Given) -> Iterator[Diagnostic]:
        field = self.contract.field(name)
        if field is None and name not in PLACEMENT:
            known = [*self.contract.fields, *PLACEMENT]
            near = nearest(name, known)
            listed = ", ".join(f"`{one}`" for one in dict.fromkeys(known))
            hint = f"did you mean `{near}`? known: {listed}" if near else f"known: {listed}"
            text = f"clients of {self._described()} are never told `{name}`"
            rule = existing_rules.UNKNOWN_BINDING_FIELD
            yield self._at(rule, text, "existing", name, help=hint)
        elif given.reference is not None:
            yield from self._reference(name, field, given)
        elif name in ("arn", "key_arn"):
            yield from self._arn(name, given.value)
        elif name == "cidr":
            yield from self._cidr(given.value)
        else:
            yield from self._literal(name, field or BindingField(name, type="port"), given.value)

    def _described(self) -> str:
        system = self.component.system
        return f"{system} ({self.component.role})" if system else article(self.component.role)

    # References --------------------------------------------------------------------------------

    def _reference(
        self, name: str, field: BindingField | None, given: Given
    ) -> Iterator[Diagnostic]:
        word = next(one for one in REFERENCES if getattr(given, one) is not None)
        rule, example = existing_rules.UNREADABLE_REFERENCE, _literal_example(field, name)
        if field is None:
            why = f"`{name}` has to be written out: policies and rights are made from it"
            yield self._at(rule, why, "existing", name, help=f"{name} = {example}")
        elif field.type == "truth" or field.choices:
            why = f"`{name}` has to be written out: configuration files are made from it"
            yield self._at(rule, why, "existing", name, help=f"{name} = {example}")
        elif word == "config_map" and field.sensitivity == "secret":
            why = f"`{name}` is a secret, and everybody who may list ConfigMaps reads them"
            yield self._at(rule, why, "existing", name, help=_refer(name))
        elif word not in OF_THE_CLUSTER and self.plan.platform != "aws":
            why = (f"`{word}` is read by the Pulumi program, and none is written for "
                   f"{self.plan.platform}")  # fmt: skip
            yield self._at(rule, why, "existing", name, help=_refer(name))
        else:
            yield from self._words(name, word, given)

    def _words(self, name: str, word: str, given: Given) -> Iterator[Diagnostic]:
        reference, path = given.reference, ("existing", name, word)
        if isinstance(reference, Secret | ConfigMap):
            if not _OBJECT.fullmatch(reference.name):
                text = f"no {word} of Kubernetes is called {reference.name!r}"
                hint = 'name = "legacy-redis"'
                yield self._at(rules.OUT_OF_RANGE, text, *path, "name", help=hint)
            if not _KEY.fullmatch(reference.key):
                text = f"no {word} of Kubernetes has a key {reference.key!r}"
                yield self._at(rules.OUT_OF_RANGE, text, *path, "key", help='key = "password"')
        elif isinstance(reference, StackOutput) and not _STACK.fullmatch(reference.stack):
            text = f"{reference.stack!r} is no full name of a stack: organisation/project/stack"
            hint = 'stack = "acme/platform/prod"'
            yield self._at(rules.OUT_OF_RANGE, text, *path, "stack", help=hint)

    # Literals ----------------------------------------------------------------------------------

    def _literal(self, name: str, field: BindingField, value: Any) -> Iterator[Diagnostic]:
        place = ("existing", name)
        if field.sensitivity == "secret":
            text = f"`{name}` of `{self.component.name}` is a secret and stands in the design"
            yield self._at(existing_rules.SECRET_IN_TEXT, text, *place, help=_refer(name))
            return
        if field.choices:
            if value not in field.choices:
                near = nearest(str(value), field.choices)
                listed = " or ".join(f"`{one}`" for one in field.choices)
                hint = f"did you mean `{near}`?" if near else f"{name} = {field.choices[0]}"
                text = f"`{name}` is {listed}, this is {describe(value)}"
                yield self._at(rules.WRONG_TYPE, text, *place, help=hint)
            return
        if not _fits(field, value):
            rule = rules.WRONG_TYPE
            if field.type == "port" and isinstance(value, int) and not isinstance(value, bool):
                rule = rules.OUT_OF_RANGE
            text = f"`{name}` wants {_WANTS[field.type]}, this is {describe(value)}"
            yield self._at(rule, text, *place, help=f"{name} = {_EXAMPLES[field.type]}")
        elif isinstance(value, str) and _has_password(value):
            text = f"`{name}` of `{self.component.name}` holds a password"
            yield self._at(existing_rules.SECRET_IN_TEXT, text, *place, help=_refer(name))

    def _cidr(self, value: Any) -> Iterator[Diagnostic]:
        try:
            if not isinstance(value, str):
                raise ValueError(value)
            ipaddress.ip_network(value)
        except ValueError as error:
            shown = f": {error}" if isinstance(value, str) else ""
            text = f"`cidr` wants a range of addresses, this is {describe(value)}{shown}"
            yield self._at(rules.WRONG_TYPE, text, "existing", "cidr", help='cidr = "10.4.0.0/16"')

    def _arn(self, name: str, value: Any) -> Iterator[Diagnostic]:
        example: str = getattr(self.component, "arn_example", "arn:aws:s3:::payments")
        if name == "key_arn":
            example = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d"
        elif not hasattr(type(self.component), "aws_rights"):
            text = f"{self._described()} knows no client by its IAM role, so `arn` has no use"
            rule = existing_rules.UNKNOWN_BINDING_FIELD
            yield self._at(rule, text, "existing", name, help="remove it")
            return
        wanted = example.split(":")
        found = _ARN.fullmatch(value) if isinstance(value, str) else None
        kind = wanted[5].partition("/")[0] + "/" if "/" in wanted[5] else ""
        if found and found[2] == wanted[2] and value.split(":", 5)[5].startswith(kind):
            return
        text = f"`{name}` wants the ARN of one resource of {wanted[2]}, this is {describe(value)}"
        hint = f'{name} = "{example}"'
        yield self._at(existing_rules.WRONG_ARN, text, "existing", name, help=hint)

    # The whole ---------------------------------------------------------------------------------

    def _missing(self) -> Iterator[Diagnostic]:
        edges = self.plan.clients(self.component)
        missing = [name for name in self.contract.required if name not in self.given]
        if not edges or not missing:
            return
        clients = ", ".join(sorted({f"`{edge.source}`" for edge in edges}))
        listed = ", ".join(f"`{name}`" for name in missing)
        lines = [f"{n} = {_literal_example(self.contract.fields[n], n)}" for n in missing]
        because = [Label(edges[0].because[0], "needed here")] if edges[0].because else []
        yield existing_rules.MISSING_BINDING_FIELD.at(
            self.plan.design.place(self.component, "existing"),
            f"`{self.component.name}` does not tell {listed}, which {clients} needs",
            subject=self.component.name,
            labels=because,
            help="  ".join(lines),
        )

    def _unreachable(self) -> Iterator[Diagnostic]:
        if ports_of(self.plan, self.component):
            return
        acting = {component.name for component in self.plan.acting}
        edges = [e for e in self.plan.clients(self.component) if e.source in acting]
        if edges:
            yield self._at(
                existing_rules.UNREACHABLE,
                f"nothing tells the port of `{self.component.name}`, so the network policy of "
                f"`{edges[0].source}` cannot let it through",
                "existing",
                help="port = 6379",
            )

    def _identity(self) -> Iterator[Diagnostic]:
        known = hasattr(type(self.component), "aws_rights") and self.plan.platform == "aws"
        secrets = [f.name for f in self.contract.fields.values() if f.sensitivity == "secret"]
        if not known or "arn" in self.given or not self.plan.clients(self.component):
            return
        if not any(name in self.given for name in secrets):
            example = getattr(self.component, "arn_example", "arn:aws:...")
            yield self._at(
                existing_rules.UNKNOWN_IDENTITY,
                f"no policy can name `{self.component.name}`, so its clients get no rights on it",
                "existing",
                help=f'arn = "{example}"',
            )


def _literal_example(field: BindingField | None, name: str) -> str:
    if field is None:
        return '"arn:aws:..."' if "arn" in name else '"10.4.0.0/16"'
    if field.choices:
        return field.choices[0]
    return f'"{field.value}"' if field.type == "text" and field.value else _EXAMPLES[field.type]


def _refer(name: str) -> str:
    return f'{name} = secret {{ name = "..."  key = "{name}" }}'


def _fits(field: BindingField, value: Any) -> bool:
    if field.type == "truth":
        return isinstance(value, bool)
    if field.type == "port":
        return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536
    if field.type == "addresses":
        if not isinstance(value, str | list):
            return False
        items = cast("list[Any]", value) if isinstance(value, list) else value.split(",")
        return bool(items) and all(map(_is_address, items))
    if field.type == "text":
        return isinstance(value, str | int | float | bool)
    if not isinstance(value, str):
        return False
    if field.type == "host":
        return bool(_HOST.fullmatch(value)) or _is_ip(value)
    return _is_url(value)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_address(item: object) -> bool:
    host, _, port = str(item).strip().rpartition(":")
    name = host.strip("[]")
    return port_number(port) is not None and (bool(_HOST.fullmatch(name)) or _is_ip(name))


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.scheme and parts.hostname) and not re.search(r"\s", text)


def _has_password(text: str) -> bool:
    try:
        return bool(urlsplit(text).password)
    except ValueError:
        return False
