"""Plays kubectl and a cluster with the controllers that an adoption depends on, in this process, between two calls.

A Deployment claims ReplicaSets without an owner by their labels, makes one for its template, and lets the others go. A
ReplicaSet claims and makes pods. What is deleted takes along what it owns, unless told not to. An apply leaves an
object as rendered: whether a real API server agrees, the tests in tests/cluster find out. A call that is not known
fails, so that no test passes by accident.
"""

import argparse
import copy
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from examx_cli.adopt.facts import resolves
from examx_cli.processes import ProcessError

Json = dict[str, Any]
Key = tuple[str, str]
"""Kind and name."""

NAMESPACE = "shop"
_CLUSTER_SCOPED = {
    "Namespace",
    "PersistentVolume",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
}
_RESOURCES = """
configmaps cm v1 true ConfigMap get,list
persistentvolumeclaims pvc v1 true PersistentVolumeClaim get,list
persistentvolumes pv v1 false PersistentVolume get,list
namespaces ns v1 false Namespace get,list
pods po v1 true Pod get,list
secrets v1 true Secret get,list
serviceaccounts sa v1 true ServiceAccount get,list
services svc v1 true Service get,list
deployments deploy apps/v1 true Deployment get,list
statefulsets sts apps/v1 true StatefulSet get,list
replicasets rs apps/v1 true ReplicaSet get,list
jobs batch/v1 true Job get,list
cronjobs cj batch/v1 true CronJob get,list
horizontalpodautoscalers hpa autoscaling/v2 true HorizontalPodAutoscaler get,list
poddisruptionbudgets pdb policy/v1 true PodDisruptionBudget get,list
roles rbac.authorization.k8s.io/v1 true Role get,list
rolebindings rbac.authorization.k8s.io/v1 true RoleBinding get,list
secretproviderclasses secrets-store.csi.x-k8s.io/v1 true SecretProviderClass get,list
triggerauthentications keda.sh/v1alpha1 true TriggerAuthentication get,list
scaledobjects so keda.sh/v1alpha1 true ScaledObject get,list
networkpolicies netpol networking.k8s.io/v1 true NetworkPolicy get,list
ingresses ing networking.k8s.io/v1 true Ingress get,list
"""


class Killed(BaseException):
    """The end of the process that adopts, between two calls."""


