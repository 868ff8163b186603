"""Cases of the rules on variables that change what a command means."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.celery import BEAT, GEVENT
from tests.unit.checks.support import APP, Case, workload

CASES = [
    Case(
        "command-means-what-it-says",
        "programs that end, forget, or wait for a debugger",
        [
            workload("web", f"{GEVENT}\nenv: [{{name: CELERY_WORKER_PURGE, value: 'true'}}]"),
            workload(
                "beat",
                f"{BEAT}\nenv: [{{name: CELERY_BEAT_DETACH, value: '1'}}, {{name: CELERY_VERSION, value: '5.6'}}]",
            ),
            workload(
                "wsgi", "command: [gunicorn, shop.wsgi]\nenv: [{name: GUNICORN_CMD_ARGS, value: --workers 4 --daemon}]"
            ),
            workload("none", "command: [gunicorn, shop.wsgi]\nenv: [{name: WEB_CONCURRENCY, value: auto}]"),
            workload("task", "command: [python, -m, shop]\nenv: [{name: PYTHONINSPECT, value: '1'}]"),
        ],
        [
            (
                f'{APP}.env[0] is "CELERY_WORKER_PURGE=true"; allowed: 0 or false, or no CELERY_WORKER_PURGE;'
                " each worker that starts would delete all tasks that wait"
            ),
            (
                f'{APP.replace("/web", "/beat")}.env[0] is "CELERY_BEAT_DETACH=1"; allowed: 0 or false, or no CELERY_BEAT_DETACH;'
                " celery would start itself in the background, again and again, and its container end with all that runs"
            ),
            (
                f'{APP.replace("/web", "/beat")}.env[1] is "CELERY_VERSION=5.6"; allowed: 0 or false, or no CELERY_VERSION;'
                " celery would print its version, or refuse the value, and end"
            ),
            (
                f'{APP.replace("/web", "/wsgi")}.env[0] is "GUNICORN_CMD_ARGS=--workers 4 --daemon"; allowed: no GUNICORN_CMD_ARGS; gunicorn'
                " reads options from it that no command shows, such as a time to stop outside of the grace period"
            ),
            (
                f'{APP.replace("/web", "/none")}.env[0] is "WEB_CONCURRENCY=auto"; allowed: no WEB_CONCURRENCY; gunicorn takes it for its'
                " number of workers where the command names none, and ends where it is no number"
            ),
            (
                f'{APP.replace("/web", "/task")}.env[0] is "PYTHONINSPECT=1"; allowed: no PYTHONINSPECT; Python would wait for input when'
                " its program has ended, and forget the exit status"
            ),
        ],
    ),
    Case(
        "command-means-what-it-says",
        "what others set on purpose, and what is for another program",
        [
            workload(
                "web",
                "command: [gunicorn, shop.wsgi]\nenv: [{name: GUNICORN_CMD_ARGS, value: --workers 4}, {name: WEB_CONCURRENCY, value: '4'},"
                " {name: PORT, value: '8000'}, {name: PYTHONUNBUFFERED, value: '1'}, {name: PYTHONDONTWRITEBYTECODE, value: '1'},"
                " {name: PYTHONPATH, value: /app}, {name: CELERY_WORKER_PURGE, value: '1'}, {name: CELERY_BROKER_URL, value: 'redis://r'}]",
            ),
            workload(
                "worker",
                f"{GEVENT}\nenv: [{{name: CELERY_WORKER_PURGE, value: '0'}}, {{name: CELERY_WORKER_CONCURRENCY, value: '8'}}]",
            ),
            workload(
                "node",
                "command: [node, server.js]\nenv: [{name: PYTHONINSPECT, value: '1'}, {name: LISTEN_FDS, value: '1'}]",
            ),
        ],
    ),
]
