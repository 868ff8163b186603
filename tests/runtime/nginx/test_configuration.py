"""nginx itself accepts every configuration that can be rendered, and runs it within the pod's restrictions."""

import os
import signal
from pathlib import Path

import pytest

from examx_constructs.settings import ClientTls, ClientTlsOff, ClientTlsPassthrough, ClientTlsVerify, Quantity
from tests.runtime.nginx import server
from tests.runtime.nginx.client import ask
from tests.runtime.nginx.server import Nginx

MODES = [ClientTlsOff(), ClientTlsPassthrough(), ClientTlsVerify(trust_store="examx")]


@pytest.mark.parametrize("client_tls", MODES, ids=lambda mode: mode.mode)
def test_nginx_accepts_every_client_tls_mode_without_a_warning(client_tls: ClientTls):
    with server.prepared(client_tls) as directory:
        verdict = server.accepts(directory)
        assert verdict.returncode == 0
        assert "warn" not in verdict.stderr


def test_nginx_accepts_the_longest_and_oddest_values():
    odd = {
        "content_security_policy": "default-src 'self' https://a.test; img-src * data:; " + "x" * 1900 + " {}#%",
        "permissions_policy": "camera=(self), microphone=()",
        "write_content_types": tuple(f"application/{'v' * 86}{number:02}" for number in range(16)),
        "max_body_size": Quantity("1500"),
    }
    with server.prepared(changes=odd, load_balancer_cidrs=("2001:db8::/32", "10.1.0.0/16")) as directory:
        verdict = server.accepts(directory)
        assert verdict.returncode == 0, verdict.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs nginx as another user, whose files can be told apart")
def test_it_writes_below_its_scratch_directory_alone(nginx: Nginx):
    ask(nginx.port, "POST", "/api/x", [("Content-Type", "application/json")], b"x" * 60_000)
    changed = {path.relative_to(nginx.directory).parts[0] for path in nginx.directory.rglob("*") if _is_of_nginx(path)}
    assert changed - {"stdout", "stderr"} == {"scratch"}


def _is_of_nginx(path: Path) -> bool:
    return path.lstat().st_uid == 10001


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can choose another user")
def test_it_runs_without_privilege(nginx: Nginx):
    status = Path(f"/proc/{nginx.process.pid}/status").read_text(encoding="ascii")
    user = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
    assert set(user) == {"10001"}


def test_it_stays_in_the_foreground_and_ends_on_sigterm(upstream_port: int):
    with server.running(upstream_port=upstream_port) as nginx:
        assert nginx.process.poll() is None
        nginx.process.send_signal(signal.SIGTERM)
        assert nginx.process.wait(timeout=5) == 0
        assert "[emerg]" not in nginx.error_log
