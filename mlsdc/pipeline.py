"""The whole path on one page.

text -> tree -> design -> graph -> facts -> diagnostics -> plan -> files. Each arrow is one of the
seams (`parse`, `resolve`, `@analysis`, `@check`, a system's realisations, `Target.emit`), and each
stage sees only what the stage before it gives. No file is made while an error stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.lineage import Lineage
from mlsdc.compiler.catalog import Catalog
from mlsdc.compiler.collect import Collected, collect, environments
from mlsdc.compiler.definitions import check_definitions
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Graph, build_graph
from mlsdc.compiler.policy import NO_POLICY, Policy, settle
from mlsdc.compiler.policy_rules import POLICY_RULES
from mlsdc.compiler.require_fields import require_fields
from mlsdc.compiler.resolve import resolve
from mlsdc.compiler.rules import MODEL_RULES
from mlsdc.compiler.schedule import (
    Check,
    Facts,
    Verdicts,
    run_checks,
    standard_analyses,
    standard_checks,
)
from mlsdc.compiler.suppress import Circumstances, Suppressed, suppress
from mlsdc.compiler.suppression_rules import SUPPRESSION_RULES
from mlsdc.diagnostics import Diagnostic, Rule, Severity, Source, in_reading_order
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.dsl.rules import LANGUAGE_RULES

if TYPE_CHECKING:
    from mlsdc.targets.base import Target
    from mlsdc.targets.files import FileSet


@dataclass(frozen=True)
class Compiled:
    """A design in one environment, as far as it could be understood."""

    environment: str
    design: Design
    graph: Graph
    facts: Facts
    verdicts: Verdicts
    diagnostics: list[Diagnostic]


@dataclass(frozen=True)
class Outcome:
    """What one run found out, over all environments asked for."""

    sources: Mapping[str, Source]
    diagnostics: list[Diagnostic]
    compiled: list[Compiled] = field(default_factory=list[Compiled])
    suppressed: list[Suppressed] = field(default_factory=list[Suppressed])
    """What the design accepts, with its reasons."""

    @property
    def failed(self) -> bool:
        """Whether an error stands."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


@dataclass(frozen=True)
class Written:
    """A design as it stands in the files: what is declared, before any environment is looked at."""

    sources: Mapping[str, Source]
    collected: Collected
    diagnostics: list[Diagnostic]
    """What could not be read."""
    trees: Sequence[ast.Tree] = ()


def read(sources: Sequence[Source], catalog: Catalog) -> Written:
    """Parse every source and sort its declarations."""
    trees, said = parse_all(sources)
    texts = {source.file: source for source in sources}
    return Written(texts, collect(trees, catalog), said, trees)


def check(
    sources: Sequence[Source],
    catalog: Catalog,
    *,
    environment: str | None = None,
    given: Mapping[str, ast.Expression] | None = None,
    checks: Iterable[Check] | None = None,
    policy: Policy = NO_POLICY,
    today: str | None = None,
) -> Outcome:
    """Understand a design and apply every check, in one environment or in all of them."""
    written = read(sources, catalog)
    return check_written(written, environment, given, checks, policy, today)


def check_written(
    written: Written,
    environment: str | None = None,
    given: Mapping[str, ast.Expression] | None = None,
    checks: Iterable[Check] | None = None,
    policy: Policy = NO_POLICY,
    today: str | None = None,
) -> Outcome:
    """Apply every check to a design that was read, in one environment or in all of them.

    `policy` sets severities and demands fields; `today` is the day, as `YYYY-MM-DD`, on which
    allowances are judged, and without it none expires.
    """
    known = environments(written.collected)
    names = [environment] if environment else known
    chosen = standard_checks() if checks is None else tuple(checks)
    compiled = [check_environment(written.collected, name, given, chosen, policy) for name in names]
    found = in_reading_order([*written.diagnostics, *_united(compiled)])
    complete = tuple(names) == known and not given and checks is None
    circumstances = Circumstances(_rules(chosen), policy, today, complete)
    heard = suppress(written.trees, written.sources, found, circumstances)
    said = settle(in_reading_order([*heard.kept, *heard.said]), policy)
    accepted = [s for s in heard.suppressed if settle([s.diagnostic], policy)]
    return Outcome(written.sources, said, compiled, accepted)


def _rules(checks: Iterable[Check]) -> tuple[Rule, ...]:
    """Every rule that a design can be found to break."""
    judging = (check.rule for check in checks)
    return (*LANGUAGE_RULES, *MODEL_RULES, *POLICY_RULES, *SUPPRESSION_RULES, *judging)


def parse_all(sources: Sequence[Source]) -> tuple[list[ast.Tree], list[Diagnostic]]:
    """The tree of every source."""
    trees: list[ast.Tree] = []
    said: list[Diagnostic] = []
    for source in sources:
        reader = _reader(source.file)
        tree, found = reader(source.text, source.file)
        trees.append(tree)
        said += found
    return trees, said


def _reader(file: str) -> Callable[[str, str], tuple[ast.Tree, list[Diagnostic]]]:
    """The reader of a file's form; that of YAML is loaded only for a YAML file."""
    if not file.lower().endswith((".yaml", ".yml")):
        return parse
    from mlsdc.dsl.yaml_reader import read_yaml

    return read_yaml


def check_environment(
    collected: Collected,
    environment: str,
    given: Mapping[str, ast.Expression] | None = None,
    checks: Iterable[Check] | None = None,
    policy: Policy = NO_POLICY,
) -> Compiled:
    """Resolve one environment, derive its facts and apply the checks."""
    design, said = resolve(collected, environment, given)
    graph, unjoined = build_graph(design)
    facts = Facts([design, graph], standard_analyses())
    said += check_definitions(design, facts.get(Lineage))
    said += require_fields(policy, design, collected)
    verdicts = run_checks(facts, standard_checks() if checks is None else checks)
    spoken = [d for d in verdicts.diagnostics if d.subject not in design.tainted]
    return Compiled(environment, design, graph, facts, verdicts, [*said, *unjoined, *spoken])


def _united(compiled: Sequence[Compiled]) -> list[Diagnostic]:
    """Findings of several environments; those of only some of them say in which they hold."""
    holds: dict[Diagnostic, list[str]] = {}
    for one in compiled:
        for diagnostic in dict.fromkeys(one.diagnostics):
            holds.setdefault(diagnostic, []).append(one.environment)
    everywhere = len(compiled)
    return [
        d if len(names) == everywhere else replace(d, environments=tuple(names))
        for d, names in holds.items()
    ]


def emit(outcome: Outcome, targets: Sequence[Target]) -> tuple[FileSet, list[Diagnostic]]:
    """The files of every environment and target; none while an error stands."""
    from mlsdc.targets.base import emit_environment
    from mlsdc.targets.files import FileSet

    files = FileSet()
    said: list[Diagnostic] = []
    if outcome.failed:
        return files, said
    for one in outcome.compiled:
        made, complaints = emit_environment(
            one.environment, one.design, one.graph, one.facts, targets, outcome.sources
        )
        files.merge(made.under(one.environment))
        said += complaints
    return files, said
