"""Topics and a table or folder in, the settings of the connectors that land them out.

Iceberg tables through Apache Iceberg's own sink, anything else as files through Aiven's S3 sink
(Apache-2.0). Who runs the connectors, and with which rights, is not decided here.
Sources: iceberg.apache.org, "Kafka Connect"; Aiven "S3 sink connector for Apache Kafka".
"""

from __future__ import annotations

from dataclasses import dataclass

from mlsdc.targets.kubernetes.objects import Object


@dataclass(frozen=True)
class Store:
    """An object store that is not the cloud's own."""

    endpoint: str
    access_key: str
    """How a connector's setting names the key."""
    secret_key: str


@dataclass(frozen=True)
class Landing:
    """What is landed where."""

    name: str
    """What the connectors, their consumer groups and their own topics begin with."""
    image: str
    topics: tuple[str, ...]
    tasks: int
    """Tasks of one connector in one worker."""
    table_format: str
    namespace: str
    """The Iceberg namespace of the tables."""
    bucket: str
    region: str
    catalog: str | None = None
    """The address of the Iceberg REST catalogue."""
    store: Store | None = None
    """Absent in the cloud, where connectors are known by the identity of their pod."""

    @property
    def iceberg(self) -> bool:
        """Whether rows are committed to tables."""
        return self.table_format == "iceberg"

    @property
    def plugin(self) -> str:
        """The connector's class."""
        if self.iceberg:
            return "org.apache.iceberg.connect.IcebergSinkConnector"
        return "io.aiven.kafka.connect.s3.AivenKafkaConnectS3SinkConnector"

    def connector(self, topic: str) -> str:
        """The name of a topic's connector, which is its consumer group as well."""
        return f"{self.name}-{topic}"

    def settings(self, topic: str) -> Object:
        """The configuration of a topic's connector."""
        return {**self._records(topic), **(self._iceberg(topic) if self.iceberg else self._files())}

    def _records(self, topic: str) -> Object:
        return {
            "topics": topic,
            "key.converter": "org.apache.kafka.connect.storage.StringConverter",
            "value.converter": "org.apache.kafka.connect.json.JsonConverter",
            # A Parquet file has a schema, so each event has to carry one.
            "value.converter.schemas.enable": self.table_format == "parquet",
            "consumer.override.auto.offset.reset": "earliest",
            "consumer.override.group.id": self.connector(topic),
        }

    def _iceberg(self, topic: str) -> Object:
        name = self.connector(topic)
        return {
            "iceberg.tables": f"{self.namespace}.{topic.replace('-', '_')}",
            "iceberg.tables.auto-create-enabled": True,
            "iceberg.tables.evolve-schema-enabled": True,
            "iceberg.connect.group-id": name,
            "iceberg.control.topic": control_topic(self.name, topic),
            "iceberg.control.group-id-prefix": f"{name}-control",
            "iceberg.coordinator.transactional.prefix": f"{name}-",
            "iceberg.catalog.type": "rest",
            "iceberg.catalog.uri": self.catalog,
            "iceberg.catalog.warehouse": f"s3://{self.bucket}/tables",
            "iceberg.catalog.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
            "iceberg.catalog.client.region": self.region,
            **(
                {
                    "iceberg.catalog.s3.endpoint": self.store.endpoint,
                    "iceberg.catalog.s3.path-style-access": True,
                    "iceberg.catalog.s3.access-key-id": self.store.access_key,
                    "iceberg.catalog.s3.secret-access-key": self.store.secret_key,
                }
                if self.store
                else {}
            ),
        }

    def _files(self) -> Object:
        return {
            **(
                {
                    "aws.access.key.id": self.store.access_key,
                    "aws.secret.access.key": self.store.secret_key,
                }
                if self.store
                else {}
            ),
            "aws.s3.bucket.name": self.bucket,
            **({"aws.s3.endpoint": self.store.endpoint} if self.store else {}),
            "aws.s3.region": self.region,
            "format.output.type": "parquet",
            "format.output.fields": "key,value,offset,timestamp",
            "file.name.template": "{{topic}}/{{timestamp:unit=yyyy}}/{{timestamp:unit=MM}}/"
            "{{timestamp:unit=dd}}/{{partition}}-{{start_offset}}.parquet",
        }


def control_topic(name: str, topic: str) -> str:
    """Where the tasks of one Iceberg sink agree on what is committed."""
    return f"{name}-{topic}-control"
