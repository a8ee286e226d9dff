"""An object in, what the cluster would refuse of its pods and rights out.

Pods: the Pod Security Standards (kubernetes.io/docs/concepts/security/pod-security-standards), at
the level that the namespace enforces. Rights: exact ones only, never a wildcard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from mlsdc.targets.kubernetes.objects import Object

_QUANTITY = re.compile(r"[+-]?\d+(\.\d*)?([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?")
_VOLUMES = ("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
            "projected", "secret")  # fmt: skip
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_BASELINE_CAPABILITIES = frozenset(
    ("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
     "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT")
)  # fmt: skip


def pod_faults(content: Object, level: str) -> Iterator[str]:
    """What the cluster would refuse in an object, in words; `level` is baseline or restricted."""
    name = f"{content.get('kind')} {_map(content.get('metadata')).get('name')}"
    count = _map(content.get("spec")).get("replicas", 0)
    if isinstance(count, int) and count < 0:
        yield f"{name}: {count} replicas are fewer than none"
    for pod in _pods(content):
        for fault in _pod(pod, level):
            yield f"{name}: {fault}"
    if "rbac.authorization.k8s.io" in str(content.get("apiVersion")):
        for rule in _list(content.get("rules")):
            for field in ("verbs", "resources", "apiGroups"):
                if "*" in _list(_map(rule).get(field)):
                    yield f"{name}: its rules grant every one of `{field}`"


def _pods(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        body = cast("Mapping[str, Any]", node)
        if isinstance(body.get("containers"), list):
            yield body
        for below in body.values():
            yield from _pods(below)
    elif isinstance(node, list):
        for below in cast("list[Any]", node):
            yield from _pods(below)


def _pod(pod: Mapping[str, Any], level: str) -> Iterator[str]:
    refuses = f"pod security `{level}` refuses"
    if not pod["containers"]:
        yield "a pod has at least one container"
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield f"{refuses} {field}"
    for volume in _list(pod.get("volumes")):
        kinds = sorted(_map(volume).keys() - {"name"})
        if "hostPath" in kinds:
            yield f"{refuses} the hostPath volume `{_map(volume).get('name')}`"
        elif level == "restricted" and any(kind not in _VOLUMES for kind in kinds):
            yield f"{refuses} the volume `{_map(volume).get('name')}` of kind {', '.join(kinds)}"
    own = _map(pod.get("securityContext"))
    for field in _CONTAINERS:
        for container in _list(pod.get(field)):
            if not isinstance(container, Mapping):
                yield f"`{field}` holds something that is no container"
                continue
            yield from _container(cast("Mapping[str, Any]", container), own, level, refuses)


def _container(
    container: Mapping[str, Any], pod: Mapping[str, Any], level: str, refuses: str
) -> Iterator[str]:
    name, context = container.get("name"), _map(container.get("securityContext"))
    added = {str(one) for one in _list(_map(context.get("capabilities")).get("add"))}
    if context.get("privileged"):
        yield f"{refuses} the privileged container `{name}`"
    for port in _list(container.get("ports")):
        if _map(port).get("hostPort"):
            yield f"{refuses} the hostPort of `{name}`"
    allowed = frozenset(("NET_BIND_SERVICE",)) if level == "restricted" else _BASELINE_CAPABILITIES
    for one in sorted(added - allowed):
        yield f"{refuses} the capability {one} of `{name}`"
    if level == "restricted":
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{refuses} `{name}` without allowPrivilegeEscalation = false"
        if context.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
            yield f"{refuses} `{name}` without runAsNonRoot = true"
        if context.get("runAsUser", pod.get("runAsUser")) == 0:
            yield f"{refuses} `{name}` as the user 0"
        if "ALL" not in _list(_map(context.get("capabilities")).get("drop")):
            yield f"{refuses} `{name}` without dropping all capabilities"
        profile = _map(context.get("seccompProfile") or pod.get("seccompProfile"))
        if profile.get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{refuses} `{name}` without a seccomp profile"
    resources = container.get("resources", {})
    for kind in ("requests", "limits"):
        asked = _map(resources).get(kind, {})
        if not isinstance(resources, Mapping) or not isinstance(asked, Mapping):
            yield f"`resources` of `{name}` is no block of requests and limits"
            return
        for what, size in cast("Mapping[str, Any]", asked).items():
            if isinstance(size, bool) or not _QUANTITY.fullmatch(str(size)):
                yield f"`{name}` {kind} {size!r} of {what}, which is no quantity"


def _map(node: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", node) if isinstance(node, Mapping) else {}


def _list(node: Any) -> list[Any]:
    return cast("list[Any]", node) if isinstance(node, list) else []
