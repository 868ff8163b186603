"""Variables that change what a command means, by the sources of the programs that read them: one table.

Settings refuse them, because the rendered commands would do something else than they say. The checks find those that do
harm wherever they are; docs/application.md shows them. What reads nothing that a command says has no row: C_FORCE_ROOT
(no pod runs as root), PYTHONSTARTUP (interactive only), LD_PRELOAD (an allocator), DJANGO_SETTINGS_MODULE (the
application's own choice), SENDFILE, logging and debugging aids.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Program = Literal["celery worker", "celery beat", "gunicorn", "any"]
"""Who reads a variable; `any` program: Python, or what starts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramVariable:
    """Variables that one program reads for one purpose."""

    names: tuple[str, ...]
    """Their names; `*` at the end means the rest of a name, as long as that is none of `but`."""
    programs: tuple[Program, ...]
    does: str
    """What happens where one is set, in the words of a message: the command means something else."""
    instead: str
    """What to set in its place."""
    source: str
    but: tuple[str, ...] = ()
    harmless: str = ""
    """A pattern of the values that change nothing, beside the empty one; empty where each value changes something."""
    allowed: str = ""
    """The same in words."""
    harmful: str | None = None
    """A pattern of the values that break any command line; None where others may mean them."""

    def is_named(self, name: str) -> bool:
        """Return whether it is one of these."""
        return name not in self.but and any(
            name.startswith(each[:-1]) and name != each[:-1] if each.endswith("*") else name == each
            for each in self.names
        )

    def changes(self, text: str) -> bool:
        """Return whether a value changes what the rendered commands mean. A program takes an empty one for none."""
        return bool(text) and not re.fullmatch(self.harmless, text)

    def breaks(self, text: str) -> bool:
        """Return whether a value is a mistake wherever it is."""
        return self.changes(text) and self.harmful is not None and bool(re.search(self.harmful, text))


_CELERY: tuple[Program, ...] = ("celery worker", "celery beat")
_OFF = r"(?i)0|f|false|n|no|off"
# Whatever is not off is on, or no worker starts for it: click takes no other word for a switch.
_ANYTHING = r"(?s)."
_OPTIONS = "celery 5.6.3 and 5.7.0, celery/bin/celery.py: main, auto_envvar_prefix"

