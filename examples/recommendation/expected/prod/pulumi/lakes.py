"""Lakes of the design."""

import pulumi
import pulumi_aws as aws

from providers import aws_provider

history_bucket = aws.s3.Bucket(
    "history",
    bucket="recommendation-prod-history-111122223333",
    tags={"component": "history"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

history_versions = aws.s3.BucketVersioning(
    "history",
    bucket=history_bucket.id,
    versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
        status="Enabled",
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_encryption = aws.s3.BucketServerSideEncryptionConfiguration(
    "history",
    bucket=history_bucket.id,
    rules=[
        aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                sse_algorithm="AES256",
            ),
            bucket_key_enabled=False,
        ),
    ],
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_privacy = aws.s3.BucketPublicAccessBlock(
    "history",
    bucket=history_bucket.id,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_ownership = aws.s3.BucketOwnershipControls(
    "history",
    bucket=history_bucket.id,
    rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_lifecycle = aws.s3.BucketLifecycleConfiguration(
    "history",
    bucket=history_bucket.id,
    rules=[
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="tidy",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=30,
            ),
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=7,
            ),
        ),
    ],
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

history_transport = aws.s3.BucketPolicy(
    "history",
    bucket=history_bucket.id,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "EncryptedTransportOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                        "s3:DeleteObject",
                        "s3:ListBucket",
                    ],
                    "Resource": [
                        history_bucket.arn,
                        pulumi.Output.concat(history_bucket.arn, "/*"),
                    ],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

job_state_bucket = aws.s3.Bucket(
    "job-state",
    bucket="recommendation-prod-job-state-111122223333",
    tags={"component": "job_state"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

job_state_versions = aws.s3.BucketVersioning(
    "job-state",
    bucket=job_state_bucket.id,
    versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
        status="Enabled",
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

job_state_encryption = aws.s3.BucketServerSideEncryptionConfiguration(
    "job-state",
    bucket=job_state_bucket.id,
    rules=[
        aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                sse_algorithm="AES256",
            ),
            bucket_key_enabled=False,
        ),
    ],
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

job_state_privacy = aws.s3.BucketPublicAccessBlock(
    "job-state",
    bucket=job_state_bucket.id,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

job_state_ownership = aws.s3.BucketOwnershipControls(
    "job-state",
    bucket=job_state_bucket.id,
    rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

job_state_lifecycle = aws.s3.BucketLifecycleConfiguration(
    "job-state",
    bucket=job_state_bucket.id,
    rules=[
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="tidy",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=30),
            noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=30,
            ),
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=7,
            ),
        ),
    ],
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

job_state_transport = aws.s3.BucketPolicy(
    "job-state",
    bucket=job_state_bucket.id,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "EncryptedTransportOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                        "s3:DeleteObject",
                        "s3:ListBucket",
                    ],
                    "Resource": [
                        job_state_bucket.arn,
                        pulumi.Output.concat(job_state_bucket.arn, "/*"),
                    ],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

model_files_bucket = aws.s3.Bucket(
    "model-files",
    bucket="recommendation-prod-model-files-111122223333",
    tags={"component": "model_files"},
    opts=pulumi.ResourceOptions(
        provider=aws_provider,
        protect=True,
        retain_on_delete=True,
    ),
)

model_files_versions = aws.s3.BucketVersioning(
    "model-files",
    bucket=model_files_bucket.id,
    versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
        status="Enabled",
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

model_files_encryption = aws.s3.BucketServerSideEncryptionConfiguration(
    "model-files",
    bucket=model_files_bucket.id,
    rules=[
        aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                sse_algorithm="AES256",
            ),
            bucket_key_enabled=False,
        ),
    ],
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

model_files_privacy = aws.s3.BucketPublicAccessBlock(
    "model-files",
    bucket=model_files_bucket.id,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

model_files_ownership = aws.s3.BucketOwnershipControls(
    "model-files",
    bucket=model_files_bucket.id,
    rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

model_files_lifecycle = aws.s3.BucketLifecycleConfiguration(
    "model-files",
    bucket=model_files_bucket.id,
    rules=[
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="tidy",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=730),
            noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=30,
            ),
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=7,
            ),
        ),
    ],
    opts=pulumi.ResourceOptions(provider=aws_provider),
)

model_files_transport = aws.s3.BucketPolicy(
    "model-files",
    bucket=model_files_bucket.id,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "EncryptedTransportOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                        "s3:DeleteObject",
                        "s3:ListBucket",
                    ],
                    "Resource": [
                        model_files_bucket.arn,
                        pulumi.Output.concat(model_files_bucket.arn, "/*"),
                    ],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        },
    ),
    opts=pulumi.ResourceOptions(provider=aws_provider),
)
