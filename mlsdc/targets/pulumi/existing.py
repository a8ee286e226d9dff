"""What is there already, as the program sees it: values it reads, names it gives rights to.

Law: nothing is created for an existing component but what carries its values into the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.existing import AwsSecret, SsmParameter, StackOutput
from mlsdc.targets.base import Plan
from mlsdc.targets.existing import contract, fetched_secret, literal
from mlsdc.targets.pulumi.cloud import NAMESPACE, key, metadata
from mlsdc.targets.pulumi.resources import (
    JsonField,
    Lookup,
    Named,
    Output,
    Published,
    Ref,
    Resource,
    Sealed,
    Statement,
    Value,
)

STACK = "pulumi.StackReference"


def read(plan: Plan) -> Iterator[Statement | Published]:
    """Everything the program reads of existing components, in order of their names."""
    stacks: set[str] = set()
    for component in plan.placed("existing"):
        yield from _arns(component)
        secrets: dict[str, Value] = {}
        known, edges = contract(plan, component), plan.clients(component)
        for name, given in (component.existing or {}).items():
            reference, field = given.reference, known.field(name)
            if not isinstance(reference, StackOutput | SsmParameter | AwsSecret):
                continue
            if field is None or not edges:
                continue
            if isinstance(reference, StackOutput) and reference.stack not in stacks:
                stacks.add(reference.stack)
                yield Resource(_stack(reference.stack), STACK, reference.stack, {})
            statements, value = _value(component, name, reference)
            yield from statements
            if field.sensitivity == "secret":
                secrets[name] = Sealed(value)
            else:
                yield Published(component.name, name, value)
        if secrets:
            yield _secret(plan, component, secrets)


def read_outside(plan: Plan) -> dict[str, dict[str, str]]:
    """The fields that the program reads of other stacks and of secrets, for its mocks to answer."""
    found: dict[str, dict[str, str]] = {}
    for component in plan.placed("existing"):
        for given in (component.existing or {}).values():
            match given.reference:
                case StackOutput(stack=stack, output=output):
                    found.setdefault(stack, {})[output] = "output-of-the-mocks"
                case AwsSecret(name=name, key=key):
                    fields = {key: "secret-of-the-mocks"} if key is not None else {}
                    found.setdefault(name, {}).update(fields)
                case _:
                    pass
    return found


def _stack(stack: str) -> str:
    return f"stack {stack}"


def _value(
    component: Component, name: str, reference: StackOutput | SsmParameter | AwsSecret
) -> tuple[list[Statement], Value]:
    if isinstance(reference, StackOutput):
        return [], Output(Ref(_stack(reference.stack)), reference.output)
    found = key(component, f"{name}_read")
    if isinstance(reference, SsmParameter):
        args: dict[str, Value] = {"name": reference.name, "with_decryption": True}
        return [Lookup(found, "aws.ssm.get_parameter_output", args)], Ref(found).at("value")
    function = "aws.secretsmanager.get_secret_version_output"
    text = Ref(found).at("secret_string")
    value: Value = text if reference.key is None else JsonField(text, reference.key)
    return [Lookup(found, function, {"secret_id": reference.name})], value


def _secret(plan: Plan, component: Component, data: dict[str, Value]) -> Resource:
    name = fetched_secret(component)
    labels = {"app.kubernetes.io/instance": slug(component.name),
              "app.kubernetes.io/part-of": slug(plan.design.system.name)}  # fmt: skip
    return Resource(
        key(component, "existing_secret"),
        "k8s.core.v1.Secret",
        name,
        {"metadata": metadata(name, NAMESPACE, **labels), "string_data": data},
        component.name,
    )


def _arns(component: Component) -> Iterator[Named]:
    for name in ("arn", "key_arn"):
        text = literal(component, name)
        if text is not None:
            yield Named(key(component, name), text)