PROGRAM_VARIABLES: Sequence[ProgramVariable] = (
    ProgramVariable(
        names=("REMAP_SIGTERM",),
        programs=("celery worker",),
        harmless="SIGTERM",
        allowed="SIGTERM",
        harmful=_ANYTHING,
        does="SIGTERM would no longer begin a warm stop: a gevent worker loses the tasks that it runs",
        instead="Queue.longest_task, which the grace period leaves time for",
        source="billiard 4.3.2, billiard/common.py; celery 5.6.3 and 5.7.0, celery/apps/worker.py",
    ),
    ProgramVariable(
        names=("CELERY_WORKER_PURGE",),
        programs=("celery worker",),
        harmless=_OFF,
        allowed="0 or false",
        harmful=_ANYTHING,
        does="each worker that starts would delete all tasks that wait",
        instead="`celery purge`, typed by a person",
        source=f"{_OPTIONS}; celery/bin/worker.py, --purge",
    ),
    ProgramVariable(
        names=("CELERY_WORKER_DETACH", "CELERY_BEAT_DETACH"),
        programs=_CELERY,
        harmless=_OFF,
        allowed="0 or false",
        harmful=_ANYTHING,
        does="celery would start itself in the background, again and again, and its container end with all that runs",
        instead="nothing: the container is the process",
        source=f"{_OPTIONS}; celery/bin/worker.py and beat.py, --detach",
    ),
    ProgramVariable(
        names=("CELERY_VERSION",),
        programs=_CELERY,
        harmless=_OFF,
        allowed="0 or false",
        harmful=_ANYTHING,
        does="celery would print its version, or refuse the value, and end",
        instead="another name",
        source=f"{_OPTIONS}; --version",
    ),
    ProgramVariable(
        names=("CELERY_WORKER_BEAT",),
        programs=("celery worker",),
        harmless=_OFF,
        allowed="0 or false",
        does="each worker would send every periodic task once more",
        instead="nothing: celery-beat schedules",
        source=f"{_OPTIONS}; celery/bin/worker.py, --beat",
    ),
    ProgramVariable(
        names=("CELERY_WORKER_*", "CELERY_BEAT_*"),
        but=(
            "CELERY_WORKER_REVOKES_MAX",
            "CELERY_WORKER_REVOKE_EXPIRES",
            "CELERY_WORKER_SUCCESSFUL_MAX",
            "CELERY_WORKER_SUCCESSFUL_EXPIRES",
            "CELERY_WORKER_PURGE",
            "CELERY_WORKER_DETACH",
            "CELERY_WORKER_BEAT",
            "CELERY_BEAT_DETACH",
        ),
        programs=_CELERY,
        does="it is an option of `celery worker` or `celery beat` that no command shows: queues, limits, scheduler",
        instead="Queue, or the application's Celery settings",
        source=f"{_OPTIONS}; celery/bin/worker.py and beat.py",
    ),
    ProgramVariable(
        names=(
            "CELERY_BROKER_URL",
            "CELERY_BROKER_READ_URL",
            "CELERY_BROKER_WRITE_URL",
            "CELERY_RESULT_BACKEND",
            "CELERY_BROKER",
            "BROKER_URL",
            "RESULT_BACKEND",
        ),
        programs=_CELERY,
        does="celery takes it for its Redis, before all settings: not the one that KEDA counts and Sentinels fail over",
        instead="Environment.redis",
        source="celery 5.6.3 and 5.7.0, celery/app/utils.py: Settings.broker_url; celery/bin/celery.py, --broker",
    ),
    ProgramVariable(
        names=("CELERY_LOADER", "LOADER", "CELERY_CONFIG_MODULE", "CELERY_CONFIG", "CONFIG_MODULE"),
        programs=_CELERY,
        does="celery would read another configuration than the application's",
        instead="the application's Celery settings",
        source="celery 5.6.3 and 5.7.0, celery/app/base.py: _get_default_loader; celery/loaders/base.py",
    ),
    ProgramVariable(
        names=("CELERY_WORKDIR",),
        programs=_CELERY,
        does="celery would look for the application in another directory",
        instead="the image's working directory",
        source=f"{_OPTIONS}; --workdir",
    ),
    ProgramVariable(
        names=("CELERY_RDBSIG",),
        programs=("celery worker",),
        harmful=_ANYTHING,
        does="SIGUSR2 would stop the worker in a debugger, open to all who reach its port",
        instead="nothing in a cluster",
        source="celery 5.6.3 and 5.7.0, celery/apps/worker.py: install_rdb_handler",
    ),
    ProgramVariable(
        names=("FORKED_BY_MULTIPROCESSING", "MP_MAIN_FILE"),
        programs=_CELERY,
        does="celery would take itself for one of its own children",
        instead="nothing: celery sets it by itself",
        source="celery 5.6.3 and 5.7.0, celery/app/base.py: USING_EXECV; billiard 4.3.2, billiard/spawn.py",
    ),
    ProgramVariable(
        names=("C_STRICT_APP", "CELERY_TRACE_APP"),
        programs=_CELERY,
        does="a task that uses the current app would raise an error instead",
        instead="nothing in a cluster",
        source="celery 5.6.3 and 5.7.0, celery/_state.py",
    ),
    ProgramVariable(
        names=("GUNICORN_CMD_ARGS",),
        programs=("gunicorn",),
        harmful=r"(^|\s)(--daemon|-D|--check-config|--print-config|--graceful-timeout[ =]0)(\s|$)",
        does="gunicorn reads options from it that no command shows, such as a time to stop outside of the grace period",
        instead="Environment.backend",
        source="gunicorn 23.0.0 and 27.0.1, gunicorn/config.py: get_cmd_args_from_env; gunicorn/app/base.py",
    ),
    ProgramVariable(
        names=("WEB_CONCURRENCY",),
        programs=("gunicorn",),
        harmful=r"^(?!\s*\d+\s*$)(?!.*\$\()",
        does="gunicorn takes it for its number of workers where the command names none, and ends where it is no number",
        instead="Environment.backend.workers",
        source="gunicorn 23.0.0 and 27.0.1, gunicorn/config.py: Workers",
    ),
    ProgramVariable(
        names=("PORT",),
        programs=("gunicorn",),
        does="gunicorn takes it for its port where the command names none; the command does, so it would do nothing",
        instead="nothing: nginx reaches gunicorn in the pod",
        source="gunicorn 23.0.0 and 27.0.1, gunicorn/config.py: Bind",
    ),
    ProgramVariable(
        names=("FORWARDED_ALLOW_IPS",),
        programs=("gunicorn",),
        harmless=r"127\.0\.0\.1(,\s*::1)?",
        allowed="127.0.0.1",
        does="gunicorn would believe what others than the pod's nginx say of the client, or not believe nginx",
        instead="nothing: nginx reaches gunicorn in the pod",
        source="gunicorn 23.0.0 and 27.0.1, gunicorn/config.py: ForwardedAllowIPS",
    ),
    ProgramVariable(
        names=("SCRIPT_NAME",),
        programs=("gunicorn",),
        does="gunicorn answers 500 to every path outside of it, the probes' among them",
        instead="Django's FORCE_SCRIPT_NAME",
        source="gunicorn 23.0.0 and 27.0.1, gunicorn/http/wsgi.py: create",
    ),
    ProgramVariable(
        names=("GUNICORN_PID", "GUNICORN_FD", "LISTEN_PID", "LISTEN_FDS"),
        programs=("gunicorn",),
        harmful=_ANYTHING,
        does="gunicorn would take over sockets of a process before it, which a container does not have",
        instead="nothing: gunicorn opens its own",
        source="gunicorn 23.0.0 and 27.0.1, gunicorn/arbiter.py: start; gunicorn/systemd.py: listen_fds",
    ),
    ProgramVariable(
        names=("PYTHONINSPECT",),
        programs=("any",),
        harmful=_ANYTHING,
        does="Python would wait for input when its program has ended, and forget the exit status",
        instead="nothing in a cluster",
        source="CPython 3.11 to 3.14, Using Python, Command line and environment",
    ),
    ProgramVariable(
        names=("PYTHONWARNINGS",),
        programs=("any",),
        harmless=r"(?!.*\berror\b).*",
        allowed="anything without `error`",
        does="a warning in any library would be an error",
        instead="warnings of the application's own modules, in its code",
        source="CPython 3.11 to 3.14, Using Python, Command line and environment; Lib/warnings.py",
    ),
    ProgramVariable(
        names=("PYTHONOPTIMIZE",),
        programs=("any",),
        harmless="0",
        allowed="0",
        does="Python would leave out every assert, the libraries' among them",
        instead="nothing: the tests ran with them",
        source="CPython 3.11 to 3.14, Using Python, Command line and environment",
    ),
    ProgramVariable(
        names=("PYTHONPATH", "PYTHONHOME", "PYTHONPLATLIBDIR", "PYTHONUSERBASE"),
        programs=("any",),
        does="Python would look elsewhere for its modules, celery and gunicorn among them",
        instead="the image, which brings its packages and sets its own",
        source="CPython 3.11 to 3.14, Using Python, Command line and environment",
    ),
    ProgramVariable(
        names=("PATH",),
        programs=("any",),
        does="the commands name their programs without a path, and would start others or none",
        instead="the image, which sets its own",
        source="Kubernetes API core/v1 Container, command; POSIX.1, Environment Variables",
    ),
    ProgramVariable(
        names=(
            "GEVENT_LOOP",
            "GEVENT_BACKEND",
            "GEVENT_RESOLVER*",
            "GEVENT_NOWAITPID",
            "GEVENT_FILE",
            "GEVENT_MONKEY_DISABLE_QUEUE_QUEUE",
            "GEVENT_PURE_PYTHON",
            "PURE_PYTHON",
        ),
        programs=("celery worker",),
        does="a gevent pool would run on another loop, resolver or file than the one that was tested",
        instead="nothing: gevent's own choice",
        source="gevent 26.9.0, src/gevent/_config.py; gevent/monkey; gevent/_compat.py",
    ),
)
"""Every row; the first that has a name counts."""


@lru_cache(maxsize=4096)
def program_variable(name: str) -> ProgramVariable | None:
    """Return the row of a variable, or None for one that changes no command."""
    return next((row for row in PROGRAM_VARIABLES if row.is_named(name)), None)
