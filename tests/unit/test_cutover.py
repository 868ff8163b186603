"""The table of the cut-over says what becomes of every line of today's manifests."""

from collections import Counter
from pathlib import Path

import pytest

from tests.blocks import PROJECT
from tests.support import read_documents
from tools import cutover
from tools.cutover_lines import Line, lines

LEGACY = PROJECT.parent / "shared" / "legacy"


def _lines(environment: str) -> list[Line]:
    if not LEGACY.exists():
        pytest.skip("the manifests of today's deployment are not at hand")
    today, ours = (
        read_documents(file.read_text(encoding="utf-8"))
        for file in (LEGACY / f"{environment}.yaml", Path("dist") / f"{environment}.k8s.yaml")
    )
    return list(lines(today, ours))


def _row(line: Line) -> cutover.Row | None:
    return next((row for row in cutover.ROWS if row.speaks_for(line)), None)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_every_line_of_today_has_a_row(environment: str) -> None:
    found = _lines(environment)
    assert len(found) > 500
    assert [line for line in found if _row(line) is None] == []


def test_every_row_has_a_line() -> None:
    spoken_for = Counter(_row(line) for environment in ("dev", "prod") for line in _lines(environment))
    assert [row.today for row in cutover.ROWS if not spoken_for[row]] == []


def test_an_unknown_line_has_no_row() -> None:
    assert _row(Line("Deployment celery-worker-default", "spec.template.spec.hostNetwork", "True", None)) is None
    assert _row(Line("Secret a-key", "", "(the object)", None)) is None
