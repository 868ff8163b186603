"""A cluster, as far as one environment is concerned: what runs there, what it says to a change, and the change itself.

kubectl does the talking. Everything is applied server-side under one field manager. So the API server knows whose
fields are ours in each object: what is left out later is removed. What other tools own is made ours first, so that an
apply leaves an object as rendered (examx_cli/ownership); what controllers own stays.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from examx_cli import applying, once
from examx_cli.errors import CommandError, Refusal
from examx_cli.kubectl import Kubectl, is_forbidden, is_missing, is_outdated, stream
from examx_cli.owned_kinds import JOBS
from examx_cli.ownership import FIELD_MANAGER
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, items, name_of, text
from examx_constructs.settings.naming import CLUSTER_ANNOTATION

_GET = ("get", "--ignore-not-found", "--show-managed-fields")


@dataclass(frozen=True, slots=True)
class Target:
    """Where an environment's objects go: its cluster and its namespace, as its Namespace object says."""

    cluster: str
    namespace: str

    @classmethod
    def of(cls, objects: Sequence[Object]) -> Self:
        """Return the target of an environment's objects. Raises CommandError unless they bring one Namespace."""
        namespaces = [each for each in objects if ObjectId.of(each).kind == "Namespace"]
        if len(namespaces) != 1:
            raise CommandError(f"the manifests have {len(namespaces)} Namespace objects; an environment has one")
        return cls(
            cluster=text(namespaces[0], "metadata", "annotations", CLUSTER_ANNOTATION),
            namespace=text(namespaces[0], "metadata", "name"),
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dry run said of each object: how it would be afterwards, why not, or that this identity may not."""

    accepted: dict[ObjectId, Object]
    refused: dict[ObjectId, str]
    forbidden: dict[ObjectId, str]


@dataclass(frozen=True, slots=True)
class Live:
    """What runs: the objects that are there, and those that this identity may not see."""

    objects: Mapping[ObjectId, Object]
    unseen: frozenset[ObjectId]


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster of an environment, as the identity sees it that kubectl is logged in as."""

    kubectl: Kubectl
    target: Target

    def check_identity(self) -> None:
        """Raise Refusal for a context that leads to another cluster than the environment's."""
        check_identity(self.kubectl, self.target.cluster)

    def has_namespace(self) -> bool:
        """Return whether the environment's namespace is there."""
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.target.namespace}}
        return bool(self.read([namespace]).objects)

    def read(self, objects: Sequence[Object]) -> Live:
        """Return what runs of these objects. Raises ProcessError."""
        found: dict[ObjectId, Object] = {}
        unseen: set[ObjectId] = set()
        # kubectl prints nothing at all where one object of many is forbidden.
        for group in self._groups(objects):
            try:
                found |= {ObjectId.of(each): each for each in self._get(group)}
            except ProcessError as error:
                if not is_forbidden(error) or len(group) > 1:
                    raise
                unseen |= {ObjectId.of(each) for each in group}
        return Live(found, frozenset(unseen))

    def _get(self, objects: Sequence[Object]) -> list[Object]:
        names = [name_of(each) for each in objects]
        return self.kubectl.objects(*_GET, "-f", "-", stdin=stream(names))

    def try_apply(self, objects: Sequence[Object], live: Mapping[ObjectId, Object] | None = None) -> Trial:
        """Return what a dry run says of each of these objects. The namespace of those that are in one must exist.

        Of those in `live` that other tools have fields in, the dry run is of the whole object as it will be. That of an
        apply would say what it makes of them while these fields are still others'.
        """
        trial = Trial({}, {}, {})
        live = live or {}
        again = [each for each in objects if once.is_once(each) and ObjectId.of(each) in live]
        others = [each for each in objects if each not in again]
        expected = applying.expected(others, live)
        for group in self._groups([each for each in others if ObjectId.of(each) not in expected]):
            self._try(trial, applying.TRY_TO_APPLY, group)
        for group in self._groups(list(expected.values())):
            self._try(trial, applying.TRY_TO_REPLACE, group)
        for item in again:
            self._try_again(trial, item)
        return trial

    def _try_again(self, trial: Trial, item: Object) -> None:
        """Add to a trial what a dry run says of a Job that is there, and is deleted and made anew where it changes."""
        key, alone = ObjectId.of(item), Trial({}, {}, {})
        self._try(alone, applying.TRY_TO_APPLY, [once.as_trial(item)])
        for each in alone.accepted.values():
            trial.accepted[key] = once.as_itself(each, item)
        for said, told in ((trial.refused, alone.refused), (trial.forbidden, alone.forbidden)):
            for each in told.values():
                said[key] = each

    def _try(self, trial: Trial, command: Sequence[str], group: Sequence[Object]) -> None:
        """Add to a trial what a dry run says of some objects."""
        try:
            done = self.kubectl.objects(*command, stdin=stream(group))
        except ProcessError as error:
            if len(group) > 1:
                # kubectl does not say which of them passed, so each is asked alone.
                for each in group:
                    self._try(trial, command, [each])
            else:
                no = trial.forbidden if is_forbidden(error) else trial.refused
                no[ObjectId.of(group[0])] = error.said
        else:
            trial.accepted.update({ObjectId.of(each): each for each in done})

    @staticmethod
    def _groups(objects: Sequence[Object]) -> list[list[Object]]:
        """Return what one kubectl is asked about: cluster-scoped objects alone, for they are what may be forbidden."""
        alone = [[each] for each in objects if ObjectId.of(each).cluster_scoped]
        namespaced = [each for each in objects if not ObjectId.of(each).cluster_scoped]
        return [*alone, namespaced] if namespaced else alone

    def apply(self, objects: Sequence[Object]) -> list[str]:
        """Apply objects in their order, so that each is as rendered afterwards, no matter who wrote it before.

        Returns a line for each, and for what was taken over from whom. Replicas that are not rendered stay as they are
        until the autoscaler changes them. Raises ProcessError with what was refused.
        """
        # A Secret is written and never read.
        known = self.read([each for each in objects if text(each, "kind") != "Secret"]).objects
        return applying.apply(self.kubectl, objects, known)

    def apply_as(self, manager: str, item: Object, *, force: bool = False) -> None:
        """Apply a part of an object under another field manager. Raises ProcessError, for a conflict unless forced."""
        # kubectl itself would miss the required fields that a part leaves out.
        options = ["--validate=false", *(["--force-conflicts"] if force else [])]
        self.kubectl.run(
            "apply", "--server-side", f"--field-manager={manager}", *options, "-f", "-", stdin=stream([item])
        )

    def owned(self, kinds: Sequence[str], unseen: Callable[[str], None] = lambda _kind: None) -> list[Object]:
        """Return the objects of these kinds in the namespace that this command applied.

        Where there are none of the kinds of JOBS, who deploys has no rights to them, and need not have any. `unseen` is
        told of each that may not be listed.
        """
        where = f"--namespace={self.target.namespace}"
        found = self.kubectl.objects(*_GET, ",".join(each for each in kinds if each not in JOBS), where)
        for kind in (each for each in kinds if each in JOBS):
            try:
                found += self.kubectl.objects(*_GET, kind, where)
            except ProcessError as error:
                if not is_forbidden(error):
                    raise
                unseen(kind)
        return [each for each in found if is_owned(each)]

    def delete_this(self, item: Object, path: str) -> None:
        """Delete this very object, which the API server has at `path`, once what hangs on it is gone.

        Nothing happens where it is gone already, and another has its name.
        """
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": "Foreground",
            "preconditions": {"uid": text(item, "metadata", "uid")},
        }
        try:
            self.kubectl.run("delete", f"--raw={path}", "-f", "-", stdin=json.dumps(options))
        except ProcessError as error:
            if not (is_missing(error) or is_outdated(error)):
                raise

    def delete(self, key: ObjectId) -> None:
        """Delete one object and what hangs on it; nothing happens where it is gone."""
        namespace = [f"--namespace={key.namespace}"] if key.namespace else []
        self.kubectl.run("delete", key.resource, *namespace, "--ignore-not-found", "--wait=false")


def check_identity(kubectl: Kubectl, cluster: str) -> None:
    """Raise Refusal for a context that leads to another cluster: a wrong context would deploy there."""
    config = kubectl.json("config", "view", "--minify")
    context = text(config, "current-context")
    names = [text(each, "name") for each in items(config, "clusters")]
    # `aws eks update-kubeconfig` names a cluster by its ARN, which ends in its name.
    if not any(name.rpartition("/")[2] == cluster for name in names):
        raise Refusal(
            f'the context "{context}" leads to the cluster {", ".join(names) or "of no name"}; '
            f"this environment is of {cluster}: choose its context with --context"
        )


def is_owned(item: Object) -> bool:
    """Return whether this command applied the object, by the API server's own record of who owns its fields."""
    return any(
        text(entry, "manager") == FIELD_MANAGER and text(entry, "operation") == "Apply"
        for entry in items(item, "metadata", "managedFields")
    )
