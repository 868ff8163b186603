"""Replicas by the messages of an Amazon SQS queue."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.refusal import at_least, pattern
from examx_constructs.settings.triggers.trigger import Trigger, switch


@value
class SqsTrigger:
    """ceil(messages / `queue_length`) replicas.

    `in_flight`: messages that a worker holds count too, so that the last of them keeps its worker; `delayed`: those
    that nobody may take yet. Without an `authentication` KEDA asks with the role of its own operator.
    """

    queue_url: str = setting(
        pattern(
            r"https://sqs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/\d{12}/[\w-]{1,80}(?:\.fifo)?",
            "it must be the URL of a queue: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME",
        )
    )
    """Where the queue is, its region and account included."""
    queue_length: int = setting(at_least(1, "the messages that one replica is worth"))
    activation: int = setting(at_least(0, "messages cannot be negative"), default=0)
    """The messages that must be exceeded to wake a workload from zero replicas."""
    in_flight: bool = True
    delayed: bool = False
    authentication: str | None = setting(dns_label, default=None)

    @property
    def region(self) -> str:
        """The region of the queue."""
        return self.queue_url.split(".")[1]

    @property
    def trigger(self) -> Trigger:
        """What KEDA gets (KEDA 2.17, aws_sqs_queue_scaler.go)."""
        # With an authentication, that says who asks.
        owner = {} if self.authentication else {"identityOwner": "operator"}
        return Trigger(
            type="aws-sqs-queue",
            metadata={
                "queueURL": self.queue_url,
                "awsRegion": self.region,
                "queueLength": str(self.queue_length),
                **({"activationQueueLength": str(self.activation)} if self.activation else {}),
                "scaleOnInFlight": switch(self.in_flight),
                "scaleOnDelayed": switch(self.delayed),
                **owner,
            },
            authentication=self.authentication,
            metric_type="AverageValue",
        )
