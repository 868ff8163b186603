import pytest
from cdk8s_plus_27 import k8s

from examx_constructs.pods import Mount, pod_template
from examx_constructs.settings import Duration, SettingError


def test_one_name_for_two_volumes_is_refused() -> None:
    def mount(claim: str) -> Mount:
        source = k8s.PersistentVolumeClaimVolumeSource(claim_name=claim)
        volume = k8s.Volume(name="media", persistent_volume_claim=source)
        return Mount(volume=volume, mount=k8s.VolumeMount(name="media", mount_path=f"/{claim}"))

    with pytest.raises(SettingError, match='volume is "media"; the name is taken by another volume of the pod'):
        pod_template(labels={}, containers=[], mounts=[mount("a"), mount("b")], grace_period=Duration("30s"))
    template = pod_template(labels={}, containers=[], mounts=[mount("a"), mount("a")], grace_period=Duration("30s"))
    assert isinstance(template.spec, k8s.PodSpec)
    assert template.spec.volumes is not None
    assert len(template.spec.volumes) == 1
