"""Variables that change what a command means: refused where they are set, and none that is read is forgotten."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from celery.bin.celery import celery
from click import Group, Option

from examx_constructs.settings.program_variables import PROGRAM_VARIABLES, ProgramVariable, program_variable
from tests.unit.settings.samples import BACKEND, ENVIRONMENT, QUEUE
from tests.unit.settings.support import refusal

PROGRAMS = ("amqp", "billiard", "celery", "django", "gevent", "gunicorn", "kombu", "redis", "vine")

# What they read of the environment and what a rendered command means the same with. Left out: what only tests, other
# transports, other systems or other commands read, and the keys of WSGI, which is called an environment too.
UNCHANGED = {
    "how logs, colours and terminals look": """CELERY_LOG_FILE CELERY_LOG_LEVEL CELERY_LOG_REDIRECT
        CELERY_LOG_REDIRECT_LEVEL C_BENCH C_BENCH_EVERY C_IMPDEBUG C_REMDEBUG C_WARN_APP C_WNOCONF CELERY_BENCH
        CELERY_BENCH_EVERY DISABLE_TRACEBACKS DJANGO_COLORS GEVENT_DEBUG ITERM_PROFILE KOMBU_DEBUG_POOL
        KOMBU_LOG_CHANNEL KOMBU_LOG_CONNECTION KOMBU_LOG_DEBUG MP_LOG TERM TERM_PROGRAM TIMER_DEBUG
        _MP_FORK_LOGFILE_ _MP_FORK_LOGFORMAT_ _MP_FORK_LOGLEVEL_""",
    "sizes of what a worker remembers": """CELERY_WORKER_REVOKES_MAX CELERY_WORKER_REVOKE_EXPIRES
        CELERY_WORKER_SUCCESSFUL_EXPIRES CELERY_WORKER_SUCCESSFUL_MAX""",
    "read with an option that no rendered command has": "AUTOSCALE_KEEPALIVE CELERY_CUSTOM_WORKER_POOL C_FAKEFORK",
    "read as root only": "C_FORCE_ROOT",
    "the application's own choice": """CELERY_SKIP_CHECKS DJANGO_ALLOW_ASYNC_UNSAFE DJANGO_PROJECT_DIR
        DJANGO_SETTINGS_MODULE PICKLE_PROTOCOL SENDFILE""",
    "other pools and shapes of the same": """EVENTLET_NOBLOCK KOMBU_DISABLE_LIMIT_PROTECTION
        MULTIPROCESSING_FORKING_DISABLE NUMBER_OF_PROCESSORS USE_FAST_LOCALS""",
    "told by who starts it": """GUNICORN_DIRTY_SOCKET NOSETPS NOTIFY_SOCKET PWD SERVER_SOFTWARE TZ XDG_RUNTIME_DIR
        celery_dummy_proxy""",
}
_ELSEWHERE = re.compile(
    r"/(tests?|testing|gis|management|servers)/|/transport/(SQS|SLMQ|gcpubsub|azure\w*)|/contrib/(pytest|rdb)\.py"
    r"|/(fixups|utils/(autoreload|asyncio)|core/checks)/?|/db/backends/|/gevent/(subprocess|pywsgi)\.py"
)
_READ = re.compile(r"""(?:os\.environ(?:\.get|\.pop)?\s*[\(\[]|getenv\(|_env\()\s*['"]([A-Za-z_]\w*)['"]""")

SAMPLES = {
    "REMAP_SIGTERM": "SIGQUIT",
    "FORWARDED_ALLOW_IPS": "*",
    "PYTHONWARNINGS": "default,error::DeprecationWarning",
}


def names(row: ProgramVariable) -> list[str]:
    return [name.replace("*", "_OPTION") for name in row.names]


ROWS = [(row, name) for row in PROGRAM_VARIABLES for name in names(row)]


@pytest.mark.parametrize(("row", "name"), ROWS, ids=[name for _, name in ROWS])
def test_each_is_refused_wherever_variables_are_set(row: ProgramVariable, name: str) -> None:
    variables = {name: SAMPLES.get(name, "1")}
    for sample, setting in ((ENVIRONMENT, "Environment"), (BACKEND, "BackendSettings"), (QUEUE, "Queue")):
        message = refusal(lambda sample=sample: attrs.evolve(sample, variables=variables))
        assert message.startswith(f"{setting}.variables")
        assert name in message
        assert message.endswith(f"{row.does}; instead: {row.instead}")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("REMAP_SIGTERM", "SIGTERM"),
        ("REMAP_SIGTERM", ""),
        ("CELERY_WORKER_PURGE", "False"),
        ("CELERY_WORKER_REVOKES_MAX", "100"),
        ("FORWARDED_ALLOW_IPS", "127.0.0.1,::1"),
        ("GEVENT_THREADPOOL_SIZE", "20"),
        ("PYTHONWARNINGS", "ignore::DeprecationWarning"),
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("PYTHONSTARTUP", "/app/start.py"),
        ("PYTHONHASHSEED", "0"),
        ("C_FORCE_ROOT", "1"),
        ("DJANGO_SETTINGS_MODULE", "examx.settings"),
        ("CELERY", "1"),
        ("REPORTS", "on"),
    ],
)
def test_what_changes_no_command_is_accepted(name: str, text: str) -> None:
    assert attrs.evolve(ENVIRONMENT, variables={name: text}).variables == {name: text}


def test_the_message_says_what_is_allowed() -> None:
    assert refusal(lambda: attrs.evolve(ENVIRONMENT, variables={"REMAP_SIGTERM": "SIGINT"})) == (
        'Environment.variables[REMAP_SIGTERM] is "SIGINT"; it must be SIGTERM, or left out: SIGTERM would no longer'
        " begin a warm stop: a gevent worker loses the tasks that it runs; instead: Queue.longest_task, which the grace"
        " period leaves time for"
    )


def test_the_message_tells_no_password() -> None:
    url = "redis://:an-invented-password@elsewhere:6379/0"
    assert "invented" not in refusal(lambda: attrs.evolve(ENVIRONMENT, variables={"CELERY_BROKER_URL": url}))


def test_every_option_of_the_rendered_celery_commands_has_a_row() -> None:
    for command in ("worker", "beat"):
        options = [each for each in celery.commands[command].params if isinstance(each, Option)]
        assert len(options) > 5
        for each in options:
            assert program_variable(f"CELERY_{command}_{each.name}".upper()), each.name


def test_every_option_of_celery_itself_is_decided_on() -> None:
    assert isinstance(celery, Group)
    undecided = {each.name for each in celery.params if program_variable(f"CELERY_{each.name}".upper()) is None}
    # The command says which app; the others change no task.
    assert undecided == {"app", "no_color", "quiet", "skip_checks"}
    read = {each.envvar for each in celery.params if isinstance(each.envvar, str)}
    assert {name for name in read if program_variable(name) is None} == {"APP", "NO_COLOR", "SKIP_CHECKS"}


def test_every_variable_that_the_programs_read_is_decided_on() -> None:
    read = {name: package for package in PROGRAMS for name in variables_of(package)}
    assert {"REMAP_SIGTERM", "WEB_CONCURRENCY", "C_FORCE_ROOT", "CELERY_BROKER_URL"} <= read.keys()
    unchanged = {name for each in UNCHANGED.values() for name in each.split()}
    undecided = {name: package for name, package in read.items() if program_variable(name) is None}
    assert {name: package for name, package in undecided.items() if name not in unchanged} == {}
    assert not {name for name in unchanged if program_variable(name)}


def variables_of(package: str) -> Iterator[str]:
    """The names that a package's source reads of the environment, as far as a pattern finds them."""
    for folder in importlib.import_module(package).__path__:
        for path in sorted(Path(folder).rglob("*.py")):
            if not _ELSEWHERE.search(path.as_posix().removeprefix(str(Path(folder).parent))):
                yield from _READ.findall(path.read_text(encoding="utf-8", errors="replace"))
