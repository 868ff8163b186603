"""The versions that rules judge by."""

import pytest

from examx_constructs.manifests.versions import KEDA, KUBERNETES, PINNED, Versions
from examx_constructs.settings import SettingError


@pytest.mark.parametrize("given", ["1.34", "v1.34", "1.34.4", "v1.34.4-eks-113cf36", "1.34.4+k3s1", " 1.34 "])
def test_a_version_may_be_written_as_tools_print_it(given: str):
    assert Versions(kubernetes=given) == PINNED


@pytest.mark.parametrize("given", ["", "1", "latest", "1.x", "2.17", "1.29", "1.38", "1.3.4", "1.34.4.1", "1.034"])
def test_what_is_no_version_of_kubernetes_is_refused(given: str):
    with pytest.raises(SettingError, match=r'version of Kubernetes is ".*"; it must be 1\.30 to 1\.37: rules know no'):
        Versions(kubernetes=given)


@pytest.mark.parametrize("given", ["2.16.1", "2.22", "1.34", "2"])
def test_what_is_no_version_of_keda_is_refused(given: str):
    with pytest.raises(SettingError, match=r'version of KEDA is ".*"; it must be 2\.17 to 2\.21'):
        Versions(keda=given)


def test_versions_are_ordered_as_numbers():
    assert [Versions(keda=each).keda_has("2.20") for each in KEDA] == [False, False, False, True, True]
    assert [Versions(kubernetes=each).kubernetes_has("1.35") for each in KUBERNETES] == [False] * 5 + [True] * 3
    assert Versions(kubernetes="1.37").kubernetes_has("1.4")
