"""The sample application: as small as it can be, with everything that the manifests rely on."""

from examx.celery import app as celery_app

__all__ = ["celery_app"]
