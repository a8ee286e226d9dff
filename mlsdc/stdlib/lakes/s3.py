"""x."""

from mlsdc.compiler.model.data import Lake


class S3(Lake):
    """x."""

    system = "s3"