@dataclass
class Played:
    """The cluster. `calls` counts what was asked; at `kill_at` the process that asks ends, before the call acts."""

    objects: dict[Key, Json] = field(default_factory=dict[Key, Json])
    calls: int = 0
    kill_at: int | None = None
    watch: Callable[["Played"], None] = lambda _: None
    """Looks at the cluster after every change."""
    jobs_end: bool = True
    denied: frozenset[str] = frozenset()
    pod_security: tuple[str, ...] = ()
    ended: dict[str, int] = field(default_factory=dict[str, int])
    """The pods that somebody told to end, and the seconds that each got."""
    missing: frozenset[str] = frozenset()
    """Kinds that the cluster does not know."""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def run(self, command: Sequence[str], *, stdin: str | None = None, **_: object) -> str:
        """Plays processes.run."""
        words = [each for each in command if not each.startswith("--context=")]
        if words[0] == "git":
            return "abc\n" if "rev-parse" in words else ""
        self.calls += 1
        if self.calls == self.kill_at:
            raise Killed
        options, rest = _parser().parse_known_args(words[1:])
        verb = f"_{rest[0].replace('-', '_')}"
        try:
            said = getattr(self, verb)(options, rest[1:], stdin)
        except Refused as no:
            raise ProcessError(command, 1, str(no)) from None
        return said or ""

    def add(self, *items: Json) -> None:
        """What somebody else applied."""
        for each in items:
            self._store(copy.deepcopy(each), "kubectl-client-side-apply", "Update")
        self._reconcile()

    def get(self, kind: str, name: str) -> Json | None:
        """A live object."""
        return self.objects.get((kind, name))

    def of(self, kind: str) -> list[Json]:
        """The live objects of a kind."""
        return [item for (each, _), item in self.objects.items() if each == kind]

    def endpoints(self, service: str) -> list[tuple[str, int]]:
        """The ready pods that a Service leads to, and the port of each: 0 where the pod does not listen."""
        item = self.objects["Service", service]
        selector = item["spec"]["selector"]
        found = [each for each in self.of("Pod") if selector.items() <= each["metadata"]["labels"].items()]
        ports = [(each["metadata"]["name"], port) for each in found for port in resolves(item, each).values()]
        # A number is sent to whether the pod listens there or not; one without a port of a name gets nothing.
        named = all(isinstance(each["targetPort"], str) for each in item["spec"]["ports"])
        return [(pod, port or 0) for pod, port in ports if port is not None or not named]

    # What kubectl is asked.

    def _config(self, *_: object) -> str:
        return json.dumps({"current-context": "here", "clusters": [{"name": "testing"}]})

    def _api_resources(self, options: argparse.Namespace, *_: object) -> str:
        rows = [each.split() for each in _RESOURCES.strip().splitlines()]
        rows = [each for each in rows if each[-2] not in self.missing]
        if options.output == "wide":
            return "\n".join(" ".join(each) for each in rows)
        groups = [each[-4].rpartition("/")[0] for each in rows]
        return "\n".join(f"{row[0]}.{group}" if group else row[0] for row, group in zip(rows, groups, strict=True))

    def _auth(self, _: object, words: list[str], __: object) -> str:
        if f"{words[1]} {words[2]}" in self.denied:
            raise Refused("no")
        return "yes"

    def _label(self, options: argparse.Namespace, *_: object) -> None:
        assert options.dry_run == "server"
        if self.pod_security:
            raise Refused("\n".join(f"Warning: {each}" for each in self.pod_security))

    def _get(self, options: argparse.Namespace, words: list[str], stdin: str | None) -> str:
        if options.file:
            keys = [_key(each) for each in _items(stdin)]
        elif "/" in words[0]:
            keys = [self._named(words[0])]
        else:
            kinds = {_kind(each) for each in words[0].split(",")}
            keys = [key for key in self.objects if key[0] in kinds]
        found = [self.objects[key] for key in keys if key in self.objects]
        found = [each for each in found if _selected(each, options.selector)]
        if options.no_headers:
            return "\n".join(f"{each['metadata']['name']} Opaque {len(each['data'])} 3d" for each in found)
        return json.dumps({"kind": "List", "items": found}) if found else ""

    def _apply(self, options: argparse.Namespace, _: object, stdin: str | None) -> str:
        done = [self._applied(each, options) for each in _items(stdin)]
        self._reconcile()
        return json.dumps({"kind": "List", "items": done}) if options.output else "applied"

    def _applied(self, item: Json, options: argparse.Namespace) -> Json:
        key, live = _key(item), self.objects.get(_key(item))
        made = copy.deepcopy(item)
        if key[0] == "Deployment":
            if live and live["spec"]["selector"] != made["spec"].get("selector", live["spec"]["selector"]):
                raise Refused(f'The Deployment "{key[1]}" is invalid: spec.selector: field is immutable')
            before = live["spec"]["replicas"] if live else 1
            made["spec"].setdefault("replicas", before)
            assert live is None or not live["metadata"].get("deletionTimestamp")
        if options.dry_run:
            return {**made, "metadata": {**made["metadata"], "uid": live["metadata"]["uid"] if live else "new"}}
        return self._store(made, options.field_manager, "Apply")

    def _store(self, item: Json, manager: str, operation: str) -> Json:
        key, live = _key(item), self.objects.get(_key(item))
        if key[0] == "Deployment":
            item["spec"].setdefault("replicas", 1)
        item["metadata"]["uid"] = live["metadata"]["uid"] if live else f"uid-{next(self._numbers)}"
        item["metadata"]["resourceVersion"] = str(next(self._numbers))
        item["metadata"].setdefault("managedFields", [_entry(manager, operation, item)])
        if live and "status" in live:
            item["status"] = live["status"]
        if key[0] == "Job" and self.jobs_end:
            item["status"] = {"conditions": [{"type": "Complete", "status": "True"}]}
        self.objects[key] = item
        return item

    def _create(self, options: argparse.Namespace, _: object, stdin: str | None) -> None:
        for each in _items(stdin):
            if each["kind"] == "Secret" and _key(each) in self.objects:
                raise Refused(f'Error from server (AlreadyExists): secrets "{each["metadata"]["name"]}" already exists')
            assert _key(each) not in self.objects
            if not options.dry_run:
                self._store(each, options.field_manager, "Update")
        self._reconcile()

    def _replace(self, options: argparse.Namespace, _: object, stdin: str | None) -> str | None:
        items = _items(stdin)
        if options.dry_run:
            return json.dumps({"kind": "List", "items": items})
        for each in items:
            assert _key(each) in self.objects
            self._store(each, options.field_manager, "Update")
        self._reconcile()
        return None

    def _patch(self, options: argparse.Namespace, words: list[str], stdin: str | None) -> None:
        live, patch = self.objects.get(self._named(words[0])), json.loads(stdin or "")
        if live is None:
            raise Refused(f'Error from server (NotFound): "{words[0]}" not found')
        if options.type == "json":
            for each in patch:
                if each["path"] == "/metadata/managedFields":
                    live["metadata"]["managedFields"] = each["value"]
        else:
            _merge(live, patch)
        self._reconcile()

    def _delete(self, options: argparse.Namespace, words: list[str], _: object) -> None:
        keys = [("Pod", each) for each in words[1:]] if words[0] == "pods" else [self._named(words[0])]
        for key in keys:
            if key[0] == "Pod" and key in self.objects:
                self.ended[key[1]] = int(options.grace_period)
            if item := self.objects.pop(key, None):
                self._follow(item, orphan=options.cascade == "orphan")
        self._reconcile()

    def _follow(self, gone: Json, *, orphan: bool) -> None:
        for key, each in list(self.objects.items()):
            if _owner(each) != gone["metadata"]["uid"]:
                continue
            if orphan:
                del each["metadata"]["ownerReferences"]
            else:
                del self.objects[key]
                self._follow(each, orphan=False)

    def _logs(self, *_: object) -> str:
        return "left: slow: 3"

    def _named(self, resource: str) -> Key:
        kind, _, name = resource.partition("/")
        return _kind(kind), name

    # What the controllers make of it.

    def _reconcile(self) -> None:
        for each in self.of("Deployment"):
            self._deploy(each)
        for each in self.of("ReplicaSet"):
            self._fill(each)
        for each in self.of("Deployment"):
            total = sum(item["spec"]["replicas"] for item in self.of("ReplicaSet") if _owner(item) == _uid(each))
            each["status"] = {"replicas": total, "updatedReplicas": total, "readyReplicas": total}
        self.watch(self)

    def _deploy(self, item: Json) -> None:
        selector = item["spec"]["selector"]["matchLabels"]
        for each in self.of("ReplicaSet"):
            if _owner(each) is None and selector.items() <= each["metadata"].get("labels", {}).items():
                each["metadata"]["ownerReferences"] = [{"kind": "Deployment", "name": item["metadata"]["name"]}]
                each["metadata"]["ownerReferences"][0] |= {"uid": _uid(item), "controller": True}
        mine = [each for each in self.of("ReplicaSet") if _owner(each) == _uid(item)]
        current = next((each for each in mine if _template(each) == _template(item)), None)
        if current is None:
            current = self._replica_set(item)
        for each in mine:
            each["spec"]["replicas"] = 0
        current["spec"]["replicas"] = item["spec"]["replicas"]

    def _replica_set(self, item: Json) -> Json:
        number = hashlib.sha256(json.dumps([_template(item), _uid(item)]).encode()).hexdigest()[:8]
        template = copy.deepcopy(item["spec"]["template"])
        template["metadata"]["labels"]["pod-template-hash"] = number
        labels = {**item["spec"]["selector"]["matchLabels"], "pod-template-hash": number}
        owner = {"kind": "Deployment", "name": item["metadata"]["name"], "uid": _uid(item), "controller": True}
        made = {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": f"{item['metadata']['name']}-{number}",
                "namespace": NAMESPACE,
                "labels": template["metadata"]["labels"],
                "annotations": dict(item["metadata"].get("annotations", {})),
                "ownerReferences": [owner],
            },
            "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": template},
        }
        return self._store(json.loads(json.dumps(made)), "controller", "Update")

    def _fill(self, item: Json) -> None:
        selector = item["spec"]["selector"]["matchLabels"]
        mine = [
            each
            for each in self.of("Pod")
            if _owner(each) in (_uid(item), None) and selector.items() <= each["metadata"]["labels"].items()
        ]
        owner = {"kind": "ReplicaSet", "name": item["metadata"]["name"], "uid": _uid(item), "controller": True}
        for each in mine:
            each["metadata"]["ownerReferences"] = [owner]
        for each in mine[item["spec"]["replicas"] :]:
            del self.objects["Pod", each["metadata"]["name"]]
        for _ in range(item["spec"]["replicas"] - len(mine)):
            template = copy.deepcopy(item["spec"]["template"])
            name = f"{item['metadata']['name']}-{next(self._numbers)}"
            metadata = {**template["metadata"], "name": name, "namespace": NAMESPACE, "ownerReferences": [owner]}
            self._store(
                {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]},
                "controller",
                "Update",
            )


