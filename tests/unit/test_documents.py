"""The documents say what is: links lead somewhere, named commands exist. Their blocks: test_code_blocks.py."""

import re
from pathlib import Path

import pytest

import examx_constructs
from tests.blocks import DOCUMENTS as ALL
from tests.blocks import PROJECT
from tools.docs import DOCUMENTS, examples


@pytest.mark.parametrize("document", ALL, ids=lambda path: path.name)
def test_links_lead_to_files(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", ALL, ids=lambda path: path.name)
def test_make_commands_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for target in re.findall(r"`make ([a-z0-9-]+)", document.read_text(encoding="utf-8")):
        assert target in targets


def test_every_construct_has_an_example_with_its_yaml() -> None:
    code = "".join(each for document in DOCUMENTS for each in examples(document.read_text(encoding="utf-8")))
    values = {"ExamxChart", "Mount", "RedisConnection", "alerts_of", "rows_of"}
    assert [name for name in examx_constructs.__all__ if name not in values and f"{name}(" not in code] == []
