"""A second opinion on emitted objects of the core API, from the official client's models.

The models forbid unknown fields, miss none that is required, and check types. What they refuse is a
fault of the emitter, and nothing is written. Custom kinds are judged by `make conformance`. The
client is imported when the first object is checked: it costs more than checking a design.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from mlsdc.targets.kubernetes.objects import Object

CORE_GROUPS = ("", "apps", "batch", "policy", "networking.k8s.io", "rbac.authorization.k8s.io",
               "autoscaling", "scheduling.k8s.io", "storage.k8s.io")  # fmt: skip


def faults(content: Object) -> Iterator[str]:
    """What the official models refuse in an object; nothing for kinds they do not know."""
    model = _model(str(content["apiVersion"]), str(content["kind"]))
    if model is None:
        return
    try:
        model.model_validate(content)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            place = ".".join(str(part) for part in detail["loc"])
            yield f"{content['kind']} {content['metadata']['name']}: {place}: {detail['msg']}"


@cache
def _model(api_version: str, kind: str) -> type[BaseModel] | None:
    group, _, version = api_version.rpartition("/")
    if group not in CORE_GROUPS:
        return None
    from kubernetes.client import models

    found: Any = getattr(models, f"{version[0].upper()}{version[1:]}{kind}", None)
    return found