class Refused(Exception):  # noqa: N818 - an answer
    """What the API server answers when it says no."""


@cache
def _parser() -> argparse.ArgumentParser:
    known = argparse.ArgumentParser(add_help=False)
    for flag in ("--namespace", "--field-manager", "--dry-run", "--validate", "--selector", "--timeout", "--type"):
        known.add_argument(flag)
    for flag in ("--patch-file", "--cascade", "--grace-period", "--wait", "--tail", "--verbs"):
        known.add_argument(flag)
    for flag in (
        "--minify",
        "--ignore-not-found",
        "--show-managed-fields",
        "--server-side",
        "--force-conflicts",
        "--all-namespaces",
        "--overwrite",
        "--warnings-as-errors",
        "--namespaced",
        "--no-headers",
    ):
        known.add_argument(flag, action="store_true")
    known.add_argument("-f", dest="file")
    known.add_argument("-o", "--output")
    return known


@cache
def _kind(resource: str) -> str:
    plain = resource.partition(".")[0].lower()
    kinds = {each.split()[0]: each.split()[-2] for each in _RESOURCES.strip().splitlines()}
    kinds |= {kind.lower(): kind for kind in kinds.values()}
    return kinds[plain]


def _key(item: Json) -> Key:
    return item["kind"], item["metadata"]["name"]


