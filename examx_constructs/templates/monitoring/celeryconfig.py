"""Where Flower's own Celery app finds the broker: Celery loads a module of this name by default."""

import os

broker_url = os.environ["REDIS_URL"]
broker_connection_retry_on_startup = True
task_serializer = result_serializer = event_serializer = "json"
accept_content = ["json"]

if master := os.environ.get("REDIS_SENTINEL_MASTER"):
    # The user is in the URL. Sentinels have the same users as servers.
    broker_transport_options = {
        "master_name": master,
        "sentinel_kwargs": {"username": os.environ.get("REDIS_USER"), "password": os.environ.get("REDIS_PASSWORD")},
    }
