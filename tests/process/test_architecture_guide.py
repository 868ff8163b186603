"""docs/architecture.md: what it tells to do is done to the letter, in a copy, and has the results that it tells of."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.blocks import GUIDE, PROJECT, Block, section
from tests.support import Manifest, holds, one, read_documents, read_yaml

NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", ".hypothesis", ".*_cache", "build", "node_modules", "__pycache__")


class Copy:
    """A copy of the project, in which the blocks of the guide are carried out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def carry_out(self, blocks: Sequence[Block]) -> None:
        """Write the files and make the changes."""
        for block in blocks:
            if block.path and block.language == "python":
                assert not self._file(block.path).exists(), block.path
                self._file(block.path).write_text(block.body, encoding="utf-8")
            elif block.path and block.language == "diff":
                text = self.read(block.path)
                for hunk in block.body.split("@@\n"):
                    text = changed(text, hunk)
                self._file(block.path).write_text(text, encoding="utf-8")

    def run(self, *command: str, status: int = 0) -> str:
        """What a module or a file of the copy prints."""
        done = subprocess.run(
            [sys.executable, *command], cwd=self._folder, check=False, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def test(self, *arguments: str, status: int = 0) -> str:
        """What tests of the copy print."""
        return self.run("-m", "pytest", "--numprocesses=0", "-p", "no:cacheprovider", *arguments, status=status)

    def lint(self, blocks: Sequence[Block]) -> None:
        """What is written is in the style of the project, and in its layers."""
        touched = [block.path for block in blocks if block.path and block.path.endswith(".py")]
        self.run("-m", "ruff", "check", "--no-cache", *touched)
        self.run("-m", "ruff", "format", "--no-cache", "--check", *touched)
        self.run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")

    def read(self, path: str) -> str:
        return self._file(path).read_text(encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        self._file(path).write_text(self.read(path) + text, encoding="utf-8")

    def rendered(self, path: str) -> list[Manifest]:
        return read_documents(self.read(path))

    def _file(self, path: str) -> Path:
        return self._folder / path


def changed(text: str, hunk: str) -> str:
    """A text after one hunk of a diff, whose context must be there once."""
    lines = [(line[:1], line[1:]) for line in hunk.splitlines()]
    old = "".join(f"{line}\n" for sign, line in lines if sign != "+")
    assert text.count(old) == 1, f"{text.count(old)} times in the file:\n{old}"
    return text.replace(old, "".join(f"{line}\n" for sign, line in lines if sign != "-"))


def assert_shown(copy: Copy, blocks: Sequence[Block]) -> None:
    """The YAML of the guide is in the manifests that it names."""
    shown = [block for block in blocks if block.language == "yaml" and block.path]
    assert shown
    for block in shown:
        part = read_yaml(block.body)
        assert any(holds(each, part) for each in copy.rendered(block.path or "")), block


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    shutil.copytree(PROJECT, tmp_path / "copy", ignore=NOT_COPIED)
    return Copy(tmp_path / "copy")


def test_the_way_of_a_figure() -> None:
    assert_shown(Copy(PROJECT), section(GUIDE, "The way of a figure"))


def test_add_a_queue(copy: Copy) -> None:
    blocks = section(GUIDE, "Add a queue")
    copy.carry_out(blocks)
    copy.lint(blocks)
    copy.run("-O", "main.py")
    assert_shown(copy, blocks)
    worker = one(copy.rendered("dist/dev.k8s.yaml"), "Deployment", "celery-report-export-worker")["spec"]["template"]
    assert worker["spec"]["terminationGracePeriodSeconds"] == 630
    assert worker["spec"]["containers"][0]["command"][-2:] == ["-Q", "report_export"]
    one(copy.rendered("dist/prod.k8s.yaml"), "PodDisruptionBudget", "celery-report-export-worker")
    forgotten = copy.run("-m", "examx_cli", "validate")
    for file in ("KEDA_CONFIGURATION.md", "application/examx_celery.py"):
        assert (
            f"{file}: warning: the file is not what the code writes now; allowed: what `make update` writes"
            in forgotten
        )
    copy.run("-m", "tools.docs")
    assert '"report_export": 600,' in copy.read("application/examx_celery.py")


def test_add_an_environment(copy: Copy) -> None:
    blocks = section(GUIDE, "Add an environment")
    copy.carry_out(blocks)
    copy.lint(blocks)
    copy.run("-O", "main.py")
    assert_shown(copy, blocks)
    assert "uat.examx.co" in copy.run("-m", "examx_cli", "env", "list", "--json")
    copy.test("tests/unit/environments/test_manifests.py", "-k", "uat", "--snapshot-update")


def test_add_a_construct(copy: Copy) -> None:
    blocks = section(GUIDE, "Add a construct")
    copy.carry_out(blocks)
    copy.lint(blocks)
    copy.test("tests/unit/constructs/test_external.py", "--snapshot-update")
    copy.test("tests/unit/constructs/test_external.py", "tests/unit/test_public_surface.py")
    shown = ("tests/unit/test_documents.py", "-k", "every_construct or constructs.md")
    assert "['ExternalName'] == []" in copy.test(*shown, status=1)
    *_, example, output = blocks
    example_part = f"\n<!-- example -->\n```python\n{example.text}```\n\n<!-- output -->\n<!-- /output -->\n"
    copy.append("docs/constructs.md", example_part)
    copy.run("-m", "tools.docs")
    assert copy.read("docs/constructs.md").endswith(f"<!-- output -->\n```yaml\n{output.text}```\n<!-- /output -->\n")
    copy.test(*shown)


def test_add_a_check(copy: Copy) -> None:
    blocks = section(GUIDE, "Add a check")
    *rule, cases = [block for block in blocks if block.path]
    of_the_rule = (
        "tests/unit/checks/test_rules.py",
        "tests/unit/checks/test_elsewhere.py",
        "-k",
        "working-dir or elsewhere",
    )
    copy.carry_out(rule)
    assert "set() == {False, True}" in copy.test(*of_the_rule, status=1)
    copy.carry_out([cases])
    copy.lint(blocks)
    copy.test(*of_the_rule)
    assert copy.run("-m", "examx_constructs.checks", "dist").endswith(" 0 findings\n")
    assert "working-directory-is-absolute" in copy.run("-m", "examx_constructs.checks", "--list")
