"""Settings as a project behind a load balancer has them. What the tests vary comes from the mounted `.env`."""

from pathlib import Path

BASE = Path(__file__).parent
ENV_FILE = dict(line.split("=", 1) for line in (BASE / ".env").read_text(encoding="utf-8").splitlines() if "=" in line)

SECRET_KEY = ENV_FILE["SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = [ENV_FILE["ALLOWED_HOST"]]
ROOT_URLCONF = "examx.urls"
WSGI_APPLICATION = "examx.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = None

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "examx.users.named_by_cookie",
]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 60

CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "examx.tasks.tick", "schedule": 1.0, "options": {"queue": "default", "expires": 60}}
}
