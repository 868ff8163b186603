"""The shop as a value: what its image has in it, and the queues that its tasks wait in."""

from examx_constructs.application import celery_settings_module
from examx_constructs.settings import Application, Duration, Queue, Replicas

SHOP = Application(
    name="shop",
    title="The Shop",
    module="shop",
    env_file_path="/srv/shop/.env",
    media_path="/srv/shop/media",
    static_path="/srv/shop/static",
    user=20001,
    health_path="/healthz",
    ready_path="/readyz",
    worker_log_level="info",
)


def queues(*, orders: Replicas, mails: Replicas) -> tuple[Queue, ...]:
    """Return the two queues, with an environment's own replicas."""
    return (
        Queue(
            name="orders",
            worker="shop-orders-worker",
            pool="prefork",
            concurrency=2,
            longest_task=Duration("300s"),
            list_length=4,
            polling_interval=Duration("10s"),
            cooldown=Duration("600s"),
            replicas=orders,
        ),
        Queue(
            name="mails",
            worker="shop-mails-worker",
            pool="gevent",
            concurrency=50,
            longest_task=Duration("60s"),
            list_length=100,
            polling_interval=Duration("30s"),
            cooldown=Duration("120s"),
            replicas=mails,
        ),
    )


def celery_settings() -> str:
    """Return the module `shop_celery`, which the image brings beside the shop's own code."""
    declared = queues(orders=Replicas.between(1, 2), mails=Replicas.between(0, 2))
    return celery_settings_module(declared, application=SHOP, default="orders")
