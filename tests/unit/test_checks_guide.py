"""docs/checks.md: what it shows is what the checks print, and its waiver accepts what it says."""

from pathlib import Path

import pytest

from examx_constructs.checks.__main__ import main
from examx_constructs.checks.waiver_files import FILE_NAME
from tests.blocks import PROJECT, blocks

BLOCKS = list(blocks(PROJECT / "docs" / "checks.md"))
MANIFEST, PRINTED = (block for block in BLOCKS if block.marker == "checked")
(WAIVERS,) = (block for block in BLOCKS if block.language == "toml")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "web.yaml").write_text(MANIFEST.text, encoding="utf-8")


def test_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["web.yaml"]) == 1
    assert capsys.readouterr().out == PRINTED.text


def test_the_waiver(capsys: pytest.CaptureFixture[str]) -> None:
    # That it is over one day is another test's.
    text = "".join(line for line in WAIVERS.text.splitlines(keepends=True) if not line.startswith("expires"))
    Path(FILE_NAME).write_text(text, encoding="utf-8")
    assert main(["web.yaml"]) == 1
    assert capsys.readouterr().out.endswith("1 object, 1 finding: 1 error; 1 waived\n")
