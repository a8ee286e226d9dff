"""A plan in, the files of its Pulumi project out.

Python is printed from data; YAML by a dumper; only the README is laid out from a template. Law: the
files stand alone and import nothing of mlsdc.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from mlsdc.compiler.bindings import slug
from mlsdc.targets.base import Plan
from mlsdc.targets.files import FileSet
from mlsdc.targets.kubernetes.printer import to_yaml
from mlsdc.targets.pulumi.cluster import API_ACCESS
from mlsdc.targets.pulumi.existing import read_outside
from mlsdc.targets.pulumi.printer import literal, print_modules
from mlsdc.targets.pulumi.program import Program, program

REQUIREMENTS = "pulumi>=3.200,<4\npulumi-aws>=7.51,<8\npulumi-kubernetes>=4.34,<5\n"
TEST_REQUIREMENTS = "-r requirements.txt\npytest>=8.3,<10\n"
PYRIGHT = {"typeCheckingMode": "basic", "pythonVersion": "3.11", "exclude": ["venv"]}


def project(plan: Plan) -> FileSet:
    """Every file of the project."""
    made = program(plan)
    fileset = FileSet()
    fileset.add_text("Pulumi.yaml", to_yaml(_project(plan)))
    fileset.add_text(f"Pulumi.{slug(plan.environment)}.yaml", to_yaml(_stack(plan)))
    fileset.add_text("__main__.py", _main(made))
    for name, text in print_modules(made.modules).items():
        fileset.add_text(f"{name}.py", text)
    fileset.add_text("requirements.txt", REQUIREMENTS)
    fileset.add_text("requirements-test.txt", TEST_REQUIREMENTS)
    fileset.add_text("pyrightconfig.json", json.dumps(PYRIGHT, indent=2) + "\n")
    for name in ("conftest.py", "test_program.py"):
        fileset.add_text(f"tests/{name}", emitted(f"{name}.txt"))
    outside = read_outside(plan)
    if outside:
        answers = json.dumps(outside, indent=2, sort_keys=True) + "\n"
        fileset.add_text("tests/read_by_the_program.json", answers)
    fileset.add_text("README.md", _readme(plan, made))
    return fileset


def emitted(name: str) -> str:
    """A text that lies ready beside this module."""
    place = files("mlsdc.targets.pulumi").joinpath("emitted", name)
    return place.read_text(encoding="utf-8")


def _project(plan: Plan) -> dict[str, Any]:
    system = plan.design.system
    content: dict[str, Any] = {
        "name": slug(system.name),
        "description": system.title or f"The cloud resources of {system.name}",
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": "venv"}},
    }
    if plan.design.environment.platform.cluster is None:
        content["config"] = {
            API_ACCESS: {
                "type": "array",
                "items": {"type": "string"},
                "description": "The address ranges from which the cluster's API server is reached",
            }
        }
    return content


def _stack(plan: Plan) -> dict[str, Any]:
    region = plan.design.environment.platform.region
    return {"config": {"aws:region": region}} if region else {"config": {}}


def _main(made: Program) -> str:
    names = "".join(f"    {literal(module.name)},\n" for module in made.modules)
    return (
        '"""The program: each concern is a module that declares its resources when imported."""\n\n'
        f"from importlib import import_module\n\nCONCERNS = (\n{names})\n\n"
        "for concern in CONCERNS:\n    import_module(concern)\n"
    )


def _readme(plan: Plan, made: Program) -> str:
    from jinja2 import Environment, StrictUndefined

    from mlsdc.targets.pulumi.nodes import loads, pools
    from mlsdc.targets.pulumi.operators import needed

    own = plan.design.environment.platform.cluster is None
    page = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    page.filters["prose"] = prose
    return page.from_string(emitted("README.md.txt")).render(
        system=plan.design.system.name,
        title=plan.design.system.title,
        stack=slug(plan.environment),
        region=plan.design.environment.platform.region,
        cluster=plan.design.environment.platform.cluster,
        setting=API_ACCESS,
        modules=made.modules,
        pools=pools(plan)[0] if own else [],
        uncounted=loads(plan)[1] if own else [],
        landings=_landings(plan),
        unpinned=needed(plan)[1],
    )


def _landings(plan: Plan) -> list[tuple[str, str, str]]:
    """(lake, its service account, what it takes): nothing in the program carries it over."""
    return [
        (edge.source, slug(edge.source), edge.target)
        for component in plan.placed("cloud")
        for edge in plan.graph.out(component)
        if edge.rule.access == "read" and edge.target not in plan.carried(component)
    ]


def prose(text: str) -> str:
    """A text of the user inside markdown: one line, nothing of it markup."""
    line = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+-.!|~&" else c for c in line if c.isprintable())
