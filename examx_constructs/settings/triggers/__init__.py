"""What KEDA may scale on beside the queue: any of its triggers, and the common ones with types of their own."""

from examx_constructs.settings.triggers.cron import CronTrigger
from examx_constructs.settings.triggers.kafka import KafkaTrigger
from examx_constructs.settings.triggers.prometheus import PrometheusTrigger
from examx_constructs.settings.triggers.rabbitmq import RabbitMqTrigger
from examx_constructs.settings.triggers.sqs import SqsTrigger
from examx_constructs.settings.triggers.trigger import Trigger

AnyTrigger = Trigger | CronTrigger | KafkaTrigger | PrometheusTrigger | RabbitMqTrigger | SqsTrigger
"""A trigger as it may be given. Each of them has a `trigger`, which is what KEDA gets."""
