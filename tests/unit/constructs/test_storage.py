import pytest
from attrs import evolve
from cdk8s import App, Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import EfsDirectory, EfsProvisioner, EfsStorage
from examx_constructs.settings import EfsClaim, EfsStorageClass, EfsVolume, Quantity, SettingError
from tests.support import one, synth
from tests.unit.constructs.conftest import VOLUME

STORAGE_CLASS = EfsStorageClass(name="team-a-efs", file_system="fs-00000000000000001")
CLAIM = EfsClaim(storage_class="team-a-efs", capacity=Quantity("1Gi"))


def test_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    EfsStorage(chart, "media", volume=VOLUME)
    assert synth(chart) == snapshot


def test_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    volume = evolve(
        VOLUME,
        path="/media",
        access_point="fsap-0123456789abcdef0",
        name="team-a-media",
        storage_class="standard",
        provisioner=evolve(STORAGE_CLASS, base_path="/a"),
    )
    EfsStorage(chart, "media", volume=volume, claim_name="media")
    assert synth(chart) == snapshot


@pytest.mark.parametrize("volume", [VOLUME, evolve(VOLUME, storage_class="standard", provisioner=STORAGE_CLASS)])
def test_volume_and_claim_are_pinned_to_each_other(chart: Chart, volume: EfsVolume) -> None:
    EfsStorage(chart, "media", volume=volume)
    manifests = synth(chart)
    persistent_volume, claim = one(manifests, "PersistentVolume"), one(manifests, "PersistentVolumeClaim")
    assert claim["spec"]["volumeName"] == persistent_volume["metadata"]["name"] == "team-a-examxv2-backend-pv"
    assert persistent_volume["spec"]["claimRef"]["name"] == claim["metadata"]["name"]
    assert persistent_volume["spec"]["claimRef"]["namespace"] == claim["metadata"]["namespace"]
    assert persistent_volume["spec"]["storageClassName"] == claim["spec"]["storageClassName"]


def test_a_bound_volume_keeps_its_name_its_class_and_its_source(chart: Chart) -> None:
    EfsStorage(chart, "media", volume=evolve(VOLUME, name="dev-examxv2-backend-pv", storage_class="standard"))
    manifests = synth(chart)
    volume, claim = one(manifests, "PersistentVolume"), one(manifests, "PersistentVolumeClaim")
    assert claim["spec"]["volumeName"] == volume["metadata"]["name"] == "dev-examxv2-backend-pv"
    assert claim["spec"]["storageClassName"] == volume["spec"]["storageClassName"] == "standard"
    assert volume["spec"]["csi"] == {"driver": "efs.csi.aws.com", "volumeHandle": VOLUME.file_system}


def test_cluster_scoped_objects_are_in_no_namespace(chart: Chart) -> None:
    EfsStorage(chart, "media", volume=evolve(VOLUME, provisioner=STORAGE_CLASS))
    for kind in ("PersistentVolume", "StorageClass"):
        assert "namespace" not in one(synth(chart), kind)["metadata"]


def test_nothing_is_deleted_with_its_claim(chart: Chart) -> None:
    EfsStorage(chart, "media", volume=evolve(VOLUME, provisioner=STORAGE_CLASS))
    manifests = synth(chart)
    assert one(manifests, "PersistentVolume")["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert one(manifests, "StorageClass")["reclaimPolicy"] == "Retain"


def test_a_claim_reference_needs_a_namespace() -> None:
    with pytest.raises(SettingError, match=r"Chart\.namespace is None; it must be given: EfsStorage"):
        EfsStorage(Chart(App(), "chart"), "media", volume=VOLUME)


def test_directory_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    EfsDirectory(chart, "media", claim=CLAIM)
    assert synth(chart) == snapshot


def test_directory_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    settings = evolve(STORAGE_CLASS, temporary=True, base_path="/a", directory_permissions="750")
    EfsProvisioner(chart, "class", settings=settings)
    EfsDirectory(chart, "media", claim=CLAIM, claim_name="media")
    assert synth(chart) == snapshot


def test_a_directory_is_claimed_without_anything_of_the_cluster(chart: Chart) -> None:
    EfsDirectory(chart, "media", claim=CLAIM)
    (claim,) = synth(chart)
    assert claim["metadata"]["namespace"] == "team-a"
    assert claim["spec"]["storageClassName"] == CLAIM.storage_class
    assert "volumeName" not in claim["spec"]


def test_only_a_temporary_class_deletes_and_it_says_so(chart: Chart) -> None:
    EfsProvisioner(chart, "kept", settings=STORAGE_CLASS)
    EfsProvisioner(chart, "temporary", settings=evolve(STORAGE_CLASS, name="team-a-tmp", temporary=True))
    kept, temporary = synth(chart)
    assert (kept["reclaimPolicy"], temporary["reclaimPolicy"]) == ("Retain", "Delete")
    assert "annotations" not in kept["metadata"]
    assert temporary["metadata"]["annotations"] == {"examx.ai/temporary": "true"}
    assert temporary["parameters"]["subPathPattern"] == "${.PVC.namespace}"


def test_volume_and_directory_are_mounted_alike(chart: Chart) -> None:
    volume = EfsStorage(chart, "media", volume=VOLUME).mount("/app/media")
    assert EfsDirectory(chart, "directory", claim=CLAIM).mount("/app/media") == volume
