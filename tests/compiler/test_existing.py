"""Components that are there already: how they are read, and every way to say them wrongly."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.existing import ConfigMap, Secret
from mlsdc.diagnostics import Severity, Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from tests.compiler.checking import at, compiled, labelled, only, outcome, said, shown

CLIENT = """
    entity card { key card_id: string }
    endpoint api: container { image = "r.example.com/api:1"  latency { p50 = 1ms  p99 = 2ms } }
    request r {
      rate = 5/s
      call api { call it }
    }
"""
SOUND = 'host = "redis.example.com"  port = 6379  mode = replication  tls = true'


def design(block: str, role: str = "online_store", system: str = ": redis") -> str:
    return dedent(CLIENT) + f"\n{role} it{system} {{ existing {{ {block} }} }}\n"


def existing(text: str, environment: str | None = None) -> Component:
    return compiled(text, environment).design.components["it"]


def test_a_field_may_be_kept_elsewhere() -> None:
    password = 'password = secret { name = "crm"  key = "pw" }'
    given = existing(design(f"{SOUND}  {password}")).existing

    assert given is not None
    assert given["password"].reference == Secret(name="crm", key="pw")
    assert given["password"].value is None
    assert given["tls"].value is True


def test_an_environment_replaces_single_fields() -> None:
    over = """
        environment dev { it { existing { host = config_map { name = "crm"  key = "host" } } } }
    """
    given = existing(design(SOUND) + dedent(over)).existing

    assert given is not None
    assert given["host"].reference == ConfigMap(name="crm", key="host")
    assert given["port"].value == 6379


READING = [
    ("host = vault { }", "TYP002", "`host` cannot be kept in `vault`", "one of `secret`"),
    ("host = secrt { }", "TYP002", "`host` cannot be kept in `secrt`", "did you mean `secret`?"),
    ("host = 4 { }", "TYP002", "`host` takes a value, or a reference with a block", "one of"),
    ("host = secret", "SYN025", "the `secret` block needs `name`", "name = ..."),
    ('host = secret { key = "a" }', "SYN025", "the `secret` block needs `name`", "name = ..."),
    ('host = secret { name = "a"  kee = "b" }', "SYN024", "no field `kee`", "`key`"),
    ('host = secret { name = 4  key = "b" }', "TYP002", "`name` wants a text", ""),
    ('host { name = "a" }', "TYP002", "`host` is a value, or a reference", "host = secret {"),
    ("host = a  host = b", "SYN021", "`host` is given twice", "keep one of them"),
    ("host: string", "SYN026", "here stand `key = value`", "key = value"),
    ("p99 <= 5ms", "SYN026", "here stand `key = value`", "key = value"),
]


@pytest.mark.parametrize(("block", "code", "message", "help"), READING)
def test_what_no_field_can_be(block: str, code: str, message: str, help: str) -> None:
    found = said(design(block), code)

    assert [d.help for d in found if message in d.message and help in d.help]
    assert all(d.severity is Severity.ERROR for d in found)


def test_existing_is_a_block() -> None:
    found = only('source it { existing = "there" }', "TYP002")

    assert found.message == "`existing` is a block, not a value"
    assert found.help == "existing { ... }"


JUDGED = [
    # block, code, the place, message has, help has
    (f'{SOUND}  password = "hunter2"', "TYP020", '"hunter2"', "is a secret and stands in",
     'password = secret { name = "..."  key = "password" }'),
    (f"{SOUND}  hots = 4", "TYP021", "4", "never told `hots`", "did you mean `host`?"),
    (f"{SOUND}  zzz = 4", "TYP021", "4", "redis (online_store)", "known: `host`, `port`"),
    ('host = "redis.example.com"', "TYP022", "existing", "`port`, `mode`, `tls`, which `api`",
     "port = 6379  mode = cluster  tls = "),
    (SOUND.replace("6379", "70000"), "TYP003", "70000", "a port between 1 and 65535",
     "port = 6379"),
    (SOUND.replace("6379", '"6379"'), "TYP002", '"6379"', "a port between", "port = 6379"),
    (SOUND.replace("6379", "6ms"), "TYP002", "6ms", "(duration)", "port = 6379"),
    (SOUND.replace("redis.example.com", "redis://h:1"), "TYP002", '"redis://h:1"',
     "without scheme, port or path", 'host = "redis.example.com"'),
    (SOUND.replace("replication", "replicated"), "TYP002", "replicated",
     "`cluster` or `replication`", "did you mean `replication`?"),
    (SOUND.replace("tls = true", "tls = 1"), "TYP002", "1", "true or false", "tls = true"),
    (f'{SOUND}  cidr = "10.0.0.1/8"', "TYP002", '"10.0.0.1/8"', "has host bits set", "cidr ="),
    (f"{SOUND}  cidr = 4", "TYP002", "4", "wants a range of addresses", "cidr ="),
    (f'{SOUND}  arn = "arn:aws:s3:::a"', "TYP021", '"arn:aws:s3:::a"', "by its IAM role",
     "remove it"),
    (SOUND.replace("true", 'secret { name = "a"  key = "b" }'), "TYP023", "secret",
     "configuration files are made from it", "tls = true"),
    (SOUND.replace("6379", 'secret { name = "A b"  key = "b" }'), "TYP003", '"A b"',
     "no secret of Kubernetes is called 'A b'", 'name = "'),
    (SOUND.replace("6379", 'secret { name = "a"  key = "b c" }'), "TYP003", '"b c"',
     "has a key 'b c'", 'key = "'),
    (f'{SOUND}  password = config_map {{ name = "a"  key = "b" }}', "TYP023", "config_map",
     "reads them", "password = secret {"),
    (f'{SOUND}  password = aws_secret {{ name = "a" }}', "TYP023", "aws_secret",
     "none is written for kubernetes", "password = secret {"),
    (SOUND.replace("6379", 'secret { name = "a"  key = "b" }'), "TYP024", "existing",
     "nothing tells the port of `it`", "port = 6379"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "code", "where", "message", "help"), JUDGED)
def test_what_the_fields_may_not_be(
    block: str, code: str, where: str, message: str, help: str
) -> None:
    text = design(block)
    found = only(text, code)

    assert at(found, text) == where
    assert message in found.message
    assert help in found.help
    assert found.subject == "it"
    others = [d for d in outcome(text).diagnostics if d.code.startswith(("SYN", "TYP"))]
    assert [shown(d) for d in others] == [shown(found)]


def test_who_needs_a_field_is_labelled() -> None:
    text = design('host = "redis.example.com"')

    assert labelled(only(text, "TYP022"), text) == ["it"]


def test_without_clients_nothing_is_missing() -> None:
    assert said('online_store it: redis { existing { host = "a" } }', "TYP022", "TYP024") == []


OPEN = [
    ('password = "a"', "TYP020"), ('api_token = "a"', "TYP020"),
    ('url = "postgres://app:hunter2@db.example.com/a"', "TYP020"), ('url = "db"', "TYP002"),
    ('brokers = "b-1"', "TYP002"), ('brokers = "b:\u00b2"', "TYP002"), ("brokers = []", "TYP002"),
    ("brokers = [4]", "TYP002"), ('url = "http://["', "TYP002"), ("port = 0", "TYP003"),
    ('brokers = ["b-1:9092", "b-2"]', "TYP002"),
    ("host = 3ms", "TYP002"), ("database = 3ms", "TYP002"),
    ('arn = "arn:aws:s3:::a"', "TYP021"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "code"), OPEN)
def test_a_component_without_a_system_is_judged_by_the_usual_names(block: str, code: str) -> None:
    assert only(f"source it {{ existing {{ {block} }} }}", code).help


def test_a_component_without_a_system_takes_any_field() -> None:
    text = 'source it { existing { database = disputes  schema = "public"  pool = 4 } }'

    assert said(text) == []


def test_what_nothing_runs_is_not_there_already() -> None:
    found = only("entity it { existing { host = a } }", "SYN026")

    assert found.message == "nothing runs an entity, so none is there already"


ON_AWS = 'environment only { platform = aws { region = "eu-west-1" } }'
ARNS = [
    ('"arn:aws:s3:::*"', "wants the ARN of one resource of s3"),
    ('"arn:aws:kafka:eu-west-1:1:cluster/a/b"', "of s3"),
    ('"my-bucket"', "of s3"),
    ("4", "of s3"),
]


@pytest.mark.parametrize(("arn", "message"), ARNS)
def test_an_arn_names_one_resource(arn: str, message: str) -> None:
    block = f'uri = "s3://history"  region = "eu-west-1"  arn = {arn}'
    found = only(f"lake it: s3 {{ existing {{ {block} }} }}\n{ON_AWS}", "TYP025")

    assert message in found.message
    assert found.help == 'arn = "arn:aws:s3:::payments-history"'


def test_a_resource_without_arn_gives_no_rights() -> None:
    reader = 'pipeline p: flink { reads = it  every = 1d  image = "r.example.com/p:1" }'
    block = 'uri = "s3://history"  region = "eu-west-1"'
    text = f"lake it: s3 {{ existing {{ {block} }} }}\n{reader}\n{ON_AWS}"
    found = only(text, "TYP026")

    assert found.severity is Severity.WARNING
    assert found.help == 'arn = "arn:aws:s3:::payments-history"'
    keys = 'access_key = secret { name = "a"  key = "b" }'
    assert said(text.replace(block, f"{block}  {keys}"), "TYP026") == []


def test_yaml_says_the_same() -> None:
    text = """
        system: {name: demo}
        components:
          it:
            role: source
            existing:
              port: 5432
              token: {is: secret, name: "crm", key: "token"}
    """
    source = Source("design.mlsd.yaml", dedent(text))
    made = check([source], standard_catalog())
    given = made.compiled[0].design.components["it"].existing

    assert [d.message for d in made.diagnostics] == []
    assert given is not None
    assert given["token"].reference == Secret(name="crm", key="token")
    assert given["port"].value == 5432


def test_a_stack_has_a_full_name() -> None:
    reference = 'password = stack_output { stack = "prod"  output = "pw" }'
    text = design(f"{SOUND}  {reference}") + ON_AWS

    assert only(text, "TYP003").help == 'stack = "acme/platform/prod"'
