"""Who changes a figure of an environment changes it in figures.yaml too, and nowhere else."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

PROJECT = Path(__file__).parents[3]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", ".hypothesis", ".*_cache", "build", "node_modules", "__pycache__")
FOLDER = Path("examx_constructs/environments")
CHANGES = (
    # Replicas, memory, CPU, slots, tasks, a length, and two durations.
    ("prod.py", r" replicas=Replicas\.between\(\d+, (\d+)\),\n +metrics_path", -2, "prod / backend replicas"),
    ("prod.py", r'worker_resources=Resources\.of\(.*"(\d+)Gi"\)', -1, "prod / worker resources"),
    ("stg.py", r'beat_resources=Resources\.of\(.*"(\d+)", "\d+Gi"\)', 1, "stg / beat resources"),
    ("prod.py", r"gevent_concurrency=(\d+)", 20, "prod / concurrency / default"),
    (
        "prod.py",
        r'"default": levels\.default\(Duration\("\d+s"\), StandardBurst\(tasks=(\d+)',
        -100,
        "prod / service levels / default",
    ),
    (
        "shared.py",
        r'name="question_enrichment",(?:\n.+)*?\n +list_length=(\d+)',
        -1,
        "every environment / list length / question_enrichment",
    ),
    (
        "shared.py",
        r'name="bulk_upload",(?:\n.+)*?\n +longest_task=Duration\("(\d+)s"\)',
        -60,
        "every environment / longest task / bulk_upload",
    ),
    (
        "shared.py",
        r'name="default",(?:\n.+)*?\n +cooldown=Duration\("(\d+)s"\)',
        30,
        "every environment / polling and cooldown / default",
    ),
)
"""The file, where the figure is in it, what is added to it, and the key in figures.yaml."""
OF_FIGURES = ("test_figures", "test_service_levels")
"""The tests that read figures.yaml."""
OF_THEIR_OWN = ("settings", "schemas", "checks", "manifests")
"""Folders of tests that make every object themselves."""


@pytest.mark.long
def test_only_the_tests_of_figures_fail(tmp_path: Path) -> None:
    """Figures of several kinds are changed in a copy, which is brought up to date as `make update` does it.

    Then it runs what `make check` runs, but for folders whose tests make every object themselves.
    """
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT, copy, ignore=NOT_COPIED)
    run(copy, "git", "init", "--quiet")
    run(copy, "git", "add", "--all")
    for name, pattern, more, _ in CHANGES:
        change(copy / FOLDER / name, pattern, more)
    run(copy, sys.executable, "-O", "main.py")
    run(copy, sys.executable, "-m", "tools.docs")
    run(copy, *PYTEST, "--snapshot-update", "-m", "snapshot", "tests/unit/environments", "tests/unit/features")

    ignored = [f"--ignore=tests/unit/{each}" for each in OF_THEIR_OWN]
    run(copy, *PYTEST, "--junitxml=report.xml", "tests/unit", *ignored, status=1)

    failed = failures(copy / "report.xml")
    assert {test for test, _ in failed} == {f"tests.unit.environments.{each}" for each in OF_FIGURES}, failed
    assert all(NAMED.match(said) for _, said in failed), failed
    assert {key for *_, key in CHANGES} <= {found[1] for _, said in failed if (found := NAMED.match(said))}


PYTEST = (sys.executable, "-m", "pytest", "--numprocesses=2", "-p", "no:cacheprovider")
NAMED = re.compile(
    r"AssertionError: tests/unit/environments/figures\.yaml: (?P<key>.*?) is .*?, and \w+ renders .*: edit one of both"
)


def change(file: Path, pattern: str, more: int) -> None:
    """Add something to a figure that is there once."""
    text = file.read_text(encoding="utf-8")
    [found] = re.finditer(pattern, text)
    figure = int(found[1]) + more
    assert figure > 0
    file.write_text(f"{text[: found.start(1)]}{figure}{text[found.end(1) :]}", encoding="utf-8")


def failures(report: Path) -> list[tuple[str, str]]:
    """The module of each test that failed, and the first line of what it says."""
    cases = [each for each in ElementTree.parse(report).iter("testcase") if each.find("error") is None]
    broken = [each for each in ElementTree.parse(report).iter("testcase") if each.find("error") is not None]
    assert not broken, [each.get("name") for each in broken]
    return [
        (each.get("classname", ""), (failure.get("message") or "").splitlines()[0])
        for each in cases
        if (failure := each.find("failure")) is not None
    ]


def run(folder: Path, *command: str, status: int = 0) -> None:
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=1800)
    assert done.returncode == status, done.stdout[-4000:] + done.stderr[-4000:]
