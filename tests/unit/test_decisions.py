"""Each decision says when it was made, and whether it still holds."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "decisions.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")][1:]
ENTRIES = re.findall(r"^- \*\*.*\n(?:  .*\n)*", TEXT, re.MULTILINE)
STATUS = r"in force|on trial|replaced by \S.*"


@pytest.mark.parametrize(
    ("decision", "pattern"),
    [
        *((row, rf"\| (\d{{4}}-\d\d-\d\d) \| (?:{STATUS}) \|$") for row in ROWS),
        *((entry, rf"\n  \*Decided (\d{{4}}-\d\d-\d\d); (?:{STATUS})\.\*\n$") for entry in ENTRIES),
    ],
)
def test_it_has_a_day_and_a_status(decision: str, pattern: str) -> None:
    found = re.search(pattern, decision)
    assert found, f"docs/decisions.md: the day and the status are missing: {decision[:60]}"
    assert date(2026, 11, 1) <= date.fromisoformat(found[1]) <= datetime.now(UTC).date()


def test_all_of_them_are_looked_at() -> None:
    assert len(ROWS) >= 10
    assert len(ENTRIES) == len(re.findall(r"^- ", TEXT, re.MULTILINE)) >= 30
