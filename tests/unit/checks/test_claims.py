"""How much a finding on a claim or a volume weighs."""

import pytest

from examx_constructs.checks import check
from examx_constructs.checks.finding import Severity
from tests.unit.checks.cases.claims import asking, sized
from tests.unit.checks.cases.exclusive_claims import MOUNT, claim
from tests.unit.checks.support import Object, manifests, obj, workload

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def weights(rule: str, objects: list[Object]) -> list[Severity]:
    return [each.severity for each in check(manifests(objects)) if each.rule == rule]


@pytest.mark.parametrize(
    ("storage_class", "weight"),
    [("manual", [ERROR]), ("", [ERROR]), ("disks-no-provisioner", [ERROR]), ("standard", [WARNING])],
)
def test_a_volume_that_a_class_may_still_provision_is_missed_by_a_warning(
    storage_class: str, weight: list[Severity]
) -> None:
    objects = [sized("5Gi", storage_class=storage_class), asking("50Gi", "", storage_class=storage_class)]
    assert weights("claim-and-volume-agree", objects) == weight


@pytest.mark.parametrize(("offered", "weight"), [("''", [WARNING]), ("efs", [ERROR])])
def test_a_claim_without_a_class_may_bind_where_there_is_no_default(offered: str, weight: list[Severity]) -> None:
    volume = obj("PersistentVolume", "media", f"storageClassName: {offered}")
    assert (
        weights("claim-and-volume-agree", [volume, obj("PersistentVolumeClaim", "media", "volumeName: media")])
        == weight
    )


@pytest.mark.parametrize(
    ("reserved", "beside", "weight"),
    [
        ("medai", [], [ERROR]),
        ("uploads", [], [WARNING]),
        ("uploads", [obj("Namespace", "dev")], [ERROR]),
    ],
)
def test_the_claim_of_a_reserved_volume_may_be_elsewhere(
    reserved: str, beside: list[Object], weight: list[Severity]
) -> None:
    volume = obj("PersistentVolume", "media", f"claimRef: {{namespace: dev, name: {reserved}}}")
    objects = [volume, obj("PersistentVolumeClaim", "media", "storageClassName: gp3"), *beside]
    assert weights("reserved-volume-has-claim", objects) == weight


@pytest.mark.parametrize(("mode", "weight"), [("ReadWriteOnce", [WARNING]), ("ReadWriteOncePod", [ERROR])])
def test_two_workloads_may_be_meant_to_meet_on_one_node(mode: str, weight: list[Severity]) -> None:
    objects = [claim(mode), workload(pod=MOUNT), workload("backup", pod=MOUNT, kind="CronJob")]
    assert weights("claim-is-shared-only-if-it-may-be", objects) == weight


@pytest.mark.parametrize(
    ("source", "policy", "weight"),
    [
        ("hostPath: {path: /data}", "Delete", [WARNING]),
        ("hostPath: {path: /data}", "Recycle", [ERROR]),
        ("csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}", "Delete", [ERROR]),
    ],
)
def test_data_on_a_network_weighs_more_than_on_a_node(source: str, policy: str, weight: list[Severity]) -> None:
    volume = obj("PersistentVolume", "v", f"{source}\npersistentVolumeReclaimPolicy: {policy}")
    assert weights("volume-outlives-claim", [volume]) == weight
