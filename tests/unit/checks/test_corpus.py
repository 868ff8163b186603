"""Sound manifests as other teams write them raise no alarm: each set whole, each file alone, and all of them at once.

A set is in a folder of `corpus`. That is what Helm and kustomize render, operators' custom resources, a control plane's
own pods, databases, brokers, meshes, rights and volumes. It is also parts of applications whose rest is elsewhere.
"""

from collections import Counter
from pathlib import Path

import pytest

from examx_constructs.checks import check, load
from examx_constructs.checks.finding import Severity

CORPUS = Path(__file__).parent / "corpus"
SETS = sorted(each.name for each in CORPUS.iterdir())
# A patch is no part of a set by itself.
FILES = sorted(
    each.relative_to(CORPUS) for each in CORPUS.rglob("*.*") if each.is_file() and "overlays" not in each.parts
)
FEWEST = 230

# What is told and fails nothing: advice that these sets do not follow, and what only the rest of a set could show.
ELSEWHERE = "reference-is-in-these-manifests"
WARNINGS = {
    "apps": {ELSEWHERE: 2},
    "celery": {"celery-liveness-spares-broker": 1, ELSEWHERE: 1},
    "data": {ELSEWHERE: 1},
    "helm-store": {"scratch-space-is-requested": 1, ELSEWHERE: 1},
    "keda": {ELSEWHERE: 1},
    "network": {ELSEWHERE: 1},
    "partial": {"trigger-server-exists": 1, ELSEWHERE: 5},
}


def test_the_corpus_is_large_and_has_many_kinds() -> None:
    kinds = Counter(each.kind for each in load(CORPUS))
    assert kinds.total() >= FEWEST
    assert len(kinds) > FEWEST // 4


@pytest.mark.parametrize("name", SETS)
def test_a_sound_set_has_no_finding(name: str) -> None:
    findings = check(load(CORPUS / name))
    assert [str(each) for each in findings if each.severity is Severity.ERROR] == []
    assert Counter(each.rule for each in findings) == WARNINGS.get(name, {})


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_part_of_a_set_has_no_error(file: Path) -> None:
    assert [str(each) for each in check(load(CORPUS / file)) if each.severity is Severity.ERROR] == []


def test_all_sets_at_once_have_no_error() -> None:
    assert [str(each) for each in check(load(CORPUS)) if each.severity is Severity.ERROR] == []
