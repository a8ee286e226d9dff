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
from mlsdc.compiler.assertions import check_assertions
from mlsdc.compiler.capacity.choices import Choices
from mlsdc.compiler.capacity.choose import choose
from mlsdc.compiler.capacity.hardware_tables import HardwareTables
from mlsdc.compiler.capacity.prices import Prices
from mlsdc.compiler.capacity.provisions import Found, Provisions
from mlsdc.compiler.catalog import Catalog
from mlsdc.compiler.collect import Collected, collect, environments
from mlsdc.compiler.composition_rules import COMPOSITION_RULES
from mlsdc.compiler.contradictions import check_contradictions
from mlsdc.compiler.definitions import check_definitions
from mlsdc.compiler.design import Design
from mlsdc.compiler.expand.origins import told_once
from mlsdc.compiler.graph import Graph, build_graph
from mlsdc.compiler.imports import Load, follow
from mlsdc.compiler.latency.measurements import with_measurements
from mlsdc.compiler.model.patch import Patch
from mlsdc.compiler.patching.patches import check_patches
from mlsdc.compiler.policies.policy import NO_POLICY, Policy, settle
from mlsdc.compiler.policies.policy_rules import POLICY_RULES
from mlsdc.compiler.policies.require_fields import require_fields
from mlsdc.compiler.policies.suppress import Circumstances, Suppressed, suppress
from mlsdc.compiler.policies.suppression_rules import SUPPRESSION_RULES
from mlsdc.compiler.resolve import Resolved, resolve_whole
from mlsdc.compiler.rules import MODEL_RULES, UNUSED_VALUE
from mlsdc.compiler.scenario_rules import SCENARIO_RULES
from mlsdc.compiler.schedule import (
    Check,
    Facts,
    Verdicts,
    internal,
    run_checks,
    standard_analyses,
    standard_checks,
)
from mlsdc.diagnostics import Diagnostic, Rule, Severity, Source, in_reading_order
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.dsl.pause import no_collection
from mlsdc.dsl.rules import LANGUAGE_RULES
from mlsdc.stdlib.modules import load_modules_only

if TYPE_CHECKING:
    from mlsdc.compiler.estimates.hardware import Hardware
    from mlsdc.compiler.scenarios import Scenario
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
    resolved: Resolved
    """The declarations after composition, and their values."""


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
    load: Load | None = None
    """Reads what a design names beside itself."""


def read(sources: Sequence[Source], catalog: Catalog, load: Load | None = None) -> Written:
    """Parse every source and what it imports, and sort their declarations.

    `load` gives the text that an import names; without it only modules of mlsdc can be imported.
    """
    found = follow(sources, parse_source, load or load_modules_only)
    texts = {source.file: source for source in found.sources}
    return Written(texts, collect(found.trees, catalog), found.said, found.trees, load)


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
    with no_collection():
        return _checked(written, environment, given, checks, policy, today)


def _checked(
    written: Written,
    environment: str | None,
    given: Mapping[str, ast.Expression] | None,
    checks: Iterable[Check] | None,
    policy: Policy,
    today: str | None,
) -> Outcome:
    known = environments(written.collected)
    names = [environment] if environment else known
    chosen = standard_checks() if checks is None else tuple(checks)
    compiled = [
        check_environment(written.collected, name, given, chosen, policy, written.load)
        for name in names
    ]
    tested = scenarios(written, compiled)[1]
    told = [*written.diagnostics, *_united(compiled), *tested]
    found = _without_guesses(in_reading_order(told))
    complete = tuple(names) == known and not given and checks is None
    circumstances = Circumstances(_rules(chosen), policy, today, complete)
    heard = suppress(written.trees, written.sources, found, circumstances)
    said = settle(in_reading_order([*heard.kept, *heard.said]), policy)
    accepted = [s for s in heard.suppressed if settle([s.diagnostic], policy)]
    return Outcome(written.sources, said, compiled, accepted)


def scenarios(
    written: Written, compiled: Sequence[Compiled]
) -> tuple[list[Scenario], list[Diagnostic]]:
    """The tests of a design, and what is wrong with their form."""
    if not written.collected.tests:
        return [], []
    from mlsdc.compiler.scenarios import read_scenarios

    every = {name: c for one in compiled for name, c in one.resolved.collected.components.items()}
    said: list[Diagnostic] = []
    known = _rules(standard_checks())
    return read_scenarios(replace(written.collected, components=every), known, said), said


