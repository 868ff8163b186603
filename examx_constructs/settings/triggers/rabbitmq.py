"""Replicas by the messages of a queue of RabbitMQ."""

from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.refusal import SettingError, pattern
from examx_constructs.settings.triggers.prometheus import above_zero
from examx_constructs.settings.triggers.trigger import Trigger, number


@value
class RabbitMqTrigger:
    """ceil(messages / `target`) replicas, or ceil(messages a second / `target`) where `mode` is MessageRate.

    The `authentication` holds `host`, the address with user and password, so no manifest does. A queue's length counts
    the messages that a worker holds, unless `unacknowledged` is off. Only the protocol http can tell them apart, and
    tell a rate.
    """

    queue: str = setting(pattern(r"[^\x00-\x1f]{1,255}", "it must be the name of a queue, of at most 255 characters"))
    """Its name."""
    target: float = setting(above_zero)
    mode: Literal["QueueLength", "MessageRate"] = "QueueLength"
    protocol: Literal["amqp", "http"] = "amqp"
    """How KEDA asks: as a client does, or the management API."""
    virtual_host: str | None = setting(pattern(r"[^\x00-\x1f]{1,255}", "it must be the name of a vhost"), default=None)
    """The vhost of the queue; None for the one in the address."""
    unacknowledged: bool = True
    authentication: str = setting(dns_label)

    def __attrs_post_init__(self) -> None:
        if self.protocol == "amqp" and (self.mode == "MessageRate" or not self.unacknowledged):
            asked = "mode MessageRate" if self.mode == "MessageRate" else "unacknowledged=False"
            raise SettingError("RabbitMqTrigger.protocol", self.protocol, f"it must be http: amqp has no {asked}")

    @property
    def trigger(self) -> Trigger:
        """What KEDA gets (KEDA 2.17, rabbitmq_scaler.go)."""
        return Trigger(
            type="rabbitmq",
            metadata={
                "protocol": self.protocol,
                "queueName": self.queue,
                "mode": self.mode,
                "value": number(self.target),
                **({} if self.unacknowledged else {"excludeUnacknowledged": "true"}),
                **({"vhostName": self.virtual_host} if self.virtual_host else {}),
            },
            authentication=self.authentication,
            metric_type="AverageValue",
        )
