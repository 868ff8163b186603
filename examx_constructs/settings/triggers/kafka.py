"""Replicas by how far a consumer group of Apache Kafka lags behind."""

from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.refusal import SettingError, at_least, pattern
from examx_constructs.settings.triggers.trigger import Trigger, switch


@value
class KafkaTrigger:
    """ceil(lag / `lag`) replicas, and no more than the topic has partitions, unless `idle_consumers` are allowed.

    `offset_reset`: where the group starts without an offset, as its consumers are told. `sasl` and `tls` say how KEDA
    logs in; what it needs for that is in the `authentication`.
    """

    bootstrap_servers: tuple[str, ...] = setting(
        pattern(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?:\d{1,5}", "it must be host:port")
    )
    """Brokers to ask first, each as `host:port`."""
    consumer_group: str = setting(pattern(r"\S(?:.*\S)?", "it must be the name of a consumer group"))
    """Whose offsets the lag is counted from."""
    topic: str = setting(pattern(r"[\w.-]{1,249}", "it must be the name of a topic: letters, digits, '.', '_' and '-'"))
    """What the group reads."""
    lag: int = setting(at_least(1, "the messages that one replica is worth"))
    activation: int = setting(at_least(0, "messages cannot be negative"), default=0)
    """The lag that must be exceeded to wake a workload from zero replicas."""
    offset_reset: Literal["latest", "earliest"] = "latest"
    idle_consumers: bool = False
    sasl: Literal["none", "plaintext", "scram_sha256", "scram_sha512", "oauthbearer", "gssapi"] = "none"
    tls: bool = False
    authentication: str | None = setting(dns_label, default=None)

    def __attrs_post_init__(self) -> None:
        if not self.bootstrap_servers:
            raise SettingError("KafkaTrigger.bootstrap_servers", (), "it must name a server: KEDA has nobody to ask")
        if self.sasl != "none" and not self.authentication:
            raise SettingError(
                "KafkaTrigger.authentication", None, f"it must be given: it holds what KEDA logs in with by {self.sasl}"
            )

    @property
    def trigger(self) -> Trigger:
        """What KEDA gets (KEDA 2.17, kafka_scaler.go)."""
        return Trigger(
            type="kafka",
            metadata={
                "bootstrapServers": ",".join(self.bootstrap_servers),
                "consumerGroup": self.consumer_group,
                "topic": self.topic,
                "lagThreshold": str(self.lag),
                **({"activationLagThreshold": str(self.activation)} if self.activation else {}),
                "offsetResetPolicy": self.offset_reset,
                "allowIdleConsumers": switch(self.idle_consumers),
                **({"sasl": self.sasl} if self.sasl != "none" else {}),
                **({"tls": "enable"} if self.tls else {}),
            },
            authentication=self.authentication,
            metric_type="AverageValue",
        )
