"""What runs in a cluster."""

import pytest

from examx_constructs.manifests import Versions
from examx_constructs.settings import ClusterVersions
from tests.unit.settings.support import refusal


def test_the_usual_versions_are_those_that_rules_take_without_a_word() -> None:
    usual, judged = ClusterVersions(), Versions()
    assert (usual.kubernetes, usual.keda, usual.annotations) == (judged.kubernetes, judged.keda, {})


@pytest.mark.parametrize("given", ["1.29", "1.38", "v1.34", "1.34.4", "", "2.17", "latest"])
def test_a_kubernetes_that_rules_do_not_know_is_refused(given: str) -> None:
    said = refusal(lambda: ClusterVersions(kubernetes=given))
    assert said == f'ClusterVersions.kubernetes is "{given}"; it must be a minor version of Kubernetes, 1.30 to 1.37'


@pytest.mark.parametrize("given", ["2.16", "2.22", "2.17.2", "1.34"])
def test_a_keda_that_rules_do_not_know_is_refused(given: str) -> None:
    said = refusal(lambda: ClusterVersions(keda=given))
    assert said == f'ClusterVersions.keda is "{given}"; it must be a minor version of KEDA, 2.17 to 2.21'


def test_a_number_is_no_version() -> None:
    assert refusal(lambda: ClusterVersions(keda=2.2)) == "ClusterVersions.keda is 2.2; it must be str"
