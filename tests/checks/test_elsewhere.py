"""A sound set of manifests that this project did not make raises no alarm."""

from pathlib import Path

from examx_constructs.checks import check, load

ELSEWHERE = Path(__file__).parent / "elsewhere"


def test_sound_manifests_from_elsewhere_have_no_findings():
    manifests = load(ELSEWHERE)
    assert len(manifests) == 38
    assert [str(finding) for finding in check(manifests)] == []
