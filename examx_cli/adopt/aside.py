"""Setting the pods of a Deployment aside, so that another Deployment can take its name while they go on.

A Deployment claims every ReplicaSet without an owner whose *labels* its selector matches (Kubernetes, controller
references). So the old Deployment is deleted without its ReplicaSets, and these lose the labels that the selector asks
for. Their own selectors and their pods stay as they are. A label says whose they were, so that the next run after an
interruption finds them.
"""

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from examx_cli import output
from examx_cli.adopt.hands import Hands, uid
from examx_cli.adopt.inventory import ASIDE_LABEL
from examx_cli.errors import CommandError, Refusal
from examx_constructs.manifests import Object, ObjectId, at, items, mapping, text

HASH_LABEL = "pod-template-hash"
LABELS_ANNOTATION = "examx.ai/adoption-labels"
"""On a ReplicaSet that is set aside: the labels that it had, as JSON."""

_MARGIN = 60
"""Seconds that a pod may take beyond its grace period until the API server has removed it."""


@dataclass(frozen=True, slots=True)
class Aside:
    """The pods of a Deployment that are set aside, or are about to be."""

    hands: Hands
    name: str

    @property
    def deployment(self) -> ObjectId:
        """The Deployment whose they are, or were."""
        return self.hands.key("Deployment", self.name, "apps")

    def replica_sets(self) -> list[Object]:
        """Return the ReplicaSets that are marked and that no Deployment owns."""
        found = self.hands.all("replicasets.apps", f"{ASIDE_LABEL}={self.name}")
        return [each for each in found if not _controlled(each)]

    def count(self) -> int:
        """Return how many pods they are to have."""
        return sum(_replicas(each) for each in self.replica_sets())

    def has_pods(self) -> bool:
        """Return whether pods are set aside, or end.

        Those that end have lost their ReplicaSet, and may still be there.
        """
        return self.count() > 0 or bool(self._pods())

    def orphan(self, live: Object) -> None:
        """Delete the Deployment; its ReplicaSets and pods go on. Level: from any point on, again without harm."""
        for each in owned_by(self.hands, live):
            self.hands.try_patch(_key(each), {"metadata": {"labels": {ASIDE_LABEL: self.name}}})
        self.hands.delete(self.deployment, "--cascade=orphan")
        output.note(f"{self.name}: its Deployment is deleted without its pods, which go on")

    def hide(self) -> None:
        """Take the labels off the ReplicaSets by which a new Deployment would claim them."""
        for each in self.replica_sets():
            labels = mapping(each, "metadata", "labels")
            shown = {name: value for name, value in labels.items() if name not in (HASH_LABEL, ASIDE_LABEL)}
            if shown:
                annotations = {LABELS_ANNOTATION: json.dumps(shown)}
                self.hands.patch(_key(each), {"metadata": {"labels": dict.fromkeys(shown), "annotations": annotations}})

    def take_back(self, names: Collection[str]) -> None:
        """Give the ReplicaSets of these names back to the Deployment that comes, whose pods they make."""
        for each in self.replica_sets():
            if text(each, "metadata", "name") not in names:
                continue
            kept = text(each, "metadata", "annotations", LABELS_ANNOTATION)
            labels: dict[str, object] = {**_labels(kept, text(each, "metadata", "name")), ASIDE_LABEL: None}
            self.hands.patch(_key(each), {"metadata": {"labels": labels, "annotations": {LABELS_ANNOTATION: None}}})
            output.note(f"{self.name}: the pods of {text(each, 'metadata', 'name')} go on as its own")

    def keep_one(self) -> None:
        """Make sure that a pod is there: where the broker moves, something must empty the old queue."""
        found = self.replica_sets()
        if found and not any(_replicas(each) for each in found):
            newest = max(found, key=lambda each: int(text(each, "metadata", "annotations", _REVISION) or 0))
            self.hands.patch(_key(newest), {"spec": {"replicas": 1}})

    def retire(self, grace: int, *, deregistration: float = 0) -> None:
        """End the pods that are set aside, and wait until they are gone.

        `grace`: how long each has to finish what it has begun; its own grace period where that is longer.
        `deregistration`: the seconds before, in which a load balancer stops sending to them.
        """
        self._mark_pods()
        for each in self.replica_sets():
            self.hands.delete(_key(each), "--cascade=orphan")
        # The ReplicaSets may have started a pod in the meantime.
        pods = self._mark_pods()
        if not pods:
            return
        if deregistration:
            output.note(f"{self.name}: {deregistration:g} s in which the load balancer stops sending to its old pods")
            time.sleep(deregistration)
        longest = max(grace, *(_grace(each) for each in pods))
        output.note(f"{self.name}: {len(pods)} old pods end, each within {longest} s")
        self.hands.end_pods([text(each, "metadata", "name") for each in pods], longest)
        gone = f"the old pods of {self.name} to end"
        self.hands.until(lambda: not self._pods(), gone, timeout=longest + _MARGIN)

    def _mark_pods(self) -> list[Object]:
        """Mark the pods, so that they are found when their ReplicaSet is gone; returns them."""
        for each in self.replica_sets():
            labels = mapping(each, "spec", "selector", "matchLabels")
            selector = ",".join(f"{name}={value}" for name, value in labels.items())
            for pod in self.hands.all("pods", f"{selector},{ASIDE_LABEL}!={self.name}"):
                self.hands.try_patch(_key(pod), {"metadata": {"labels": {ASIDE_LABEL: self.name}}})
        return self._pods()

    def _pods(self) -> list[Object]:
        return self.hands.all("pods", f"{ASIDE_LABEL}={self.name}")


_REVISION = "deployment.kubernetes.io/revision"


def owned_by(hands: Hands, deployment: Object) -> list[Object]:
    """Return the ReplicaSets of a live Deployment."""
    return [
        each
        for each in hands.all("replicasets.apps")
        if any(text(owner, "uid") == uid(deployment) for owner in items(each, "metadata", "ownerReferences"))
    ]


def hash_of(hands: Hands, deployment: Object) -> str:
    """Return the label of the pods that a live Deployment has; empty where it has none. Raises Refusal in a rollout."""
    found = [each for each in owned_by(hands, deployment) if _replicas(each)]
    if len(found) > 1:
        raise Refusal(
            f"{ObjectId.of(deployment)}: a rollout is under way: wait until it has ended (`kubectl rollout status`), "
            "and run the same command again"
        )
    return text(found[0], "metadata", "labels", HASH_LABEL) if found else ""


def _key(item: Object) -> ObjectId:
    return ObjectId.of(item)


def _controlled(item: Object) -> bool:
    owners: Sequence[object] = items(item, "metadata", "ownerReferences")
    return any(mapping(each).get("controller") is True for each in owners)


def _replicas(replica_set: Object) -> int:
    number = at(replica_set, "spec", "replicas")
    return number if isinstance(number, int) else 0


def _labels(kept: str, name: str) -> Object:
    """Return the labels that an annotation keeps.

    Raises CommandError for what is none, as somebody else may have written.
    """
    try:
        labels: object = json.loads(kept or "{}")
    except (ValueError, RecursionError):
        labels = None
    if not isinstance(labels, dict) or not all(isinstance(each, str) for each in cast("Object", labels).values()):
        raise CommandError(f"the annotation {LABELS_ANNOTATION} of the ReplicaSet {name} is no JSON of labels: mend it")
    return cast("Object", labels)


def _grace(pod: Object) -> int:
    seconds = at(pod, "spec", "terminationGracePeriodSeconds")
    return seconds if isinstance(seconds, int) else 0
