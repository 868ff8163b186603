"""The threat model names what is there: files, tests, rules, settings; every attack has what its table asks for."""

import re
from functools import cache

import pytest

from examx_cli.doctor.aws import SETTINGS as AWS
from examx_cli.doctor.examination import PRECONDITIONS
from examx_cli.doctor.hub import SETTINGS as GITHUB
from examx_constructs.checks import RULES
from tests.blocks import PROJECT

PAGE = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
SPANS = re.findall(r"`([^`\n]+)`", PAGE)
ROOMS = ("tests/", "examx_constructs/", "examx_cli/", "tools/", "docs/", ".github/", ".ci/", "application/")
PATHS = sorted({span for span in SPANS if span.startswith(ROOMS)})
ATTACKS = PAGE[PAGE.index("## What was tried") : PAGE.index("## What held")]
ROWS = [line for line in ATTACKS.splitlines() if line.startswith("| ") and not line.startswith("| attack tried |")]


@cache
def names_in(path: str) -> frozenset[str]:
    """The tests of a file, or of all files of a folder."""
    place = PROJECT / path
    files = sorted(place.rglob("test_*.py")) if place.is_dir() else [place]
    return frozenset(
        name
        for file in files
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    )


@pytest.mark.parametrize("path", PATHS)
def test_every_file_that_is_named_is_there(path: str) -> None:
    assert (PROJECT / path).exists()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:60])
def test_every_test_that_is_named_is_in_a_file_of_its_row(row: str) -> None:
    spans = re.findall(r"`([^`]+)`", row)
    known = {name for span in spans if span.startswith("tests/") for name in names_in(span)}
    assert {span for span in spans if span.startswith("test_")} <= known


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:60])
def test_every_attack_has_what_holds_it_what_is_left_and_a_command(row: str) -> None:
    cells = [each.strip() for each in re.split(r"(?<!\\)\|", row)[1:-1]]
    assert len(cells) == 4, row
    assert all(cells), row
    _, holds, _, command = cells
    assert "`" in holds, "a file or a test"
    assert re.search(r"`(make|examx) ", command), "a command"
    held = [span for span in re.findall(r"`([^`]+)`", row) if span.startswith(ROOMS) or span.startswith("test_")]
    assert held, "a file or a test that is there"


def test_every_part_that_was_attacked_has_rows() -> None:
    parts = re.split(r"^### ", ATTACKS, flags=re.MULTILINE)[1:]
    assert [part.splitlines()[0] for part in parts] == [
        "The way in",
        "Inside the cluster",
        "Those who deploy",
        "Git, GitHub and AWS",
    ]
    assert all(sum(line in ROWS for line in part.splitlines()) >= 4 for part in parts)
    assert "<!--" not in PAGE, "nothing is left to be written"


def test_the_lines_of_doctor_that_are_named_are_its_own() -> None:
    left = PAGE[PAGE.index("## What is left") : PAGE.index("## When something")]
    known = {each.what for each in (*PRECONDITIONS, *AWS, *GITHUB)} | {each.topic for each in (*AWS, *GITHUB)}
    named = [line for row in left.splitlines() for line in re.findall(r"(?<!\*)\*([^*|]+)\*(?!\*)", row)]
    assert len(named) > 10
    for each in named:
        assert any(each == one or (each.startswith("… ") and one.endswith(each[2:])) for one in known), each


def test_the_rules_that_are_named_are_there() -> None:
    rules = {each.id for each in RULES}
    named = {span for span in SPANS if re.fullmatch(r"(?:alb|egress|redis|network)(?:-[a-z]+){2,}", span)}
    assert named - {"redis-auth"} <= rules
    assert "egress-spares-instance-metadata" in named
