"""Run the tests of the running parts with other versions of what the image and the cluster bring.

    python -m tests.runtime.matrix [oldest|newest ...]

`make test` runs all of them with the versions that requirements/dev.txt pins, on Valkey. Here are those that tell in
few minutes whether others keep tasks, answer and fail over. Each row has an environment of its own (`make matrix`).
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.runtime.redis.programs import binary
from tests.runtime.redis.servers import UnavailableError, server, version_of

ENVIRONMENTS = Path("build/matrix")
PACKAGES = ("celery", "kombu", "redis", "gunicorn", "gevent", "django")
TESTS = (
    "tests/runtime/celery/test_versions.py",
    "tests/runtime/celery/test_blocking.py",
    "tests/runtime/celery/test_workers.py",
    "tests/runtime/celery/test_stopping.py",
    "tests/runtime/celery/test_beat.py",
    "tests/runtime/celery/test_redis_standalone.py",
    "tests/runtime/celery/test_failover.py",
    "tests/runtime/celery/test_set_aside.py",
    "tests/runtime/celery/test_logins.py",
    "tests/runtime/celery/test_closed.py",
    "tests/runtime/backend/test_pod.py",
    "tests/runtime/backend/test_writes.py",
    "tests/runtime/backend/test_failures.py",
    "tests/runtime/redis/test_standalone.py",
    "tests/runtime/redis/test_pod.py",
    "tests/runtime/redis/test_replicated.py",
)


@dataclass(frozen=True)
class Row:
    """Versions that belong together: the packages of requirements/NAME.txt, and a Redis."""

    name: str
    redis: str
    left_out: tuple[str, ...] = ()
    """Tests that wait for less than these versions take."""

    @property
    def environment(self) -> Path:
        """Where its packages are."""
        return (ENVIRONMENTS / self.name).absolute()

    @property
    def packages(self) -> Path:
        """The same, for PYTHONPATH."""
        (found,) = self.environment.glob("lib/python3*/site-packages")
        return found

    def redis_server(self) -> Path:
        """Its server; the pinned one where this machine has none of its version, which is told."""
        try:
            return server(self.redis)
        except UnavailableError as reason:
            print(f"matrix: {self.name}: Redis {self.redis} is left out: {reason}")  # noqa: T201 - a command's output
            return binary()


_STOPPING = "tests/runtime/celery/test_stopping.py::test_"
_BACKEND = "tests/runtime/backend/"
ROWS = (
    Row(
        "oldest",
        redis="7.4",
        # A prefork worker of kombu 5.5 looks for what is to be given back every 100 s, and no option makes that less.
        left_out=(
            f"{_STOPPING}a_killed_worker_gives_its_tasks_back[bulk_upload]",
            f"{_STOPPING}a_worker_goes_on_when_redis_has_refused_writes_while_its_only_task_ended[bulk_upload]",
            # What gunicorn 23 does not keep: docs/application.md has both.
            f"{_BACKEND}test_failures.py::test_a_request_that_ends_its_process_ends_no_other",
            f"{_BACKEND}test_writes.py::test_an_answer_without_a_look_at_the_body_harms_nobody",
        ),
    ),
    Row("newest", redis="8"),
)


def run(row: Row) -> int:
    """Run the tests with a row's versions; the exit status of pytest."""
    program = row.redis_server()
    variables = {
        "EXAMX_TEST_ENVIRONMENT": str(row.environment),
        "EXAMX_TEST_REDIS": str(program),
        "EXAMX_TEST_ROW": row.name,
        "PYTHONPATH": str(row.packages),
    }
    print(f"matrix: {row.name}: {versions(row)}, {version_of(program)}", flush=True)  # noqa: T201 - a command's output
    left_out = [f"--deselect={each}" for each in row.left_out]
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={row.environment / 'cache'}", *left_out, *TESTS]
    environment = {**os.environ, **variables}
    status = subprocess.run(command, env=environment, check=False).returncode
    # As in `make test-long`: real programs keep a pace of their own, which a busy machine upsets.
    again = [*command, "--last-failed", "--last-failed-no-failures", "none"]
    return status and subprocess.run(again, env=environment, check=False).returncode


def versions(row: Row) -> str:
    """What its environment has, as one line."""
    return ", ".join(f"{name} {version}" for name, version in installed(row.environment / "bin" / "python").items())


def installed(python: Path) -> dict[str, str]:
    """The packages that matter and their versions, in the environment of an interpreter."""
    code = f"from importlib.metadata import version; print(*map(version, {PACKAGES}))"
    answer = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return dict(zip(PACKAGES, answer, strict=True))


def main(names: Sequence[str]) -> int:
    """Run some rows, or all; 1 when one has failed."""
    chosen = [row for row in ROWS if not names or row.name in names]
    return max((int(run(row) != 0) for row in chosen), default=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
