"""A `.env` of a branch's own: how it is given, and that nobody gets to see what it holds."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from examx_cli.features.env_file import LARGEST, EnvFile
from tests.process.cli.cluster.conftest import TestCluster
from tests.process.cli.features.conftest import Features
from tests.unit.cli.features.conftest import ME, SOURCE, feature
from tests.unit.cli.features.test_env_file import NEITHER, OPEN, SECRET


class TestReading:
    """Before the cluster is asked anything: these commands have none."""

    @pytest.fixture(autouse=True)
    def _no_cluster(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EXAMX_KUBECTL", "/nonexistent/kubectl")

    def refused(self, source: str, stdin: bytes | None = None) -> str:
        done = feature("up", "login", "--env-file", source, status=2, stdin=stdin)
        assert not done.stdout
        return done.stderr

    def test_a_file(self, tmp_path: Path) -> None:
        (file := tmp_path / "login.env").write_text(f"{SECRET}\nA='{SECRET}\n")
        assert self.refused(str(file)) == (
            f"error: {file} is no .env that can be used; nothing was done:\n"
            f"  line 1 {NEITHER}\n  line 2: the value of A {OPEN}\n"
        )

    def test_standard_input(self) -> None:
        assert self.refused("-", stdin=SECRET.encode()) == (
            f"error: standard input is no .env that can be used; nothing was done:\n  line 1 {NEITHER}\n"
        )
        assert self.refused("-", stdin=b"A=\xff" + SECRET.encode()) == "error: standard input is not UTF-8\n"

    def test_no_more_is_read_than_fits(self, tmp_path: Path) -> None:
        assert self.refused("/dev/zero") == "error: /dev/zero cannot be read: it is a device, no file\n"
        with (large := tmp_path / "large.env").open("wb") as stream:
            stream.truncate(10 << 30)
        assert "has more than 1048576 bytes: Kubernetes takes no larger Secret" in self.refused(str(large))
        # What is cut in the middle of a character is too large all the same.
        assert "has more than 1048576 bytes" in self.refused("-", stdin="ä".encode() * LARGEST)

    def test_what_can_not_be_read(self, tmp_path: Path) -> None:
        missing = tmp_path / "missing"
        assert self.refused(str(missing)) == f"error: {missing} cannot be read: No such file or directory\n"
        assert self.refused(str(tmp_path)) == f"error: {tmp_path} cannot be read: Is a directory\n"

    def test_a_sound_one_goes_on_to_the_cluster(self) -> None:
        assert "is not installed" in self.refused("-", stdin=f"A={SECRET}\n".encode())

    def test_in_a_workflow(self, workflow: Callable[[], dict[str, str]], tmp_path: Path) -> None:
        said = self.refused("-", stdin=f"A='{SECRET}\n{SECRET}".encode())
        assert said.startswith("::error::standard input is no .env that can be used; nothing was done:%0A  line 1: ")
        assert SECRET not in said
        assert workflow() == {}
        assert not (tmp_path / "summary").read_text()

    def test_of_ones_own_or_of_dev(self) -> None:
        done = feature("up", "login", "--env-file", "-", "--default-env", status=2, stdin=b"A=b")
        assert done.stderr == "error: --env-file and --default-env exclude each other: there is one .env\n"


def everything_but_the_secret(features: Features, tmp_path: Path) -> str:
    """All that a command leaves behind where others may look: the cluster, its arguments, the files of the step."""
    objects = {key: each for key, each in features.objects().items() if "|Secret|" not in key}
    files = [(tmp_path / name).read_text() for name in ("output", "summary")]
    return f"{objects} {features.cluster.calls} {files}"


class TestNobodySeesIt:
    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    CONTENT = f'export PLAIN={SECRET}\r\nQUOTED="{SECRET[::-1]}" # why\r\nDJANGO_DEBUG=False\r\n'.encode()
    SHOWN = (SECRET, SECRET[::-1], base64.b64encode(CONTENT).decode(), base64.b64encode(CONTENT).decode()[:16])

    def test_of_whoever_looks(self, features: Features, workflow: Callable[[], dict[str, str]], tmp_path: Path) -> None:
        wanted = features.wanted("login")
        arguments = ("--image", f"{SOURCE}:feat-login-1", "--owner", ME, "--env-file", "-")
        done = feature("up", wanted.branch, *arguments, stdin=self.CONTENT)
        secrets = [each for key, each in features.objects().items() if "|Secret|" in key]
        (kept,) = (each for each in secrets if ".env" in each["data"])
        assert base64.b64decode(kept["data"][".env"]) == self.CONTENT
        seen = done.output + everything_but_the_secret(features, tmp_path)
        assert workflow()["name"] == "feat-login"
        assert "env-file-" in seen
        assert not [form for form in self.SHOWN if form in seen]
        assert features.annotations(wanted)["examx.ai/foreign-secrets"] == f"{kept['metadata']['name']},viewer-key"
        assert "::warning::these of the .env have no effect, the environment's own win: DJANGO_DEBUG\n" in done.stderr

    def test_of_an_answer_that_shows_it(self, features: Features) -> None:
        features.cluster.wish("talkative", ["Secret"])
        wanted = features.wanted("login")
        arguments = ("--image", f"{SOURCE}:feat-login-1", "--owner", ME, "--env-file", "-")
        done = feature("up", wanted.branch, *arguments, stdin=self.CONTENT, status=2)
        name = EnvFile.of(self.CONTENT, "x").secret_name
        assert done.stderr.splitlines()[-1] == (
            f"error: the Secret {name} could not be made: what the cluster said shows a part of it"
        )
        assert not [form for form in self.SHOWN if form in done.output]
        assert not features.get(wanted, "Deployment", "examxv2-backend"), "no pod waits for it in vain"
