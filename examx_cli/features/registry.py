"""The feature environments of the cluster: which there are, until when, and how one goes.

The Namespaces are the only record. A change and a removal name the state that they were decided on. So what somebody
did in the meantime, such as asking for more time, is never lost.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from examx_cli import cluster as clusters
from examx_cli import output
from examx_cli.cluster import FIELD_MANAGER
from examx_cli.errors import CommandError
from examx_cli.features.existing import Existing, NotAFeature
from examx_cli.features.volumes import Volume
from examx_cli.kubectl import Kubectl, is_forbidden, is_missing, is_outdated, is_taken
from examx_cli.processes import ProcessError
from examx_constructs.features.environment import CLUSTER
from examx_constructs.features.feature import LABELS, rfc3339
from examx_constructs.manifests import Object, items, text
from examx_constructs.settings.naming import EXPIRES_ANNOTATION

BACKEND = "examxv2-backend"
# One label alone: what has it and not the others only looks like a feature environment, and is told of.
_SELECTOR = f"environment={LABELS['environment']}"


class Changed(CommandError):  # noqa: N818 - an answer, not an error
    """Somebody changed or removed the environment since it was looked at: nothing was done."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The feature environments of their cluster, as the identity sees them that kubectl is logged in as."""

    kubectl: Kubectl

    @classmethod
    def of(cls, context: str | None) -> Self:
        """Return the registry of the cluster that a context leads to. Raises Refusal for one of another cluster."""
        kubectl = Kubectl(context)
        clusters.check_identity(kubectl, CLUSTER)
        return cls(kubectl)

    def all(self) -> list[Existing]:
        """Return every feature environment, by name. What only looks like one is warned of."""
        environments, strangers = self.with_strangers()
        for why in strangers.values():
            output.warning(why)
        return environments

    def with_strangers(self) -> tuple[list[Existing], Mapping[str, str]]:
        """Return every feature environment, by name.

        The namespaces that only look like one come with why they are none.
        """
        found: list[Existing] = []
        strangers: dict[str, str] = {}
        for namespace in self.kubectl.objects("get", "namespaces", f"--selector={_SELECTOR}"):
            try:
                found.append(Existing.of(namespace))
            except NotAFeature as why:
                strangers[f"namespace {text(namespace, 'metadata', 'name')}"] = str(why)
        return sorted(found, key=lambda each: each.name), strangers

    def at(self, namespace: str) -> Existing | None:
        """Return the environment of a namespace; None where there is none. Raises NotAFeature."""
        found = self.kubectl.objects("get", f"namespace/{namespace}", "--ignore-not-found")
        return Existing.of(found[0]) if found else None

    def create(self, namespace: Object) -> bool:
        """Make a Namespace; returns whether it was this that made it, and not somebody else. Raises ProcessError.

        To apply it would not do: that takes over what somebody made a moment before. The next apply takes the fields
        over from `kubectl create` (examx_cli/ownership).
        """
        try:
            self.kubectl.run("create", "--validate=strict", "-f", "-", stdin=json.dumps(namespace))
        except ProcessError as error:
            if is_taken(error):
                return False
            raise
        return True

    def set_expiry(self, environment: Existing, expires: datetime) -> None:
        """Write down when an environment expires. Raises Changed."""
        self._only_if_unchanged(
            "annotate",
            f"namespace/{environment.namespace}",
            f"{EXPIRES_ANNOTATION}={rfc3339(expires)}",
            "--overwrite",
            f"--resource-version={environment.version}",
            f"--field-manager={FIELD_MANAGER}",
        )

    def remove(self, environment: Existing) -> None:
        """Tell the cluster to remove an environment, with all that is in it; it does so by itself. Raises Changed."""
        # `kubectl delete` has no option for preconditions, the API has.
        self._only_if_unchanged(
            "delete",
            f"--raw=/api/v1/namespaces/{environment.namespace}",
            "-f",
            "-",
            stdin=json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "DeleteOptions",
                    "preconditions": {"uid": environment.uid, "resourceVersion": environment.version},
                }
            ),
        )

    def _only_if_unchanged(self, *arguments: str, stdin: str | None = None) -> None:
        try:
            self.kubectl.run(*arguments, stdin=stdin)
        except ProcessError as error:
            if is_missing(error) or is_outdated(error):
                raise Changed("it was changed or removed in the meantime: look at it again") from error
            raise

    def wait_until_gone(self, resource: str, *, seconds: int, uid: str = "") -> str | None:
        """Wait until a namespace or a volume is gone; else what holds it up, in the words of the cluster.

        `uid`: which one is meant; another one of that name, made since, is none of it.
        """
        try:
            self.kubectl.run("wait", "--for=delete", resource, f"--timeout={seconds}s", patience=seconds)
        except ProcessError as error:
            # It may have gone before kubectl looked, or when it had just stopped to.
            found = self.kubectl.objects("get", resource, "--ignore-not-found")
            if not found or (uid and text(found[0], "metadata", "uid") != uid):
                return None
            return _held_up(found[0]) or error.said
        return None

    def volumes(self) -> list[Volume]:
        """Return the volumes of feature environments, also of those that are gone.

        None where this identity may see none.
        """
        try:
            found = self.kubectl.objects("get", "persistentvolumes")
        except ProcessError as error:
            if is_forbidden(error):
                output.note("whether volumes are left behind is not known: this identity may not see them")
                return []
            raise
        return [volume for volume in map(Volume.of, found) if volume]

    def remove_volume(self, volume: Volume) -> None:
        """Tell the cluster to remove a volume. The finalizer of one without a problem waits for the driver."""
        self.kubectl.run("delete", f"persistentvolume/{volume.name}", "--ignore-not-found", "--wait=false")

    def backend(self, environment: Existing) -> Object | None:
        """Return the Deployment of an environment's backend."""
        where = (f"deployment.apps/{BACKEND}", f"--namespace={environment.namespace}", "--ignore-not-found")
        return next(iter(self.kubectl.objects("get", *where)), None)

    def backends(self) -> Mapping[str, Object]:
        """Return the Deployment of each environment's backend, by namespace."""
        selector = f"{_SELECTOR},app.kubernetes.io/component=backend"
        found = self.kubectl.objects("get", "deployments.apps", "--all-namespaces", f"--selector={selector}")
        return {text(each, "metadata", "namespace"): each for each in found}

    def workloads(self, environment: Existing) -> list[Object]:
        """Return what runs pods in an environment."""
        return self.kubectl.objects("get", "deployments.apps,statefulsets.apps", f"--namespace={environment.namespace}")


def image_of(backend: Object | None) -> str:
    """Return the image that a backend runs; empty where there is none."""
    return text(next(iter(items(backend, "spec", "template", "spec", "containers")), None), "image")


def _held_up(item: Object) -> str:
    conditions = items(item, "status", "conditions")
    said = [text(each, "message") for each in conditions if text(each, "status") == "True"]
    return "; ".join(filter(None, [*said, text(item, "status", "message")]))
