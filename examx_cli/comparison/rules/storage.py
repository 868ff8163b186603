"""Where data is."""

from examx_cli.comparison.fields import ABSENT, Field
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.comparison.rules.case import Case, Rules, always, any_field
from examx_cli.comparison.surroundings import named
from examx_constructs.manifests import Object, at, text


def _claim_changed(case: Case, field: Field) -> Effect:
    match field.part:
        case "resources":
            return case.effect(Impact.LIVE, f"its volume grows, where {_class_of(case.after)} allows it")
        case "volumeAttributesClassName":
            return case.effect(Impact.LIVE, "its volume gets other properties")
        case _:
            return case.effect(
                Impact.LIVE, "takes effect on a claim that is not bound yet; a bound one would be refused"
            )


def _class_of(claim: Object) -> str:
    name = at(claim, "spec", "storageClassName")
    return f"the storage class {name}" if name else "the cluster's default storage class"


def _claim_removed(case: Case) -> Effect:
    volume = case.was.find("PersistentVolume", text(case.before, "spec", "volumeName"))
    lose = f"; {named(readers)} cannot run without it" if (readers := case.will_be.readers(case.key)) else ""
    if volume is not None and text(volume, "spec", "persistentVolumeReclaimPolicy") == "Retain":
        kept = f"what it holds stays on {text(volume, 'metadata', 'name')}, for nobody until that is bound anew by hand"
        return case.effect(Impact.DATA, f"{kept}{lose}")
    return case.effect(Impact.DATA, f"what it holds is deleted, unless its volume is kept (Retain){lose}")


def _claim_added(case: Case) -> Effect:
    return case.effect(
        Impact.NONE, f"claims {text(case.after, 'spec', 'resources', 'requests', 'storage') or 'a volume'}"
    )


def _volume_changed(case: Case, field: Field) -> Effect:
    match field.part:
        case "persistentVolumeReclaimPolicy":
            fate = "is deleted" if field.after == "Delete" else "stays"
            return case.effect(Impact.LIVE, f"from now on what it holds {fate} when its claim goes")
        case "claimRef":
            if field.before is ABSENT:
                return case.effect(Impact.LIVE, "is kept for this claim")
            return case.effect(Impact.DATA, "the claim that it is bound to loses it, with what it holds")
        case "mountOptions":
            return case.effect(Impact.LIVE, "counts for pods that start from now on")
        case _:
            return case.effect(Impact.NONE, "counts only while a claim looks for a volume")


def _volume_removed(case: Case) -> Effect:
    policy = text(case.before, "spec", "persistentVolumeReclaimPolicy") or "Retain"
    fate = "stays, but no claim leads to it" if policy == "Retain" else "is deleted"
    return case.effect(Impact.DATA, f"what it holds {fate} (reclaim policy {policy})")


CLAIM = Rules(changed=_claim_changed, removed=_claim_removed, added=_claim_added)
VOLUME = Rules(
    changed=_volume_changed, removed=_volume_removed, added=always(Impact.NONE, "a volume, for the claim that it names")
)
STORAGE_CLASS = Rules(
    changed=any_field(Impact.NONE, "counts for volumes that are made from now on"),
    removed=always(Impact.NONE, "volumes that exist stay; no new one is made of it"),
    added=always(Impact.NONE, "claims may name it from now on"),
)
