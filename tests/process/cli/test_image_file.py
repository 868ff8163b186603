"""images.yaml as other processes find it."""

import ast
import os
import subprocess
import sys
from pathlib import Path

from examx_cli.images import set_image
from tests.unit.cli.test_image import CONTENT, DIGEST, NEW, PROJECT, REPOSITORY, file, project

__all__ = ["file", "project"]


READER = """
import pathlib, sys
file, stop, seen = pathlib.Path("images.yaml"), pathlib.Path("stop"), {}
print("ready", flush=True)
while not stop.exists():
    content = file.read_bytes()
    seen[content] = seen.get(content, 0) + 1
print(seen)
"""


def test_a_reader_never_finds_half_a_file(file: Path, project: Path) -> None:
    # Of different lengths, and long: a file written in place would be seen cut.
    filler = "# filler\n" * 500
    file.write_text(CONTENT + filler)
    images = [f"{REPOSITORY}:dev-1", f"{NEW}@{DIGEST}"]
    whole = {(CONTENT + filler).replace(images[0], image).encode() for image in images}
    with subprocess.Popen([sys.executable, "-c", READER], cwd=project, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout
        assert reader.stdout.readline() == "ready\n"
        for turn in range(1, 21):
            assert set_image(file, "dev", images[turn % 2])
        (project / "stop").touch()
        seen = ast.literal_eval(reader.stdout.read())
    assert set(seen) <= whole
    assert sum(seen.values()) > 1


# A process of its own, because root may write anywhere, and who gave root up cannot take it back.
WRITER = """
import os, sys
from pathlib import Path
from examx_cli.errors import CommandError
from examx_cli.images import set_image
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
try:
    set_image(Path("images.yaml"), "dev", sys.argv[1])
except CommandError as error:
    sys.exit(str(error))
"""


def test_a_folder_that_is_read_only_keeps_its_file(file: Path, project: Path) -> None:
    project.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", WRITER, NEW],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    project.chmod(0o755)
    assert done.stderr == "images.yaml cannot be written: Permission denied; it is as it was\n"
    assert file.read_text() == CONTENT


def test_as_a_program(file: Path, project: Path) -> None:
    def examx(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "examx_cli", "image", *arguments],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    done = examx("set", "dev", NEW)
    assert (done.returncode, done.stderr) == (0, "")
    assert file.read_text() == CONTENT.replace(f"{REPOSITORY}:dev-1", NEW)
    refused = examx("set", "prod", NEW)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert 'it must start with "prod-"' in refused.stderr
