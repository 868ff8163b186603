"""A sound set of manifests that this project did not make raises no alarm."""

from pathlib import Path

from examx_constructs.checks import check, load
from examx_constructs.checks.finding import Severity

ELSEWHERE = Path(__file__).parent / "elsewhere"


def test_sound_manifests_from_elsewhere_have_no_findings():
    manifests = load(ELSEWHERE)
    assert len(manifests) == 38
    findings = check(manifests)
    assert [str(finding) for finding in findings if finding.severity is Severity.ERROR] == []
    # Others do without readiness probes and keep their Secrets apart, and it is told: of Secrets once for each file.
    assert {finding.rule for finding in findings} == {"served-pod-says-when-ready", "reference-is-in-these-manifests"}
    files = [finding.file for finding in findings if finding.rule == "reference-is-in-these-manifests"]
    assert len(files) == len({*files}) == 5
