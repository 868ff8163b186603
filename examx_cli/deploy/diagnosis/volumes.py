"""Why a pod's volumes do not mount: the driver's message, and claims that have no volume."""

from collections.abc import Iterator

from examx_cli.deploy.diagnosis.events import Events
from examx_cli.deploy.diagnosis.family import condition
from examx_cli.deploy.diagnosis.reader import Reader
from examx_constructs.manifests import Object, items, text

CLAIMS = "persistentvolumeclaims"
EVENTS = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")

_BINDING = ("ProvisioningFailed", "FailedBinding", "VolumeMismatch", "ClaimMisbound")
_SUMMARY = "Unable to attach or mount volumes"
_LOST, _PENDING = "Lost", "Pending"


def reasons(reader: Reader, pod: Object, events: Events) -> Iterator[str]:
    """Yield what keeps the volumes of a pod from it."""
    said = events.messages(pod, *EVENTS)
    # One message waits for all volumes; those of single volumes say why.
    telling = [each for each in said if not each.startswith(_SUMMARY)] or said[-1:]
    if said or text(condition(pod, "PodScheduled"), "status") == "False":
        for name in _claims(pod):
            yield from _claim(reader, name, events)
    yield from (f"a volume does not mount: {each}" for each in telling)


def _claims(pod: Object) -> list[str]:
    named = (text(each, "persistentVolumeClaim", "claimName") for each in items(pod, "spec", "volumes"))
    return [each for each in named if each]


def _claim(reader: Reader, name: str, events: Events) -> Iterator[str]:
    claim = next((each for each in reader.read(CLAIMS) if text(each, "metadata", "name") == name), None)
    if claim is None:
        if reader.may_read(CLAIMS):
            yield f"its claim {name} is missing"
        return
    phase, volume = text(claim, "status", "phase"), text(claim, "spec", "volumeName")
    if phase == _LOST:
        yield f"its claim {name} has lost its volume {volume}"
    elif phase == _PENDING:
        wanted = text(claim, "spec", "storageClassName")
        where = f"waits for the volume {volume}" if volume else f"waits for a volume of the class {wanted or 'none'}"
        why = [f"; {each}" for each in events.messages(claim, *_BINDING)[-1:]]
        yield f"its claim {name} {where}{''.join(why)}"
