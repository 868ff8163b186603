"""The Celery app, set up as docs/application.md says."""

import os

from celery import Celery
from examx_celery import VISIBILITY_TIMEOUT, celery_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examx.settings")

app = Celery("examx")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["examx"])


def _update() -> None:
    from django.conf import settings

    own = settings.ENV_FILE.get("CELERY_OWN_SETTINGS") == "none"
    timeout = int(settings.ENV_FILE.get("VISIBILITY_TIMEOUT", VISIBILITY_TIMEOUT))
    app.conf.update({"broker_url": os.environ["REDIS_URL"]} if own else celery_settings(visibility_timeout=timeout))


if "REDIS_URL" in os.environ:
    _update()
