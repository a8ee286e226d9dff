"""Small good objects, and mistakes one edit away from them, to test the judge with."""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACE = """\
apiVersion: v1
kind: Namespace
metadata:
  name: scoring
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: score
  namespace: scoring
spec:
  selector: {matchLabels: {app: score}}
  template:
    metadata: {labels: {app: score}}
    spec:
      containers:
      - name: server
        image: registry.invalid/server:1
        env:
        - {name: MODEL, value: scorer}
        - {name: LEVEL, value: info}
"""
STATEFUL_SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: store
  namespace: scoring
spec:
  serviceName: store
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      containers:
      - name: server
        image: registry.invalid/server:1
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
"""
JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: score
  namespace: scoring
spec:
  backoffLimit: 2
  template:
    spec:
      restartPolicy: Never
      containers: [{name: batch, image: "registry.invalid/batch:1"}]
"""
ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: score
  namespace: scoring
spec:
  parentRefs: [{name: edge}]
  rules:
  - matches:
    - path: {type: Exact, value: /score}
    backendRefs: [{name: score, port: 8000}]
"""
KAFKA = """\
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata:
  name: payments
  namespace: scoring
spec:
  kafka:
    listeners:
    - {name: tls, port: 9093, type: internal, tls: true}
    config: {min.insync.replicas: 2}
"""


@dataclass(frozen=True)
class Sample:
    """An object that a server accepts once its namespace exists."""

    kind: str
    text: str


@dataclass(frozen=True)
class Mistake:
    """``good`` with ``old`` replaced by ``new``, and words of the server's refusal."""

    mistake: str
    kind: str
    good: str
    old: str
    new: str
    words: str

    @property
    def text(self) -> str:
        return self.good.replace(self.old, self.new, 1)


CUSTOM_KINDS = ("HTTPRoute", "Kafka")
GOOD = (
    Sample("Deployment", DEPLOYMENT),
    Sample("StatefulSet", STATEFUL_SET),
    Sample("Job", JOB),
    Sample("HTTPRoute", ROUTE),
    Sample("Kafka", KAFKA),
)
BAD = (
    Mistake(
        "selector does not match the template",
        "Deployment",
        DEPLOYMENT,
        "labels: {app: score}",
        "labels: {app: other}",
        "`selector` does not match template `labels`",
    ),
    Mistake(
        "exact path without a slash (CEL)",
        "HTTPRoute",
        ROUTE,
        "value: /score",
        "value: score",
        "must be an absolute path and start with '/'",
    ),
    Mistake(
        "unknown field in a custom resource",
        "Kafka",
        KAFKA,
        "    config:",
        "    configg:",
        ".spec.kafka.configg: field not declared in schema",
    ),
    Mistake(
        "unknown field in a core object",
        "Job",
        JOB,
        "backoffLimit",
        "backofLimit",
        ".spec.backofLimit: field not declared in schema",
    ),
    Mistake(
        "one key twice",
        "Job",
        JOB,
        "  backoffLimit: 2\n",
        "  backoffLimit: 2\n  backoffLimit: 3\n",
        '"backoffLimit" already set in map',
    ),
    Mistake(
        "one environment variable twice",
        "Deployment",
        DEPLOYMENT,
        "name: LEVEL",
        "name: MODEL",
        'duplicate entries for key [name="MODEL"]',
    ),
    Mistake(
        "number for a string",
        "Deployment",
        DEPLOYMENT,
        "value: info",
        "value: 3",
        "expected string, got &value.valueUnstructured{Value:3}",
    ),
)
