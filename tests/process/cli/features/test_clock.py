"""What expires does so by the API server's clock, whatever this machine's says."""

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from examx_cli.errors import CommandError
from examx_cli.features import lifetime
from examx_cli.features.clock import Clock
from examx_cli.kubectl import Kubectl
from tests.process.cli.cluster.conftest import TestCluster
from tests.process.cli.features.conftest import Features
from tests.unit.cli.features.conftest import DEV_IMAGE, ME, feature

FAR = timedelta(days=400)
EXPIRES = "examx.ai/expires"


def _away(monkeypatch: pytest.MonkeyPatch, away: timedelta) -> None:
    """Set this machine's clock wrong."""
    monkeypatch.setattr(lifetime, "now", lambda: datetime.now(UTC).replace(microsecond=0) + away)


class TestThisMachineIsWrong:
    def test_ahead_nothing_is_reaped_that_has_time_yet(
        self, features: Features, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        login = features.add("login", left=timedelta(days=3))
        over = features.add("over", left=-timedelta(hours=1))
        _away(monkeypatch, FAR)
        done = feature("reap", "--yes", "--json", "--timeout", "60s")
        # In a cluster of others too, those that are being removed already are waited for as well.
        assert over.slug.name in json.loads(done.stdout)["removed"]
        assert "this machine's clock is 400d 0h ahead of the API server's, which is the one that counts" in done.stderr
        assert login.slug.name not in json.loads(done.stdout)["removed"]
        assert features.namespace(login)

    def test_behind_what_is_over_is_reaped(self, features: Features, monkeypatch: pytest.MonkeyPatch) -> None:
        over = features.add("over", left=-timedelta(hours=1))
        _away(monkeypatch, -FAR)
        done = feature("reap", "--yes", "--json", "--timeout", "60s")
        # In a cluster of others too, those that are being removed already are waited for as well.
        assert over.slug.name in json.loads(done.stdout)["removed"]
        assert "400d 0h behind the API server's" in done.stderr

    @pytest.mark.parametrize("away", [FAR, -FAR])
    def test_time_is_given_and_told_by_the_server(
        self, features: Features, monkeypatch: pytest.MonkeyPatch, away: timedelta
    ) -> None:
        login = features.add("login", left=timedelta(hours=5))
        _away(monkeypatch, away)
        assert "(5d 0h)" in feature("extend", login.branch, "--for", "5d").stdout
        left = datetime.fromisoformat(features.annotations(login)[EXPIRES]) - datetime.now(UTC)
        assert timedelta(days=4, hours=23) < left <= timedelta(days=5, minutes=1)
        assert "4d 23h" in feature("list").stdout or "5d 0h" in feature("list").stdout
        assert "no feature environments" in feature("list", "--expired").stderr

    def test_a_new_one_lives_as_long_as_it_is_told(self, features: Features, monkeypatch: pytest.MonkeyPatch) -> None:
        login = features.wanted("login")
        _away(monkeypatch, FAR)
        feature("up", login.branch, "--image", str(DEV_IMAGE), "--owner", ME, "--for", "2d")
        left = datetime.fromisoformat(features.annotations(login)[EXPIRES]) - datetime.now(UTC)
        assert timedelta(days=1, hours=22) < left <= timedelta(days=2, minutes=1)

    def test_right_ones_are_not_spoken_of(self, features: Features) -> None:
        features.add("login")
        assert "clock" not in feature("list").stderr


class TestTheServerDoesNotSay:
    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    @pytest.mark.parametrize(
        "date", ["", "yesterday", "Sat, 99 Jan 2028 00:00:00 GMT", "Sat, 01 Jan 0000 00:00:00 GMT"]
    )
    def test_nothing_is_decided(self, features: Features, cluster: TestCluster, date: str) -> None:
        over = features.add("over", left=-timedelta(hours=1))
        cluster.wish("date", date)
        before = features.objects()
        for command in (
            ("reap", "--yes"),
            ("extend", over.branch),
            ("up", over.branch, "--image", str(DEV_IMAGE), "--owner", ME),
        ):
            said = feature(*command, status=2).stderr
            assert "what time it is for the API server is not known" in said
            assert "Traceback" not in said
        assert features.objects() == before

    def test_but_one_may_look(self, features: Features, cluster: TestCluster) -> None:
        features.add("login")
        cluster.wish("date", "")
        done = feature("list")
        assert "2d 23h" in done.stdout or "3d 0h" in done.stdout
        assert "this machine's clock is taken" in done.stderr


class _Answers(BaseHTTPRequestHandler):
    moment = datetime(2028, 1, 1, tzinfo=UTC)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.moment, usegmt=True)

    def do_GET(self) -> None:
        content = b'{"gitVersion": "v1.33.4"}'
        self.send_response(200 if self.path == "/version" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


def _versions() -> list[str]:
    """The kubectl of this machine; each version writes its log in its own way."""
    found = [shutil.which("kubectl"), *(shutil.which(f"kubectl.1.{minor}") for minor in range(27, 40))]
    beside = Path(found[0]).resolve().parent.glob("kubectl.1.*") if found[0] else ()
    return sorted({str(Path(each).resolve()) for each in (*found, *beside) if each})


@pytest.mark.skipif(not _versions(), reason="this machine has no kubectl")
@pytest.mark.parametrize("binary", _versions(), ids=lambda path: Path(path).name)
def test_every_kubectl_shows_the_date_of_an_answer(
    server: str, binary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/dev/null")
    wrapper = tmp_path / "kubectl"
    wrapper.write_text(f'#!/bin/sh\nexec {binary} --server={server} "$@"\n')
    wrapper.chmod(0o755)
    now = Clock.of(Kubectl(binary=str(wrapper))).now()
    assert timedelta() <= now - _Answers.moment < timedelta(minutes=1)


def test_a_clock_goes_on_whatever_the_machines_does(played: TestCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock.of(Kubectl())
    before = clock.now()
    _away(monkeypatch, FAR)
    assert clock.now() - before < timedelta(minutes=1)


def test_what_kubectl_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text("#!/bin/sh\necho 'I1128 log of much' >&2\necho 'error: no such host' >&2\nexit 1\n")
    kubectl.chmod(0o755)
    with pytest.raises(CommandError) as refused:
        Clock.of(Kubectl(binary=str(kubectl)))
    assert str(refused.value) == "what time it is for the API server is not known: error: no such host"
