"""The files that a new contributor's tools read: each says what the Makefile and pyproject.toml say."""

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.process.packaging.conftest import PROJECT

CONFIGURATION = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())
HOOKS = [hook for repository in CONFIGURATION["repos"] for hook in repository["hooks"]]
MAKEFILE = (PROJECT / "Makefile").read_text()


def _lint() -> set[str]:
    """The commands of `make lint`, without the options that a hook for single files does without."""
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe
    return {line.removeprefix("\t@").removesuffix(" .").replace(" --check", "") for line in recipe[1].splitlines()}


def _hooked() -> set[str]:
    words = [shlex.split(hook["entry"].replace(" --force-exclude", "")) for hook in HOOKS]
    commands = [[word for word in each if word != "env" and not word.startswith("PATH=")] for each in words]
    return {" ".join([Path(command[0]).name, *command[1:]]) for command in commands}


def test_the_hooks_are_what_make_lint_runs() -> None:
    assert _hooked() == _lint()


def test_the_hooks_fetch_nothing() -> None:
    """A version that a hook brings would be another one than `make lint` has."""
    assert {hook["language"] for hook in HOOKS} == {"system"}


@pytest.mark.parametrize(("code", "failing"), [("x = 1\n", set()), ("import os\nx=1\n", {"ruff-format", "ruff-check"})])
def test_the_hooks_run(tmp_path: Path, code: str, failing: set[str]) -> None:
    for name in (".pre-commit-config.yaml", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    (tmp_path / ".gitignore").write_text(".venv\n")
    (tmp_path / "examx_cli").mkdir()
    (tmp_path / "examx_cli" / "code.py").write_text(f'"""A module."""\n\n{code}')
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    environment = {**os.environ, "PREK_HOME": str(tmp_path / ".git" / "prek")}
    failed = {
        hook
        for hook in ("ruff-check", "ruff-format")
        if subprocess.run(
            [PROJECT / ".venv" / "bin" / "prek", "run", hook, "--all-files"],
            cwd=tmp_path,
            env=environment,
            check=False,
            capture_output=True,
            timeout=60,
        ).returncode
    }
    assert failed == failing


def test_owners_are_of_what_is_there() -> None:
    lines = [line.split() for line in (PROJECT / ".github" / "CODEOWNERS").read_text().splitlines()]
    owned = {words[0]: words[1:] for words in lines if words and not words[0].startswith("#")}
    assert all(owners and all(owner.startswith("@") for owner in owners) for owners in owned.values())
    for path in owned:
        assert (PROJECT / path.strip("/")).exists(), f"CODEOWNERS names {path}, which is not there"
        assert path.endswith("/") is (PROJECT / path.strip("/")).is_dir()
    assert {"/examx_constructs/environments/", "/.github/", "/dist/", "/images.yaml"} <= owned.keys()


def test_lines_are_as_long_as_ruff_allows() -> None:
    ruff = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["ruff"]
    assert f"max_line_length = {ruff['line-length']}\n" in (PROJECT / ".editorconfig").read_text()


def test_the_dev_container_sets_up_what_the_makefile_has() -> None:
    text = (PROJECT / ".devcontainer" / "devcontainer.json").read_text()
    container = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    (target,) = re.findall(r"\bmake (\w+)", container["postCreateCommand"])
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)
    least = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    assert f":{least}-" in container["image"]


def test_each_fragment_of_the_changelog_has_a_type() -> None:
    """towncrier passes over a file whose name it does not know."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["towncrier"]
    types = "|".join(each["directory"] for each in settings["type"])
    for file in (PROJECT / "changes").iterdir():
        assert file.name == "README.md" or re.fullmatch(rf"(\d+|\+[\w-]+)\.({types})\.md", file.name), file.name
    assert settings["start_string"] in (PROJECT / settings["filename"]).read_text()
