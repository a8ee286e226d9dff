"""The text of a policy file in, the policy and what is wrong with the file out.

Law: one mistake hides no other: what cannot be used is reported at its key and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from mlsdc.compiler.catalog import Catalog, roles
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.environment import System
from mlsdc.compiler.model.part import Part, shape
from mlsdc.compiler.policies.policy import Policy, is_fixed
from mlsdc.compiler.policies.policy_rules import (
    FIXED_SEVERITY,
    UNKNOWN_POLICY_KEY,
    UNKNOWN_POLICY_RULE,
    UNREADABLE_POLICY,
    WRONG_POLICY_VALUE,
)
from mlsdc.compiler.policies.profiles import PROFILES
from mlsdc.compiler.policies.toml_places import Places, toml_error, toml_places
from mlsdc.diagnostics import NOWHERE, Diagnostic, Rule, Severity, Source, Span, nearest

SEVERITIES: Mapping[str, Severity | None] = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "note": Severity.NOTE,
    "off": None,
}
Table = dict[str, Any]
Path = tuple[str, ...]


def read_policy(
    source: Source, rules: Iterable[Rule], catalog: Catalog
) -> tuple[Policy, list[Diagnostic]]:
    """Read a policy file; with mistakes in it, the policy is what could be read of it."""
    import tomllib

    try:
        document = tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:
        message, span = toml_error(str(error), source.text, source.file)
        return Policy(), [
            UNREADABLE_POLICY.at(span, f"this is no TOML: {message[:1].lower()}{message[1:]}")
        ]
    return _Reader(source.file, toml_places(source.text, source.file), rules, catalog).read(
        document
    )


@dataclass
class _Reader:
    file: str
    places: Places
    rules: Iterable[Rule]
    catalog: Catalog
    said: list[Diagnostic] = field(default_factory=list[Diagnostic])

    def __post_init__(self) -> None:
        self.known = {key: rule for rule in self.rules for key in (rule.slug, rule.code)}

    def read(self, document: Table) -> tuple[Policy, list[Diagnostic]]:
        self._keys(document, (), ("profile", "prices", "severity", "policy", "imports"))
        policy = self._table(document, "policy", ())
        names = ("unsuppressible", "require", "require_fields", "fail_on", "require_evidence")
        self._keys(policy, ("policy",), names)
        made = Policy(
            profile=self._word(document, "profile", (), tuple(PROFILES)),
            severities=self._severities(self._table(document, "severity", ())),
            unsuppressible=self._unsuppressible(policy),
            require=self._fields(policy, ("policy", "require"), System, "the system"),
            require_fields=self._require_fields(policy),
            fail_on=self._fail_on(policy),
            require_evidence=self._truth(policy, "require_evidence", ("policy",)),
            import_folders=self._import_folders(self._table(document, "imports", ())),
            prices_file=self._typed(document, "prices", (), str, "the name of a file"),
            places=self.places,
        )
        return made, self.said

    def _import_folders(self, table: Table) -> tuple[str, ...]:
        self._keys(table, ("imports",), ("folders",))
        return tuple(self._texts(table, ("imports", "folders")))

    def _severities(self, table: Table) -> dict[str, Severity | None]:
        moved: dict[str, Severity | None] = {}
        for name in table:
            path = ("severity", name)
            rule = self._rule(name, path)
            word = self._word(table, name, ("severity",), tuple(SEVERITIES))
            if rule is None or word is None:
                continue
            if is_fixed(rule.code, rule.severity):
                said = f"`{rule.slug}` stays {_article(rule.severity)}: no policy can move it"
                self.said.append(FIXED_SEVERITY.at(self._at(*path), said))
            elif rule.code in moved:
                said = f"`{rule.slug}` is given twice, by its name and by its code"
                self.said.append(WRONG_POLICY_VALUE.at(self._at(*path), said))
            else:
                moved[rule.code] = SEVERITIES[word]
        return moved

    def _unsuppressible(self, table: Table) -> frozenset[str]:
        path = ("policy", "unsuppressible")
        found = (self._rule(name, (*path, name)) for name in self._texts(table, path))
        return frozenset(rule.code for rule in found if rule is not None)

    def _require_fields(self, policy: Table) -> dict[str, tuple[str, ...]]:
        table = self._table(policy, "require_fields", ("policy",))
        known = {name: cls for name, cls in roles().items() if name not in ("system",)}
        self._keys(table, ("policy", "require_fields"), tuple(known), "role")
        return {
            role: self._fields(table, ("policy", "require_fields", role), known[role], role)
            for role in table
            if role in known
        }

    def _fields(self, table: Table, path: Path, cls: type[Component], what: str) -> tuple[str, ...]:
        """The required fields that there are; a field of any system of the role will do."""
        found: list[str] = []
        for name in self._texts(table, path):
            near = _missing_step(name, [cls])
            if near and cls.runs:
                systems = [one for one in self.catalog.all() if one.role == cls.role]
                near = _missing_step(name, [cls, *systems])
            if near is None:
                found.append(name)
            else:
                self.said.append(
                    WRONG_POLICY_VALUE.at(
                        self._at(*path, name), f"{what} has no field `{name}`", help=near
                    )
                )
        return tuple(dict.fromkeys(found))

    def _fail_on(self, policy: Table) -> Severity | None:
        word = self._word(policy, "fail_on", ("policy",), ("error", "warning", "note"))
        return SEVERITIES[word] if word else None

    def _rule(self, name: str, path: Path) -> Rule | None:
        rule = self.known.get(name) or self.known.get(name.upper())
        if rule is None:
            near = nearest(name, self.known)
            self.said.append(
                UNKNOWN_POLICY_RULE.at(
                    self._at(*path),
                    f"there is no rule `{name}`",
                    help=f"did you mean `{near}`?" if near else "mlsdc explain rules",
                )
            )
        return rule

    def _keys(self, table: Table, path: Path, known: tuple[str, ...], what: str = "key") -> None:
        for key in table:
            if key in known:
                continue
            near = nearest(key, known)
            where = f" in `[{'.'.join(path)}]`" if path and what == "key" else ""
            self.said.append(
                UNKNOWN_POLICY_KEY.at(
                    self._at(*path, key),
                    f"there is no {what} `{key}`{where}",
                    help=f"did you mean `{near}`?" if near else f"{what}s: " + ", ".join(known),
                )
            )

    def _word(self, table: Table, key: str, path: Path, known: tuple[str, ...]) -> str | None:
        value = self._typed(table, key, path, str, "a text")
        if value is None or value in known:
            return value
        near = nearest(value, known)
        self._wrong(
            (*path, key),
            f"`{key}` is one of {', '.join(known)}, this is `{value}`",
            f'{_key(key)} = "{near or known[0]}"',
        )
        return None

    def _truth(self, table: Table, key: str, path: Path) -> bool | None:
        return self._typed(table, key, path, bool, "true or false")

    def _table(self, table: Table, key: str, path: Path) -> Table:
        return self._typed(table, key, path, dict, f"a table, `[{'.'.join((*path, key))}]`") or {}

    def _texts(self, table: Table, path: Path) -> list[str]:
        items = cast(list[Any], self._typed(table, path[-1], path[:-1], list, "a list") or [])
        for item in items:
            if not isinstance(item, str):
                self._wrong(path, f"`{path[-1]}` is a list of texts, this holds {_kind(item)}", "")
        return [item for item in items if isinstance(item, str)]

    def _typed(
        self, table: Table, key: str, path: Path, kind: Callable[..., Any], what: str
    ) -> Any:
        value = table.get(key)
        if value is None or type(value) is kind:
            return value
        self._wrong((*path, key), f"`{key}` is {what}, this is {_kind(value)}", "")
        return None

    def _wrong(self, path: Path, message: str, hint: str) -> None:
        self.said.append(WRONG_POLICY_VALUE.at(self._at(*path), message, help=hint))

    def _at(self, *path: str) -> Span:
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, NOWHERE._replace(file=self.file))


def _missing_step(name: str, classes: Sequence[type[Part]]) -> str | None:
    """A hint where a dotted name leads to no field; None where it leads to one."""
    before = ""
    for step in name.split("."):
        fields = [shape(one).fields for one in classes]
        known = {key for one in fields for key in one}
        if step not in known:
            near = nearest(step, known)
            listed = ", ".join(sorted(known)) or "there are none"
            return f"did you mean `{before}{near}`?" if near else f"fields: {listed}"
        inner = [one[step].part for one in fields if step in one]
        classes = [part for part in inner if part is not None]
        before += f"{step}."
    return None


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a table"
    return "a date or time"


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() else f'"{key}"'


def _article(severity: Severity) -> str:
    return f"{'an' if severity is Severity.ERROR else 'a'} {severity.word}"
