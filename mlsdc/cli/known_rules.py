"""Every rule there is, by code: those of the language, of calling, of the model and the checks."""

from __future__ import annotations

from functools import cache

from mlsdc.diagnostics import Rule


@cache
def known_rules() -> dict[str, Rule]:
    """All rules by code, in the order of codes."""
    from mlsdc.cli.rules import CALLING_RULES
    from mlsdc.compiler.composition_rules import COMPOSITION_RULES
    from mlsdc.compiler.policies.policy_rules import POLICY_RULES
    from mlsdc.compiler.policies.suppression_rules import SUPPRESSION_RULES
    from mlsdc.compiler.rules import MODEL_RULES
    from mlsdc.compiler.scenario_rules import SCENARIO_RULES
    from mlsdc.compiler.schedule import standard_checks
    from mlsdc.dsl.rules import LANGUAGE_RULES
    from mlsdc.dsl.yaml_rules import YAML_RULES

    checks = (check.rule for check in standard_checks())
    judging = (*POLICY_RULES, *SUPPRESSION_RULES, *checks)
    stated = (
        *LANGUAGE_RULES,
        *YAML_RULES,
        *CALLING_RULES,
        *MODEL_RULES,
        *COMPOSITION_RULES,
        *SCENARIO_RULES,
        *judging,
    )
    found = {rule.code: rule for rule in stated}
    return {code: found[code] for code in sorted(found)}