def _items(stdin: str | None) -> list[Json]:
    content = json.loads(stdin or "")
    return content["items"] if content["kind"] == "List" else [content]


def _entry(manager: str, operation: str, item: Json) -> Json:
    fields = {"f:metadata": {"f:labels": {}}, "f:spec": {}} if operation == "Update" else {"f:spec": {}}
    return {"manager": manager, "operation": operation, "apiVersion": item["apiVersion"], "fieldsV1": fields}


def _selected(item: Json, selector: str | None) -> bool:
    labels = item["metadata"].get("labels", {})
    for each in filter(None, (selector or "").split(",")):
        name, is_not, value = each.partition("!=")
        if is_not:
            if labels.get(name) == value:
                return False
            continue
        name, _, value = each.partition("=")
        if labels.get(name) != value:
            return False
    return True


def _uid(item: Json) -> str:
    return item["metadata"]["uid"]


def _owner(item: Json) -> str | None:
    owners: Iterable[Json] = item["metadata"].get("ownerReferences", [])
    return next((each["uid"] for each in owners), None)


def _template(item: Json) -> Json:
    made = copy.deepcopy(item["spec"]["template"])
    made["metadata"]["labels"].pop("pod-template-hash", None)
    return made


def _merge(into: Json, patch: Mapping[str, Any]) -> None:
    for name, value in patch.items():
        if value is None:
            into.pop(name, None)
        elif isinstance(value, dict):
            _merge(into.setdefault(name, {}), value)
        else:
            into[name] = value
