"""Preconditions of volumes: the drivers of EFS and EBS, and the classes that claims name."""

from examx_cli.doctor import questions
from examx_cli.doctor.charts import EBS_DRIVER as EBS_CHART
from examx_cli.doctor.charts import EFS_DRIVER as EFS_CHART
from examx_cli.doctor.component import ROLE_MEND, Component
from examx_cli.doctor.needs import EBS_DRIVER, EBS_PROVISIONERS, EFS_DRIVER, Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.taints import reaches
from examx_cli.doctor.verdict import Found, good, lacking
from examx_constructs.manifests import Object, items, text

TOPIC = "storage"
EFS = Component("EFS driver", image="aws-efs-csi-driver", container="efs-plugin")
EBS = Component("EBS driver", image="aws-ebs-csi-driver", container="ebs-plugin")
EFS_LEAST = (2, 1, 2)
"""An older one may remove its temporary directory while the file system is still mounted there, and everything with it
(aws-efs-csi-driver#1085, #1532)."""

_TEMPORARY = "examx.ai/temporary"
_REMOVES = "--delete-access-point-root-dir=true"


def _provisioners(needs: Needs, seen: Seen) -> set[str]:
    """Return who makes the volumes that the environment claims."""
    return {text(each, "provisioner") for each in _claimed(needs, seen).values()}


def _claimed(needs: Needs, seen: Seen) -> dict[str, Object]:
    """Return the StorageClasses that are claimed from, rendered or there."""
    wanted = needs.claimed_classes
    there = {text(each, "metadata", "name"): each for each in seen.objects(questions.STORAGE_CLASSES)} if wanted else {}
    return {name: each for name, each in (there | needs.rendered_classes).items() if name in wanted}


def _mounts_efs(needs: Needs, seen: Seen) -> bool:
    return needs.efs_volumes or EFS_DRIVER in _provisioners(needs, seen)


def _registered(seen: Seen, driver: str) -> bool:
    return driver in {text(each, "metadata", "name") for each in seen.objects(questions.DRIVERS)}


def _may_claim(needs: Needs) -> bool:
    return needs.efs_volumes or bool(needs.claimed_classes)


@precondition(
    TOPIC,
    "EFS driver, 2.1.2 or newer",
    when=_may_claim,
    breaks="pods wait for their media for ever; before 2.1.2, removing one environment may remove files of others",
    mend=EFS_CHART.command("CLUSTER"),
)
def efs_driver(needs: Needs, seen: Seen) -> Found | None:
    """The driver of the media volume is registered and runs."""
    if not _mounts_efs(needs, seen):
        return None
    if not _registered(seen, EFS_DRIVER):
        return lacking(f"there is no CSIDriver {EFS_DRIVER}")
    return EFS.check(seen.objects(questions.DAEMON_SETS), least=EFS_LEAST)


@precondition(
    TOPIC,
    "EFS driver on every node that pods may go to",
    when=lambda needs: _may_claim(needs) and bool(needs.tolerated),
    breaks="pods that go to such a node never start there: nobody mounts their media",
    mend=EFS_CHART.command("CLUSTER"),
)
def efs_everywhere(needs: Needs, seen: Seen) -> Found | None:
    """The driver tolerates the taints that the environment's pods do, such as those of Spot nodes."""
    running = EFS.among(seen.objects(questions.DAEMON_SETS))[:1] if _mounts_efs(needs, seen) else []
    return reaches(running, needs, seen) if running else None


@precondition(
    TOPIC,
    "EFS driver's role",
    when=_may_claim,
    breaks="the driver may not make access points: claims wait for ever",
    mend=ROLE_MEND,
)
def efs_role(needs: Needs, seen: Seen) -> Found | None:
    """The driver's controller has a role of IAM, where it makes volumes."""
    makes = EFS_DRIVER in {text(each, "provisioner") for each in needs.rendered_classes.values()}
    if not makes and EFS_DRIVER not in _provisioners(needs, seen):
        return None
    return EFS.role(seen.objects(questions.DEPLOYMENTS), seen)


@precondition(
    TOPIC,
    "removal of directories",
    when=lambda needs: bool(needs.claimed_classes),
    breaks="the files of an environment that is removed stay in the file system for ever",
    mend=EFS_CHART.command("CLUSTER"),
)
def efs_removal(needs: Needs, seen: Seen) -> Found | None:
    """Where a claim is temporary, the driver removes its directory with it."""
    temporary = [
        name
        for name, each in _claimed(needs, seen).items()
        if text(each, "provisioner") == EFS_DRIVER and text(each, "metadata", "annotations", _TEMPORARY) == "true"
    ]
    controllers = EFS.among(seen.objects(questions.DEPLOYMENTS)) if temporary else []
    if not controllers:
        return None
    if _REMOVES in items(EFS.container_of(controllers[0]), "args"):
        return good(f"the controller is told {_REMOVES}, for {', '.join(sorted(temporary))}")
    return lacking(f"the controller is not told {_REMOVES}; {', '.join(sorted(temporary))} is temporary")


@precondition(
    TOPIC,
    "EBS driver",
    when=lambda needs: bool(needs.claimed_classes),
    breaks="the volume of Redis is never made: Redis does not start, and no task is taken",
    mend=EBS_CHART.command("CLUSTER"),
)
def ebs_driver(needs: Needs, seen: Seen) -> Found | None:
    """The driver of Redis's volumes is registered and runs, also for the class of old."""
    if not _provisioners(needs, seen) & set(EBS_PROVISIONERS):
        return None
    if not _registered(seen, EBS_DRIVER):
        return lacking(f"there is no CSIDriver {EBS_DRIVER}")
    return EBS.check(seen.objects(questions.DEPLOYMENTS))


@precondition(
    TOPIC,
    "EBS driver's role",
    when=lambda needs: bool(needs.claimed_classes),
    breaks="the driver may not make volumes: claims wait for ever",
    mend=ROLE_MEND,
)
def ebs_role(needs: Needs, seen: Seen) -> Found | None:
    """The driver's controller has a role of IAM."""
    if not _provisioners(needs, seen) & set(EBS_PROVISIONERS):
        return None
    return EBS.role(seen.objects(questions.DEPLOYMENTS), seen)


@precondition(
    TOPIC,
    "classes of the claims",
    when=lambda needs: bool(needs.claimed_classes),
    breaks="claims of a class that is not there wait for ever, and so do their pods",
    mend="kubectl get storageclass --context CLUSTER; make it, or name another in the environment's file",
)
def classes(needs: Needs, seen: Seen) -> Found:
    """Every StorageClass that claims name is there, or rendered."""
    known = _claimed(needs, seen)
    if lost := sorted(needs.claimed_classes - known.keys()):
        return lacking(f"there is no StorageClass {', '.join(lost)}")
    return good(", ".join(f"{name} of {text(each, 'provisioner')}" for name, each in sorted(known.items())))
