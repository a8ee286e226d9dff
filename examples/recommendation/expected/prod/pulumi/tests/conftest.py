"""Strict mocks: they refuse what Pulumi's own accept and the real engine or AWS would not."""

import json
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {
    "policy",
    "assumeRolePolicy",
    "configurationValues",
    "kubeconfig",
    "configs",
}
ACCOUNT = "123456789012"
READ = Path(__file__).with_name("read_by_the_program.json")
"""What the program reads of other stacks and secrets; absent where it reads nothing."""
SETTINGS = {"aws:region": "eu-west-1", "system:apiAccess": '["192.0.2.0/24"]'}


class StrictMocks(pulumi.runtime.Mocks):
    """Answers like AWS would, records every resource, and collects what is wrong with it."""

    def __init__(self) -> None:
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}
        self.faults: list[str] = []
        self.exports: dict[str, Any] = {}

    def new_resource(
        self, args: pulumi.runtime.MockResourceArgs
    ) -> tuple[str | None, dict[str, Any]]:
        """Record one resource; its outputs are its inputs and what only AWS could know."""
        if args.typ == "pulumi:pulumi:StackReference":
            found = json.loads(READ.read_text(encoding="utf-8"))
            return args.name, {**args.inputs, "outputs": found[args.name]}
        identity = (args.typ, args.name)
        if identity in self.resources:
            self.faults.append(f"two {args.typ} are called {args.name}")
        self.resources[identity] = dict(args.inputs)
        for path, value in walk(args.inputs):
            if path[-1] in DOCUMENTS and isinstance(value, str):
                self._document(f"{args.typ} {args.name}", value)
        return f"{args.name}-id", merged(known(args.typ, args.name), args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        """Answer a look-up."""
        answers: dict[str, dict[str, Any]] = {
            "aws:index/getAvailabilityZones:getAvailabilityZones": {
                "names": [f"eu-west-1{letter}" for letter in "abcdef"]
            },
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
            "aws:index/getPartition:getPartition": {"partition": "aws"},
            "aws:secretsmanager/getRandomPassword:getRandomPassword": {
                "randomPassword": "drawn-by-the-mocks"
            },
            "aws:ssm/getParameter:getParameter": {"value": "parameter-of-the-mocks"},
            "aws:secretsmanager/getSecretVersion:getSecretVersion": {
                "secretString": self._secret(args.args.get("secretId"))
            },
            "aws:eks/getCluster:getCluster": {
                **known("aws:eks/cluster:Cluster", "existing"),
                "certificateAuthorities": [{"data": "Y2E="}],
            },
        }
        if args.token not in answers:
            raise AssertionError(f"the mocks know no answer to {args.token}")
        return answers[args.token]

    def _secret(self, name: str | None) -> str:
        """A secret's document, with the fields that the program reads of it."""
        found = json.loads(READ.read_text(encoding="utf-8")) if name else {name: {}}
        return json.dumps(found[name])

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The inputs of every resource of one type, by logical name."""
        return {
            name: inputs
            for (typ, name), inputs in self.resources.items()
            if typ == kind
        }

    def _document(self, where: str, text: str) -> None:
        try:
            document = json.loads(text)
        except ValueError:
            self.faults.append(f"{where}: a document is no JSON")
            return
        statements = document.get("Statement", []) if isinstance(document, dict) else []
        for statement in statements:
            if any("*" in action for action in statement["Action"]):
                self.faults.append(f"{where}: a wildcard action")
            if statement["Effect"] == "Allow" and "*" in statement.get("Resource", []):
                self.faults.append(f"{where}: rights on every resource")


def known(kind: str, name: str) -> dict[str, Any]:
    """Outputs that AWS would choose."""
    service = kind.partition(":")[2].partition("/")[0]
    arn = f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{name}"
    if kind == "aws:s3/bucket:Bucket":
        return {"arn": f"arn:aws:s3:::{name}-1a2b3c4", "bucket": f"{name}-1a2b3c4"}
    return {
        "arn": arn,
        "name": name,
        "endpoint": "https://cluster.example.com",
        "certificateAuthority": {"data": "Y2E="},
        "vpcConfig": {
            "clusterSecurityGroupId": "sg-pods",
            "vpcId": "vpc-0",
            "subnetIds": ["subnet-0", "subnet-1", "subnet-2"],
        },
        "clusterUuid": "00000000-0000-0000-0000-000000000000-1",
        "bootstrapBrokersSaslIam": "b-1.kafka.example.com:9098",
        "latestRevision": 1,
        "latestVersion": 1,
        "configurationEndpointAddress": "redis.example.com",
        "primaryEndpointAddress": "redis.example.com",
    }


def merged(outputs: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """What AWS knows and what the program said, the program's word last."""
    found = {**outputs, **inputs}
    for key in outputs.keys() & inputs.keys():
        if isinstance(outputs[key], dict) and isinstance(inputs[key], dict):
            found[key] = {**outputs[key], **inputs[key]}
    return found


def walk(
    value: Any, path: tuple[str, ...] = ("",)
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value inside a value, with the path of keys that leads to it."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, path)


@pytest.fixture(scope="session")
def program() -> Iterator[StrictMocks]:
    """The whole program, run once."""
    mocks = StrictMocks()
    pulumi.runtime.set_mocks(mocks, project="system", stack="test", preview=False)
    pulumi.runtime.set_all_config(SETTINGS)
    export = pulumi.export

    def record(name: str, value: Any) -> None:
        pulumi.Output.from_input(value).apply(
            lambda seen: mocks.exports.__setitem__(name, seen)
        )

    @pulumi.runtime.test
    def run() -> None:
        runpy.run_path(str(ROOT / "__main__.py"))

    sys.path.insert(0, str(ROOT))
    pulumi.export = record
    try:
        run()
        yield mocks
    finally:
        pulumi.export = export
        sys.path.remove(str(ROOT))
