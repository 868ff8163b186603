"""The code blocks of documents that start a process: Python, and what asks a program of .venv."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.blocks import PROJECT, Block
from tests.unit.test_code_blocks import BLOCKS, LANGUAGES, carried_out, generated, starts_process


@pytest.mark.parametrize("block", [block for block in BLOCKS if starts_process(block)], ids=str)
def test_block(block: Block, tmp_path: Path) -> None:
    run = {**LANGUAGES, "python": python}
    assert block.language in run, f"no test knows blocks of the language {block.language!r}: {block}"
    run[block.language](block, tmp_path)


def python(block: Block, _folder: Path) -> None:
    if generated(block) or carried_out(block):
        return
    if (of := block.path or "").startswith("examples/"):
        # test_example_shop.py runs the whole of it.
        assert block.body in (PROJECT / of).read_text(encoding="utf-8")
        return
    path = os.pathsep.join(map(str, [PROJECT, PROJECT / "application"]))
    # What a pod of the application has.
    pod = {"REDIS_URL": "redis://redis:6379/0", "DJANGO_SETTINGS_MODULE": "django.conf.global_settings"}
    environment = {**os.environ, **pod, "PYTHONPATH": path}
    command = [sys.executable, "-W", "error", "-c", block.text]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
