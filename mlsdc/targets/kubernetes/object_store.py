"""The lakes of an environment in, one S3-compatible store in the cluster out.

SeaweedFS in a single pod: master, volume, filer and S3 gateway. Every client has an identity of its
own, with the rights of its edges on their buckets only. One pod is no substitute for a managed
store: it is unavailable while it moves, and holds one copy.
Source of the actions and the file's form: SeaweedFS wiki, "S3 Credentials".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from mlsdc.compiler.bindings import Port, slug
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.objects import Manifest, Object, labels, made
from mlsdc.targets.kubernetes.stateful import (
    CONTAINER_SECURITY,
    POD_SECURITY,
    Server,
    stateful,
)
from mlsdc.targets.kubernetes.workload import Probe

NAME = "object-store"
S3 = Port("s3", 8333, "http")
METRICS = Port("metrics", 9327, "http")
IMAGE = "docker.io/chrislusf/seaweedfs:4.48"
CLIENT_IMAGE = "docker.io/curlimages/curl:8.16.0"
REGION = "us-east-1"
"""The region that S3 clients have to name; the store knows only one."""
SELECTOR = {"app.kubernetes.io/name": "seaweedfs", "app.kubernetes.io/instance": NAME}
BUCKET_JOBS = {"app.kubernetes.io/name": "bucket", "app.kubernetes.io/instance": f"{NAME}-buckets"}
KEYS = ("access_key", "secret_key")
ADMIN = f"{NAME}-admin"
ACTIONS = {
    "read": ("Read", "List"),
    "write": ("Write", "List", "Tagging"),
    "read_write": ("Read", "Write", "List", "Tagging"),
}
"""Access of an edge to the store's actions on one bucket."""


def secret_of(client: str) -> str:
    """The Secret with a client's keys; `{client}` is left for the binding to fill."""
    return f"{NAME}-{client}"


def endpoint(plan: Plan) -> str:
    """Where clients reach the store."""
    return f"http://{NAME}.{plan.namespace}.svc:{S3.number}"


Rights = Mapping[str, Sequence[tuple[str, str]]]
"""Client to (bucket, access)."""


def object_store(plan: Plan, owner: Component, rights: Rights, disk: float) -> Iterator[Manifest]:
    """The store itself; `disk` in bytes."""
    secrets = [secret_of(slug(client)) for client in sorted(rights)] + [ADMIN]
    server = Server(
        name=NAME,
        selector=SELECTOR,
        image=IMAGE,
        prepare=("/bin/sh", "-c", _identities(rights)),
        command=(
            "weed",
            "server",
            "-dir=/data",
            "-ip=127.0.0.1",
            "-ip.bind=0.0.0.0",
            "-master.volumeSizeLimitMB=1024",
            "-volume.max=0",
            "-s3",
            f"-s3.port={S3.number}",
            "-s3.config=/run/config/s3.json",
            f"-metricsPort={METRICS.number}",
        ),
        ports=(S3, METRICS),
        cores=1.0,
        memory=2.0**31,
        disk=disk,
        ready=Probe("/healthz", S3.name),
        secrets=tuple((name, KEYS) for name in secrets),
    )
    yield from stateful(plan, owner, server)
    yield from _bucket_policies(plan, owner)


def _identities(rights: Rights) -> str:
    """A shell script that writes the identities, with the keys read from the mounted Secrets."""
    rows = [
        (secret_of(slug(client)), sorted({f"{action}:{bucket}" for bucket, access in granted
                                          for action in ACTIONS[access]}))
        for client, granted in sorted(rights.items())
    ]  # fmt: skip
    rows.append((ADMIN, ["Admin"]))
    lines = ["set -eu", "umask 027", "{", "printf '{\"identities\":['"]
    for at, (secret, actions) in enumerate(rows):
        text = json.dumps(
            {"name": secret, "credentials": [{"accessKey": "%s", "secretKey": "%s"}],
             "actions": actions}
        )  # fmt: skip
        keys = " ".join(f'"$(cat /run/secrets/{secret}/{key})"' for key in KEYS)
        lines.append(f"printf '{',' if at else ''}{text}' {keys}")
    lines += ["printf ']}'", "} > /run/config/s3.json"]
    return "\n".join(lines) + "\n"


def bucket(plan: Plan, lake: Component, name: str) -> Manifest:
    """A Job that makes a bucket; it succeeds where the bucket is there already."""
    script = "\n".join((
        "set -eu",
        'access="$(cat /run/secrets/access_key)"',
        'secret="$(cat /run/secrets/secret_key)"',
        "answer=\"$(printf 'user = \"%s:%s\"\\n' \"$access\" \"$secret\" "
        "| curl --silent --config - "
        f"--aws-sigv4 'aws:amz:{REGION}:s3' --request PUT --output /dev/null "
        f"--write-out '%{{http_code}}' '{endpoint(plan)}/{name}')\"",
        'echo "status $answer"',
        '[ "$answer" = 200 ] || [ "$answer" = 409 ]',
    )) + "\n"  # fmt: skip
    small = {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "50Mi"}
    container: Object = {
        "name": "bucket",
        "image": CLIENT_IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["/bin/sh", "-c", script],
        "resources": {"requests": small, "limits": small},
        "securityContext": CONTAINER_SECURITY,
        "volumeMounts": [{"name": "keys", "mountPath": "/run/secrets", "readOnly": True}],
    }
    keys = {"secretName": ADMIN, "defaultMode": 0o440}
    pod: Object = {
        "restartPolicy": "OnFailure",
        "serviceAccountName": NAME,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": POD_SECURITY,
        "containers": [container],
        "volumes": [{"name": "keys", "secret": keys}],
    }
    spec: Object = {
        "backoffLimit": 10,
        "activeDeadlineSeconds": 1800,
        "template": {
            "metadata": {"labels": {**labels(plan, lake), **BUCKET_JOBS}},
            "spec": pod,
        },
    }
    return made(plan, lake, "batch/v1", "Job", spec, name=f"{slug(lake.name)}-bucket")


def _bucket_policies(plan: Plan, owner: Component) -> Iterator[Manifest]:
    """Both halves of the way from the Jobs to the store."""
    port = [{"protocol": "TCP", "port": S3.number}]
    dns = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    system = {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
    yield made(
        plan,
        owner,
        "networking.k8s.io/v1",
        "NetworkPolicy",
        {
            "podSelector": {"matchLabels": BUCKET_JOBS},
            "policyTypes": ["Ingress", "Egress"],
            "egress": [
                {"to": [{"namespaceSelector": system}], "ports": dns},
                {"to": [{"podSelector": {"matchLabels": SELECTOR}}], "ports": port},
            ],
        },
        name=f"{NAME}-buckets",
    )
    yield made(
        plan,
        owner,
        "networking.k8s.io/v1",
        "NetworkPolicy",
        {
            "podSelector": {"matchLabels": SELECTOR},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"podSelector": {"matchLabels": BUCKET_JOBS}}], "ports": port}],
        },
        name=f"{NAME}-from-buckets",
    )
