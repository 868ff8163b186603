"""The Celery app, set up as docs/application.md says."""

import json
import os

import examx_celery
from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examx.settings")

app = Celery("examx")
app.config_from_object("django.conf:settings", namespace="CELERY")

# What an app would be without them is for the tests to show.
if settings.ENV_FILE.get("CELERY_SETTINGS") == "none":
    app.conf.update(broker_url=os.environ["REDIS_URL"], result_backend=os.environ["REDIS_URL"])
else:
    examx_celery.configure(app, **json.loads(settings.ENV_FILE.get("CELERY_SETTINGS", "{}")))
app.conf.update(json.loads(settings.ENV_FILE.get("CONFIGURATION", "{}")))
app.conf.broker_transport_options |= json.loads(settings.ENV_FILE.get("TRANSPORT_OPTIONS", "{}"))
app.autodiscover_tasks(["examx"])
