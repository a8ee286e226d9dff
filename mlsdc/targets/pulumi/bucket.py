"""Object storage (Amazon S3) as resources: a bucket with everything that keeps it private.

Law: versions are kept, content is encrypted, the public is shut out, access lists are off, and
plain HTTP is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.model.data import Lake
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.cloud import Right, key, stateful, tags
from mlsdc.targets.pulumi.resources import Args, Concat, Json, Ref, Resource, Value

DAY = 86_400.0
OLD_VERSIONS = 30
"""Days for which an overwritten or deleted object can be had back."""
UNFINISHED = 7
"""Days after which the parts of an upload that never ended are removed."""
_READ = ("s3:GetObject",)
_WRITE = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_TABLES = ("iceberg", "delta", "hudi")
"""Formats whose writers read the table's metadata and delete the files they replace."""


def private_bucket(plan: Plan, lake: Lake, name: str | None) -> Iterator[Resource]:
    """A bucket; where `name` is None, Pulumi appends what makes it unique in the whole cloud."""
    own = lake.encryption == "customer_key"
    bucket = Ref(key(lake, "bucket")).at("id")
    if own:
        yield Resource(
            key(lake, "key"),
            "aws.kms.Key",
            slug(lake.name),
            {
                "description": f"{slug(lake.name)}: its objects",
                "enable_key_rotation": True,
                "tags": tags(lake),
            },
            lake.name,
            stateful(plan),
        )
    yield Resource(
        key(lake, "bucket"),
        "aws.s3.Bucket",
        slug(lake.name),
        {**({"bucket": name} if name else {}), "tags": tags(lake)},
        lake.name,
        stateful(plan),
    )
    parts: tuple[tuple[str, str, dict[str, Value]], ...] = (
        ("versions", "BucketVersioning", _versions()),
        ("encryption", "BucketServerSideEncryptionConfiguration", _encryption(lake, own)),
        ("privacy", "BucketPublicAccessBlock", _privacy()),
        ("ownership", "BucketOwnershipControls", _ownership()),
        ("lifecycle", "BucketLifecycleConfiguration", _lifecycle(lake)),
        ("transport", "BucketPolicy", _transport(lake)),
    )
    for part, kind, args in parts:
        inputs: dict[str, Value] = {"bucket": bucket, **args}
        yield Resource(key(lake, part), f"aws.s3.{kind}", slug(lake.name), inputs, lake.name)


def _typed(name: str, **fields: Value) -> Args:
    return Args(f"aws.s3.{name}Args", fields)


def _privacy() -> dict[str, Value]:
    switches = ("block_public_acls", "block_public_policy", "ignore_public_acls",
                "restrict_public_buckets")  # fmt: skip
    return {**dict.fromkeys(switches, True)}


def _versions() -> dict[str, Value]:
    kind = "BucketVersioningVersioningConfiguration"
    return {"versioning_configuration": _typed(kind, status="Enabled")}


def _encryption(lake: Lake, own: bool) -> dict[str, Value]:
    """S3 encrypts everything since 2023; `none` therefore means its own keys, as `managed` does."""
    by: dict[str, Value] = {"sse_algorithm": "AES256"}
    if own:
        by = {"sse_algorithm": "aws:kms", "kms_master_key_id": Ref(key(lake, "key")).at("arn")}
    kind = "BucketServerSideEncryptionConfigurationRule"
    default = _typed(f"{kind}ApplyServerSideEncryptionByDefault", **by)
    rule = _typed(kind, apply_server_side_encryption_by_default=default, bucket_key_enabled=own)
    return {"rules": [rule]}


def _ownership() -> dict[str, Value]:
    rule = _typed("BucketOwnershipControlsRule", object_ownership="BucketOwnerEnforced")
    return {"rule": rule}


def _lifecycle(lake: Lake) -> dict[str, Value]:
    kind = "BucketLifecycleConfigurationRule"
    # Files of a table belong to its metadata: the table's own expiry removes rows, not this rule.
    ages = lake.retention is not None and lake.format not in _TABLES
    days = ceil(lake.retention.value / DAY) if lake.retention else 0
    rule = _typed(
        kind,
        id="tidy",
        status="Enabled",
        filter=_typed(f"{kind}Filter", prefix=""),
        **({"expiration": _typed(f"{kind}Expiration", days=days)} if ages else {}),
        noncurrent_version_expiration=_typed(
            f"{kind}NoncurrentVersionExpiration", noncurrent_days=OLD_VERSIONS
        ),
        abort_incomplete_multipart_upload=_typed(
            f"{kind}AbortIncompleteMultipartUpload", days_after_initiation=UNFINISHED
        ),
    )
    return {"rules": [rule]}


def _transport(lake: Lake) -> dict[str, Value]:
    statement: dict[str, Value] = {
        "Sid": "EncryptedTransportOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"],
        "Resource": [_arn(lake), Concat((_arn(lake), "/*"))],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"policy": Json({"Version": "2012-10-17", "Statement": [statement]})}


def _arn(lake: Lake) -> Ref:
    if lake.existing is not None:
        return Ref(key(lake, "arn"))
    return Ref(key(lake, "bucket")).at("arn")


def _key_arn(lake: Lake) -> Ref | None:
    """The key that encrypts the bucket, where it is one of the owner's."""
    if lake.existing is not None:
        return Ref(key(lake, "key_arn")) if "key_arn" in lake.existing else None
    return Ref(key(lake, "key")).at("arn") if lake.encryption == "customer_key" else None


def bucket_rights(lake: Lake, access: str) -> Iterator[Right]:
    """What one kind of access allows in the bucket."""
    table = lake.format in _TABLES
    reads = access != "write" or table
    objects: list[str] = [*(_READ if reads else ())]
    if access != "read":
        objects += [*_WRITE, *(("s3:DeleteObject",) if table or access == "read_write" else ())]
    around = ("s3:GetBucketLocation", *(("s3:ListBucket",) if reads else ()))
    yield Right(around, (_arn(lake),))
    yield Right(tuple(objects), (Concat((_arn(lake), "/*")),))
    own_key = _key_arn(lake)
    if own_key is not None:
        encrypt = ("kms:GenerateDataKey",) if access != "read" else ()
        yield Right(("kms:Decrypt", *encrypt), (own_key,))