def _rules(checks: Iterable[Check]) -> tuple[Rule, ...]:
    """Every rule that a design can be found to break."""
    judging = (check.rule for check in checks)
    return (
        *LANGUAGE_RULES,
        *MODEL_RULES,
        *COMPOSITION_RULES,
        *SCENARIO_RULES,
        *POLICY_RULES,
        *SUPPRESSION_RULES,
        *judging,
    )


def parse_source(source: Source) -> tuple[ast.Tree, list[Diagnostic]]:
    """The tree of a file, in whichever form it is written."""
    return _reader(source.file)(source.text, source.file)


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
    load: Load | None = None,
) -> Compiled:
    """Resolve one environment, derive its facts and apply the checks."""
    resolved = resolve_whole(collected, environment, given)
    whole = resolved.collected
    design, unmeasured = with_measurements(resolved.design, load)
    graph, unjoined = build_graph(design)
    design, facts, unchosen = _settled(environment, design, graph, policy)
    said = [*resolved.diagnostics, *unmeasured, *unchosen]
    said += check_definitions(design, facts.get(Lineage))
    said += check_contradictions(design)
    said += require_fields(policy, design, whole)
    said += check_assertions(whole, design, facts, resolved.scope)
    said += check_patches(design, environments(collected))
    verdicts = run_checks(facts, standard_checks() if checks is None else checks)
    spoken = [d for d in verdicts.diagnostics if d.subject not in design.tainted]
    said += _judged(environment, design, graph, facts, [*said, *unjoined])
    found = told_once([*said, *unjoined, *spoken], whole.made_by)
    return Compiled(environment, design, graph, facts, verdicts, found, resolved)


def _hardware() -> Hardware:
    """The tables of the standard library, read where an analysis asks for one."""
    from mlsdc.stdlib.hardware_tables import standard_hardware

    return standard_hardware()


def _settled(
    environment: str, design: Design, graph: Graph, policy: Policy
) -> tuple[Design, Facts, list[Diagnostic]]:
    """The design with what it leaves to the compiler chosen, and the facts about it.

    Where choosing breaks, the design stays open, and that is a finding: the checks still run.
    """

    def derive(tried: Design) -> Facts:
        return _facts(environment, tried, graph, policy, Choices())

    try:
        settled, choices = choose(design, derive)
    except Exception as error:
        broken = internal("the choice of accelerators", error, "every other check is not affected")
        return design, _facts(environment, design, graph, policy, Choices()), [broken]
    return settled, _facts(environment, settled, graph, policy, choices), []


def _facts(
    environment: str, design: Design, graph: Graph, policy: Policy, choices: Choices
) -> Facts:
    """What is known of a design before anything is derived; nothing is placed until it is asked."""

    def prices() -> Prices:
        from mlsdc.stdlib.prices import standard_prices

        return policy.prices.over(standard_prices())

    def find() -> Found:
        from mlsdc.targets.base import Plan
        from mlsdc.targets.needs import needs

        return needs(Plan(environment, design, graph, facts, {}))

    provisions = Provisions(prices, find)
    facts = Facts(
        [design, graph, HardwareTables(_hardware), choices, provisions], standard_analyses()
    )
    return facts


def _judged(
    environment: str, design: Design, graph: Graph, facts: Facts, said: Sequence[Diagnostic]
) -> list[Diagnostic]:
    """What only a plan can tell; most designs have nothing that needs one."""
    needed = any(c.existing is not None or isinstance(c, Patch) for c in design.components.values())
    if not needed:
        return []
    from mlsdc.targets.base import Plan
    from mlsdc.targets.judge import judge

    return judge(Plan(environment, design, graph, facts, {}), said)


def _without_guesses(found: list[Diagnostic]) -> list[Diagnostic]:
    """What is told of values without a use holds only where everything else was understood.

    A value in a loop or a pattern is judged many times, and a mistake in it is told of once.
    """
    if not any(d.severity is Severity.ERROR and d.code[:3] in ("SYN", "TYP") for d in found):
        return found
    first = {(d.code, d.span): d for d in reversed(found) if d.code[:3] == "TYP"}
    return [d for d in found if d.code != UNUSED_VALUE.code and first.get((d.code, d.span), d) is d]


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
