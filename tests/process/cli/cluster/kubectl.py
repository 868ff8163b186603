"""Plays kubectl and the API server behind it, at the boundary of the process: objects in a file, server-side apply.

What it knows of server-side apply is what deployments depend on. A field belongs to the managers that applied it,
leaves when the last of them leaves it out, and is a conflict for others. Lists of named things merge by name; a
Deployment without replicas gets one; a selector cannot change. Whether a real API server agrees, the tests marked `e2e`
find out: they are the same tests. A call that it does not know ends with status 64, so that no test passes by accident.

The file that EXAMX_TEST_CLUSTER names holds, beside the objects, what a test wants to happen. There are `forbidden`
verbs, resources that it has none of (`no_resource`) or that are `unreachable`. Also `stuck` or `slow` rollouts and
removals. Also kinds whose targets it has `unseen` for so many tries, or that it is `talkative` about when it refuses
them. Also namespaces that are `held_up` when they go, or go too `late` for the one who waits, and volumes that
`no_driver` removes. Also somebody who is `quicker` to change one, the `version`, the `apis` of others and what the one
who asks is `denied`. Also the `date` that it has, the pods and the mounts that there are `after_restart`. Also the
`servers` of Redis as a question in their pods finds them. Also the `jobs` by name, each with the `looks` that it takes
and how it `ends`, and `calls`, which lists what was asked.
"""
# ruff: noqa: T201 - a command prints
# ruff: noqa: PTH105, PTH123 - pathlib takes long to import

from __future__ import annotations

import binascii
import fcntl
import json
import marshal
import os
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

# It is started thousands of times. What these bring along would take most of the time that a call has.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Json = dict[str, Any]

CREATED = "2026-01-01T00:00:00Z"
CLUSTER_SCOPED = {
    "Namespace",
    "PersistentVolume",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
}
MOUNTS = "secretproviderclasspodstatus.secrets-store.csi.x-k8s.io"
KEYS = ("parameter", "mountPath", "containerPort", "name", "port", "topologyKey")
IMMUTABLE = {
    "Deployment": [("spec", "selector")],
    "StatefulSet": [("spec", "selector"), ("spec", "serviceName"), ("spec", "volumeClaimTemplates")],
    "PersistentVolumeClaim": [("spec", "volumeName"), ("spec", "storageClassName"), ("spec", "accessModes")],
    "PersistentVolume": [("spec", "csi")],
    "StorageClass": [("parameters",), ("provisioner",)],
    "Job": [("spec", "template")],
}
DEFAULTS = {
    "Deployment": {"spec": {"replicas": 1, "revisionHistoryLimit": 10}},
    "Service": {"spec": {"type": "ClusterIP"}},
}


class Refused(Exception):  # noqa: N818 - an answer
    """What the API server answers when it says no."""


@contextmanager
def state(file: str) -> Iterator[Json]:
    with open(f"{file}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(file, encoding="utf-8") as before:
            content = json.load(before)
        yield content
        # In one step: a run that is stopped in the middle of it leaves the state from before.
        with open(f"{file}.changed", "w", encoding="utf-8") as changed:
            changed.write(json.dumps(content))
        os.replace(changed.name, file)


def main() -> int:
    # What is behind `--` is for a program in a pod.
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options, words = parsed(sys.argv[1:end])
    file = os.environ["EXAMX_TEST_CLUSTER"]
    command = COMMANDS.get(words[0] if words else "")
    unknown = [word for word in words if word.startswith("-")]
    if command is None or unknown:
        print(f"the stand-in for kubectl does not know {sys.argv[1:]}", file=sys.stderr)
        return 64
    with state(file) as cluster:
        cluster["calls"].append(sys.argv[1:])
    return command(file, options, [*words[1:], *sys.argv[end + 1 :]])


def parsed(arguments: list[str]) -> tuple[SimpleNamespace, list[str]]:
    """The options by their names, and the words beside them; among these is each option that is not known."""
    options = SimpleNamespace(**dict.fromkeys(WITH_VALUE.values()), **dict.fromkeys(map(attribute, FLAGS), False))
    words: list[str] = []
    rest = iter(arguments)
    for each in rest:
        name, given, value = each.partition("=")
        if name in WITH_VALUE:
            setattr(options, WITH_VALUE[name], value if given else next(rest))
        elif each in FLAGS:
            setattr(options, attribute(each), True)
        else:
            words.append(each)
    return options, words


def attribute(option: str) -> str:
    return option.lstrip("-").replace("-", "_")


FLAGS = (
    "--minify", "--ignore-not-found", "--show-managed-fields", "--server-side", "--force-conflicts", "--previous",
    "--all-namespaces", "--overwrite", "--no-headers",
)  # fmt: skip
LONG = (
    "--context", "--namespace", "--field-manager", "--dry-run", "--validate", "--selector", "--timeout",
    "--request-timeout", "--patch-file", "--type", "--container", "--tail", "--replicas", "--wait", "--raw", "--for",
    "--resource-version", "--output",
)  # fmt: skip
WITH_VALUE = {**{each: attribute(each) for each in LONG}, "-f": "file", "-v": "verbosity", "-o": "output"}


def config(file: str, _options: SimpleNamespace, words: list[str]) -> int:
    assert words == ["view"]
    with state(file) as cluster:
        print(json.dumps({"current-context": "standing-in", "clusters": [{"name": cluster["name"]}]}))
    return 0


def version(file: str, _options: SimpleNamespace, words: list[str]) -> int:
    assert not words
    with state(file) as cluster:
        if no := unlisted(cluster, "version"):
            return failed(no)
        print(json.dumps({"serverVersion": {"gitVersion": cluster.get("version", "v1.34.4-eks-0a1b2c3")}}))
    return 0


def create(file: str, options: SimpleNamespace, words: list[str]) -> int:
    """A Namespace or a Secret that nobody has made, or what is asked by creating it: whether one may do something."""
    assert not words
    reviews = read_input()
    if reviews[0]["kind"] == "Secret":
        return create_secret(file, options, reviews[0])
    if reviews[0]["kind"] == "Namespace":
        return create_namespace(file, reviews[0])
    assert {each["kind"] for each in reviews} == {"SelfSubjectAccessReview"}
    with state(file) as cluster:
        denied = cluster.get("denied", [])
    asked = [each["spec"]["resourceAttributes"] for each in reviews]
    status = [{"allowed": [each["verb"], each["resource"]] not in denied} for each in asked]
    return printed([{**each, "status": one} for each, one in zip(reviews, status, strict=True)])


def create_namespace(file: str, item: Json) -> int:
    with state(file) as cluster:
        key = key_of(item)
        if key in cluster["objects"]:
            name = item["metadata"]["name"]
            return failed(
                f'Error from server (AlreadyExists): error when creating "STDIN": namespaces "{name}" already exists'
            )
        try:
            apply_one(cluster, item, "kubectl-create", force=False)
        except Refused as no:
            return failed(str(no))
    print(f"{key} created")
    return 0


def clock(cluster: Json) -> int:
    """The headers of an answer, as kubectl 1.33 shows them, of this machine's clock or the one that is wished for."""
    date = cluster.get("date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()))
    log = 'I1128 17:43:34.557236   13379 round_trippers.go:632] "Response" status="200 OK" headers=<'
    print(f"{log}\n\tContent-Type: application/json\n\tDate: {date}\n > milliseconds=16", file=sys.stderr)
    return printed([{"gitVersion": cluster.get("version", "v1.34.4-eks-0a1b2c3")}])


def create_secret(file: str, options: SimpleNamespace, item: Json) -> int:
    """As the API server does: rights first, then the namespace, then the webhooks, then whether it is there."""
    key, namespace, name = key_of(item), item["metadata"]["namespace"], item["metadata"]["name"]
    assert options.output == "name"
    with state(file) as cluster:
        if ["create", "Secret"] in cluster["forbidden"]:
            no = 'secrets is forbidden: User "deployer" cannot create resource "secrets" in API group ""'
            return failed(f'Error from server (Forbidden): error when creating "STDIN": {no}')
        if f"|Namespace||{namespace}" not in cluster["objects"]:
            return failed(
                f'Error from server (NotFound): error when creating "STDIN": namespaces "{namespace}" not found'
            )
        if "Secret" in cluster.get("talkative", []):
            return failed(f"Error from server (BadRequest): admission webhook denied the request: {json.dumps(item)}")
        if key in cluster["objects"]:
            return failed(
                f'Error from server (AlreadyExists): error when creating "STDIN": secrets "{name}" already exists'
            )
        if options.dry_run is None:
            cluster["objects"][key] = {"object": item, "applied": {}, "version": 1, "changed_by": options.field_manager}
    print(f"secret/{name}")
    return 0


def keys_of(entries: list[Json]) -> int:
    """What the one template that is known tells of a Secret: its keys, and nothing of its values."""
    for entry in entries:
        print(f"version {entry.get('version', 0)}")
        for name in sorted(entry["object"].get("data", {})):
            print(f"key {name}")
        if "changed_by" in entry:
            print(f"time {entry.get('changed', CREATED)}")
        if annotations := entry["object"]["metadata"].get("annotations"):
            print("annotated yes")
            if rotating := annotations.get("examx.ai/rotating"):
                print(f"rotating {rotating}")
    return 0


def discover(cluster: Json, path: str) -> int:
    """The kinds of an API version that somebody added, or what a test says that the API server answers there."""
    for part, answer in cluster.get("answers", {}).items():
        if part in path:
            print(answer["said"], file=sys.stderr if answer.get("fails") else sys.stdout)
            return int(bool(answer.get("fails")))
    kinds = cluster.get("apis", {}).get(path.removeprefix("/apis/"))
    if kinds is None:
        return failed("Error from server (NotFound): the server could not find the requested resource")
    return printed([{"kind": "APIResourceList", "resources": [{"kind": each} for each in kinds]}])


def singular(resource: str) -> str:
    """The kind of a resource, in lower case."""
    name = resource.partition(".")[0].lower()
    # Two classes are `classes`, and two Ingresses `ingresses`; one of them ends in an s as well.
    if name.endswith("ies"):
        return f"{name.removesuffix('ies')}y"
    return name.removesuffix("es") if name.endswith("sses") else name.removesuffix("s")


def get(file: str, options: SimpleNamespace, words: list[str]) -> int:
    with state(file) as cluster:
        if options.raw:
            return clock(cluster) if options.raw == "/version" else discover(cluster, options.raw)
        if options.file:
            keys = [key_of(item) for item in read_input()]
        elif no := unlisted(cluster, words[0]):
            return failed(no)
        elif words[0] in ("events", "pods", MOUNTS):
            return printed(cluster.get(words[0], []))
        elif "/" in words[0]:
            keys = [by_resource(cluster, each, options.namespace) for each in words]
        else:
            kinds = {singular(each) for each in words[0].split(",")}
            keys = [
                key
                for key, item in sorted(cluster["objects"].items())
                if {key.split("|")[1].lower(), singular(key.split("|")[1])} & kinds
                and (options.all_namespaces or item["object"]["metadata"].get("namespace") == options.namespace)
                and selected(item["object"], options.selector)
            ]
        for key in keys:
            if key and (no := forbidden(cluster, "get", key)):
                return failed(no)
            if key in cluster["objects"] and key.split("|")[1] == "Job":
                go_on(cluster["objects"][key])
        found = [shown(cluster["objects"][key]) for key in keys if key in cluster["objects"]]
        entries = [cluster["objects"][key] for key in keys if key in cluster["objects"]]
    if (options.output or "").startswith("go-template="):
        return keys_of(entries)
    return rows(found) if options.no_headers else printed(found, as_list=bool(options.file) or len(words) > 1)


def next_run(cluster: Json, name: str) -> Json:
    """How a Job of this name runs that is made now."""
    runs = cluster.get("jobs", {}).get(name, [])
    return runs.pop(0) if runs else {}


def go_on(entry: Json) -> None:
    """A Job that is looked at gets on, and ends as a test wishes; without a wish, well and at once."""
    run = entry["run"]
    run["looks"] = run.get("looks", 1) - 1
    ends = {"type": "Complete", "status": "True", **run.get("ends", {})}
    entry["object"]["status"] = {"active": 1, "ready": 1} if run["looks"] > 0 else {"conditions": [ends]}


def delete_job(cluster: Json, path: str, preconditions: Json) -> int:
    *_, namespace, _, name = path.split("/")
    key = f"batch|Job|{namespace}|{name}"
    if no := forbidden(cluster, "delete", key) or outdated(cluster, key, preconditions):
        return failed(no)
    del cluster["objects"][key]
    return 0


def rows(found: list[Json]) -> int:
    """The table of Secrets: NAME, TYPE, DATA and AGE."""
    for each in found:
        print(f"{each['metadata']['name']}   {each.get('type', '')}   {len(each.get('data', {}))}   3d2h")
    return 0


def apply(file: str, options: SimpleNamespace, words: list[str]) -> int:
    assert not words
    assert options.server_side
    errors: list[str] = []
    done: list[Json] = []
    with state(file) as cluster:
        kept = cluster if options.dry_run is None else copied(cluster)
        for item in read_input():
            if options.dry_run is None and "resourceVersion" in item["metadata"]:
                overtaken(cluster, key_of(item))
            try:
                check_required(item, options.validate)
                if options.dry_run is None:
                    check_seen(cluster, item)
                done.append(apply_one(kept, item, options.field_manager, force=options.force_conflicts))
            except Refused as no:
                errors.append(str(no))
            else:
                if not options.output:
                    print(f"{key_of(item)} serverside-applied")
    if errors:
        return failed(*errors)
    return printed(done) if options.output else 0


def apply_one(cluster: Json, item: Json, manager: str, *, force: bool) -> Json:
    key = key_of(item)
    if no := forbidden(cluster, "patch", key):
        raise Refused(no)
    if item["kind"] in cluster.get("talkative", []):
        raise Refused(f"Error from server (BadRequest): admission webhook denied the request: {json.dumps(item)}")
    namespace = item["metadata"].get("namespace")
    if namespace and f"|Namespace||{namespace}" not in cluster["objects"]:
        raise Refused(f'Error from server (NotFound): namespaces "{namespace}" not found')
    if (version := item["metadata"].pop("resourceVersion", None)) and (
        no := outdated(cluster, key, {"resourceVersion": version})
    ):
        raise Refused(no)
    before = cluster["objects"].get(key, {"object": {}, "applied": {}})
    applied = {**before["applied"], manager: item}
    others = {name: each for name, each in before["applied"].items() if name != manager}
    if conflicts := [] if force else conflicts_of(item, before["object"], others):
        raise Refused(f"error: Apply failed with {len(conflicts)} conflicts: conflicts with {', '.join(conflicts)}")
    if force:
        applied = {name: each if name == manager else without(each, item) for name, each in applied.items()}
    live = pruned(before["object"], before["applied"].get(manager, {}), [item, *others.values()])
    live = merged(merged(DEFAULTS.get(item["kind"], {}), live), item)
    for path in IMMUTABLE.get(item["kind"], ()):
        if before["object"] and at(live, path) != at(before["object"], path):
            name = item["metadata"]["name"]
            raise Refused(
                f'The {item["kind"]} "{name}" is invalid: {".".join(path)}: Invalid value: field is immutable'
            )
    version = before.get("version", 0) + (live != before["object"])
    uid = before.get("uid") or f"uid-{len(cluster['calls'])}-{len(cluster['objects'])}"
    cluster["objects"][key] = {"object": live, "applied": applied, "version": version, "uid": uid}
    cluster["objects"][key]["run"] = before.get("run") or next_run(cluster, item["metadata"]["name"])
    return shown(cluster["objects"][key])


def replace(_file: str, options: SimpleNamespace, words: list[str]) -> int:
    """Only tried: an object as it would be."""
    assert not words
    assert options.dry_run == "server"
    return printed(read_input())


def change_secret(cluster: Json, key: str, patch: list[Json]) -> str | None:
    """A JSON patch (RFC 6902) of what a Secret holds, over one state of it. Returns why not."""
    entry = cluster["objects"].get(key)
    if entry is None:
        return 'Error from server (NotFound): secrets "?" not found'
    changed = copied(entry["object"])
    for each in patch:
        path = [part.replace("~1", "/") for part in each["path"].strip("/").split("/")]
        if path == ["metadata", "resourceVersion"]:
            if each["value"] != str(entry.get("version", 0)):
                return 'Error from server (Conflict): Operation cannot be fulfilled on secrets "redis-auth": modified'
            continue
        if "from" in each:
            source = at(changed, tuple(each["from"].strip("/").split("/")[:-1]))
            name = each["from"].rpartition("/")[2]
            if name not in source:
                return f"The request is invalid: {each['op']} operation does not apply: doc is missing from path"
            value = source.pop(name) if each["op"] == "move" else source[name]
        parent = at(changed, tuple(path[:-1]))
        if each["op"] == "remove":
            del parent[path[-1]]
        else:
            parent[path[-1]] = value if "from" in each else each["value"]
    if "Secret" in cluster.get("talkative", []):
        return f"Error from server (BadRequest): admission webhook denied the request: {json.dumps(changed)}"
    clock = cluster["clock"] = cluster.get("clock", 0) + 1
    entry |= {"object": changed, "version": entry.get("version", 0) + 1, "changed": f"2026-06-01T00:{clock:02}:00Z"}
    return None


def run_in_pod(file: str, options: SimpleNamespace, words: list[str]) -> int:
    """A server's answer: which files it has, and whether it takes what is in them.

    `servers` has for each pod the `container` and the `mount`, for how many looks its files `lag` behind. It says
    whether it `refuses` the passwords, is `silent`, or is `old` and cannot tell.
    """
    if words[1:3] == ["python", "-c"]:
        return run_python(file, options, words)
    if words[1:] == ["cat", "/run/secrets/viewer/key"]:
        return show_key(file, options, words[0])
    pod, (mount, *users) = words[0], words[words.index("sh", 2) + 1 :]
    with state(file) as cluster:
        if ["create", "pods/exec"] in cluster["forbidden"]:
            no = f'pods "{pod}" is forbidden: User "deployer" cannot create resource "pods/exec"'
            return failed(f"Error from server (Forbidden): {no}")
        server = cluster["servers"][pod]
        assert (server["mount"], server["container"]) == (mount, options.container)
        now = sorted(cluster["objects"][f"|Secret|{options.namespace}|redis-auth"]["object"]["data"])
        if server.get("files") != now and server.setdefault("behind", server.get("lag", 0)) > 0:
            server["behind"] -= 1
        else:
            server["files"] = now
            server.pop("behind", None)
    if server.get("silent"):
        return failed("error: Internal error occurred: unable to upgrade connection")
    answer = "?" if server.get("old") else f"!{users[0]}" if server.get("refuses") else "="
    print("\n".join([*server.get("files", []), answer]))
    return 0


def run_python(file: str, options: SimpleNamespace, words: list[str]) -> int:
    """What a pod's Python prints, which `printed` has by its name."""
    with state(file) as cluster:
        if ["create", "pods/exec"] in cluster["forbidden"]:
            return failed('Error from server (Forbidden): pods "a" is forbidden: cannot create resource "pods/exec"')
        assert options.container == "queue-metrics"
        print(cluster["printed"][words[0]])
    return 0


def show_key(file: str, options: SimpleNamespace, deployment: str) -> int:
    """What the nginx container of a backend has of the Secret `viewer-key`, where one runs."""
    assert (deployment, options.container) == ("deployment.apps/examxv2-backend", "nginx")
    with state(file) as cluster:
        found = cluster["objects"].get(f"|Secret|{options.namespace}|viewer-key")
        if ["create", "pods/exec"] in cluster["forbidden"]:
            return failed('Error from server (Forbidden): pods "a" is forbidden: cannot create resource "pods/exec"')
        if not found or f"apps|Deployment|{options.namespace}|examxv2-backend" not in cluster["objects"]:
            return failed('Error from server (NotFound): deployments.apps "examxv2-backend" not found')
    print(binascii.a2b_base64(found["object"]["data"]["key"]).decode())
    return 0


def patch(file: str, options: SimpleNamespace, words: list[str]) -> int:
    """The record of owners: what each manager applied is what it owns of the object now. Or a change by a manager."""
    assert options.patch_file == "/dev/stdin"
    if options.type == "merge":
        return merge_patch(file, options, words[0])
    asked = json.load(sys.stdin)
    if words[0].startswith("secret/"):
        with state(file) as cluster:
            key = by_resource(cluster, words[0], options.namespace)
            if ["patch", "Secret"] in cluster["forbidden"]:
                return failed(
                    'Error from server (Forbidden): User "deployer" cannot patch resource "secrets" in API group ""'
                )
            if no := change_secret(cluster, key, asked):
                return failed(no)
            cluster["objects"][key]["changed_by"] = options.field_manager
        print(words[0])
        return 0
    [owners, version] = asked
    assert (owners["path"], version["path"]) == ("/metadata/managedFields", "/metadata/resourceVersion")
    with state(file) as cluster:
        key = by_resource(cluster, words[0], options.namespace)
        if no := forbidden(cluster, "patch", key) or outdated(cluster, key, {"resourceVersion": version["value"]}):
            return failed(no)
        entry = cluster["objects"][key]
        entry["applied"] = {each["manager"]: part(entry["object"], each["fieldsV1"]) for each in owners["value"]}
    return 0


def merge_patch(file: str, options: SimpleNamespace, resource: str) -> int:
    """As a program changes some fields of what is there: they are its own from then on, no matter who had them."""
    what = json.load(sys.stdin)
    with state(file) as cluster:
        key = by_resource(cluster, resource, options.namespace)
        if not key:
            return failed(f'Error from server (NotFound): "{resource}" not found')
        if no := forbidden(cluster, "patch", key):
            return failed(no)
        entry = cluster["objects"][key]
        changed = {**entry, "object": merged(entry["object"], what), "version": entry.get("version", 0) + 1}
        others = {name: without(each, what) for name, each in entry["applied"].items()}
        own = merged(others.get(options.field_manager, {}), what)
        changed["applied"] = {**others, options.field_manager: own}
        if options.dry_run is None:
            cluster["objects"][key] = changed
            # What a test says of the pods that the restart makes.
            cluster.update(cluster.get("after_restart", {}))
    if options.output:
        return printed([shown(changed)])
    print(f"{resource} patched")
    return 0


def part(value: Any, fields: Json) -> Any:
    """As much of a value as a set of fields names. Lists are one value here."""
    if not fields or not isinstance(value, dict):
        return value
    named = {name: fields[f"f:{name}"] for name in value if f"f:{name}" in fields}
    return {name: part(value[name], below) for name, below in named.items()}


def check_seen(cluster: Json, item: Json) -> None:
    """As KEDA's webhook does, which does not look in a dry run."""
    if cluster.get("unseen", {}).get(item["kind"]):
        cluster["unseen"][item["kind"]] -= 1
        refusal = 'admission webhook "vscaledobject.kb.io" denied the request: Deployment.apps "web" not found'
        raise Refused(f"Error from server: {refusal}")


def check_required(item: Json, validate: str | None) -> None:
    if item["kind"] == "Deployment" and validate != "false" and not {"selector", "template"} <= item["spec"].keys():
        raise Refused("error: error validating data: missing required field in io.k8s.api.apps.v1.DeploymentSpec")


def rollout(file: str, options: SimpleNamespace, words: list[str]) -> int:
    assert words[0] == "status"
    kind, _, name = words[1].partition("/")
    with state(file) as cluster:
        stuck, slow = cluster["stuck"].get(name), cluster["slow"].get(name, 0)
    print(
        f'Waiting for {kind.partition(".")[0]} "{name}" rollout to finish: 0 of 1 updated replicas are available...',
        flush=True,
    )
    time.sleep(slow)
    if stuck:
        return failed(f'error: deployment "{name}" exceeded its progress deadline')
    print(f'{kind.partition(".")[0]} "{name}" successfully rolled out')
    return 0


def selected(item: Json, selector: str | None) -> bool:
    wanted = dict(each.split("=") for each in selector.split(",")) if selector else {}
    return wanted.items() <= item["metadata"].get("labels", {}).items()


def delete(file: str, options: SimpleNamespace, words: list[str]) -> int:
    with state(file) as cluster:
        if options.raw:
            if "/jobs/" in options.raw:
                return delete_job(cluster, options.raw, json.load(sys.stdin)["preconditions"])
            return delete_namespace(cluster, options.raw.rpartition("/")[2], json.load(sys.stdin)["preconditions"])
        key = by_resource(cluster, words[0], options.namespace)
        if key and (no := forbidden(cluster, "delete", key)):
            return failed(no)
        if key:
            del cluster["objects"][key]
            print(f"{words[0]} deleted")
    return 0


def delete_namespace(cluster: Json, name: str, preconditions: Json) -> int:
    key = f"|Namespace||{name}"
    if no := forbidden(cluster, "delete", key):
        return failed(no)
    overtaken(cluster, key)
    if no := outdated(cluster, key, preconditions):
        return failed(no)
    if cluster.get("held_up", {}).get(name):
        change(cluster["objects"][key], {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})
        change(cluster["objects"][key], {"status": cluster["held_up"][name]})
    else:
        empty(cluster, key)
    return 0


def empty(cluster: Json, key: str) -> None:
    """A Namespace goes, with all that is in it; and the driver removes what was provisioned for a claim in there."""
    name = key.split("|")[3]
    cluster["objects"] = {
        each: entry
        for each, entry in cluster["objects"].items()
        if each != key and each.split("|")[2] != name and (cluster.get("no_driver") or not provisioned(entry, name))
    }


def provisioned(entry: Json, namespace: str) -> bool:
    spec = entry["object"].get("spec", {})
    claimed = spec.get("claimRef", {}).get("namespace") == namespace
    return claimed and spec.get("persistentVolumeReclaimPolicy") == "Delete"


def overtaken(cluster: Json, key: str) -> None:
    """Somebody is quicker: changes what the API server keeps of the object, or removes it (null)."""
    for what in cluster.get("quicker", {}).get(key.split("|")[3], [])[:1]:
        cluster["quicker"][key.split("|")[3]].pop(0)
        if what is None:
            empty(cluster, key)
        else:
            cluster["objects"][key] = merged(cluster["objects"][key], what)
            change(cluster["objects"][key], {})


def outdated(cluster: Json, key: str, preconditions: Json) -> str | None:
    kind, name = f"{key.split('|')[1].lower()}s", key.split("|")[3]
    if key not in cluster["objects"]:
        return f'Error from server (NotFound): {kind} "{name}" not found'
    metadata = shown(cluster["objects"][key])["metadata"]
    if any(metadata[field] != value for field, value in preconditions.items()):
        return f'Error from server (Conflict): Operation cannot be fulfilled on {kind} "{name}": Precondition failed'
    return None


def change(entry: Json, what: Json) -> None:
    """A change by somebody who owns nothing."""
    entry["object"] = merged(entry["object"], what)
    entry["version"] = entry.get("version", 0) + 1


def annotate(file: str, options: SimpleNamespace, words: list[str]) -> int:
    with state(file) as cluster:
        key = f"|Namespace||{words[0].removeprefix('namespace/')}"
        overtaken(cluster, key)
        if no := outdated(cluster, key, {"resourceVersion": options.resource_version}):
            return failed(no)
        change(cluster["objects"][key], {"metadata": {"annotations": dict([words[1].split("=", 1)])}})
        print(f"{words[0]} annotated")
    return 0


def wait(file: str, options: SimpleNamespace, words: list[str]) -> int:
    assert options.__dict__["for"] == "delete"
    name = words[0].partition("/")[2]
    with state(file) as cluster:
        slow = cluster["slow"].get(name, 0)
    time.sleep(slow)
    with state(file) as cluster:
        key = by_resource(cluster, words[0], None)
        ending = key.startswith("|Namespace|") and "status" in cluster["objects"][key]["object"]
        if ending and not cluster.get("held_up", {}).get(name):
            empty(cluster, key)
        elif key:
            if name in cluster.get("late", []):
                empty(cluster, key)
            return failed(f"error: timed out waiting for the condition on {words[0]}")
    return 0


def scale(file: str, options: SimpleNamespace, words: list[str]) -> int:
    """As an autoscaler does: the number is written, and is its own from then on."""
    with state(file) as cluster:
        entry = cluster["objects"][by_resource(cluster, words[0], options.namespace)]
        number = {"spec": {"replicas": int(options.replicas)}}
        entry["object"] = merged(entry["object"], number)
        entry["applied"] = {name: without(each, number) for name, each in entry["applied"].items()} | {"scaler": number}
    return 0


def logs(file: str, _options: SimpleNamespace, words: list[str]) -> int:
    with state(file) as cluster:
        print(cluster["logs"].get(words[0], ""))
    return 0


COMMANDS = {
    "annotate": annotate, "apply": apply, "config": config, "create": create, "delete": delete, "exec": run_in_pod,
    "get": get,
    "logs": logs, "patch": patch, "replace": replace, "rollout": rollout, "scale": scale, "version": version,
    "wait": wait,
}  # fmt: skip


def read_input() -> list[Json]:
    content = json.load(sys.stdin)
    return content["items"] if content["kind"] == "List" else [content]


def key_of(item: Json) -> str:
    group = item["apiVersion"].rpartition("/")[0]
    return f"{group}|{item['kind']}|{item['metadata'].get('namespace', '')}|{item['metadata']['name']}"


def by_resource(cluster: Json, resource: str, namespace: str | None) -> str:
    kind, _, name = resource.partition("/")
    for key in cluster["objects"]:
        _, has_kind, has_namespace, has_name = key.split("|")
        if (has_kind.lower(), has_namespace, has_name) == (kind.partition(".")[0], namespace or "", name):
            return key
    return ""


def shown(entry: Json) -> Json:
    fields = [
        {"manager": name, "operation": "Apply", "fieldsV1": fields_of(item)} for name, item in entry["applied"].items()
    ]
    own = {"resourceVersion": str(entry.get("version", 0)), "uid": entry.get("uid", ""), "creationTimestamp": CREATED}
    return merged(entry["object"], {"metadata": {"managedFields": fields, **own}})


def fields_of(item: Any) -> Json:
    return {f"f:{key}": fields_of(each) for key, each in item.items()} if isinstance(item, dict) else {}


def printed(found: list[Json], *, as_list: bool = False) -> int:
    if len(found) == 1 and not as_list:
        print(json.dumps(found[0]))
    elif found:
        print(json.dumps({"apiVersion": "v1", "kind": "List", "items": found}))
    return 0


def failed(*messages: str) -> int:
    print("\n".join(messages), file=sys.stderr)
    return 1


def forbidden(cluster: Json, verb: str, key: str) -> str | None:
    kind, name = key.split("|")[1], key.split("|")[3]
    if [verb, kind] in cluster["forbidden"]:
        return f'Error from server (Forbidden): {kind.lower()}s "{name}" is forbidden: User "deployer" cannot {verb} it'
    return None


def unlisted(cluster: Json, resources: str) -> str | None:
    """Why a list is not given: one may not read it, or there is no such resource."""
    if resources in cluster.get("no_resource", []):
        return f'error: the server doesn\'t have a resource type "{resources.partition(".")[0]}"'
    if resources in cluster.get("unreachable", []):
        return "Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout"
    if ["list", resources] in cluster["forbidden"]:
        return f'Error from server (Forbidden): {resources} is forbidden: User "deployer" cannot list resource'
    return None


def at(item: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        item = item.get(step) if isinstance(item, dict) else None
    return item


def name_key(items: list[Any]) -> str | None:
    return next((key for key in KEYS if items and all(isinstance(each, dict) and key in each for each in items)), None)


def copied(value: Any) -> Any:
    return marshal.loads(marshal.dumps(value))


def merged(base: Any, change: Any) -> Any:
    """A value over another: mappings by key, lists of named things by name, the rest replaced."""
    if isinstance(base, dict) and isinstance(change, dict):
        return {**base, **{key: merged(base.get(key), each) for key, each in change.items()}}
    if isinstance(base, list) and isinstance(change, list) and (key := name_key([*base, *change])):
        old = {each[key]: each for each in base}
        new = {each[key]: merged(old.get(each[key]), each) for each in change}
        return [*new.values(), *(each for name, each in old.items() if name not in new)]
    return copied(change)


def pruned(live: Any, before: Any, kept: list[Any]) -> Any:
    """What is live without the fields that its manager applied before and that nobody applies now."""
    if isinstance(live, dict) and isinstance(before, dict):
        result = {}
        for key, value in live.items():
            owners = [each[key] for each in kept if isinstance(each, dict) and key in each]
            if key not in before or owners:
                result[key] = pruned(value, before.get(key), owners)
        return result
    if isinstance(live, list) and isinstance(before, list) and (key := name_key([*live, *before])):
        old = {each[key]: each for each in before}
        owned = [{each[key]: each for each in other if key in each} for other in kept if isinstance(other, list)]
        return [
            pruned(each, old.get(each[key]), [other[each[key]] for other in owned if each[key] in other])
            for each in live
            if each[key] not in old or any(each[key] in other for other in owned)
        ]
    return live


def without(item: Any, taken: Any) -> Any:
    """What is left of an applied value when another manager takes some of its fields with another content."""
    if isinstance(item, dict) and isinstance(taken, dict):
        return {
            key: without(each, taken[key]) if key in taken else each
            for key, each in item.items()
            if key not in taken or isinstance(each, dict | list) or each == taken[key]
        }
    return item


def conflicts_of(item: Any, live: Any, others: Json, path: str = "") -> list[str]:
    if isinstance(item, dict) and isinstance(live, dict):
        return [
            conflict
            for key, each in item.items()
            for conflict in conflicts_of(
                each,
                live.get(key),
                {name: other[key] for name, other in others.items() if isinstance(other, dict) and key in other},
                f"{path}.{key}",
            )
        ]
    return [f'"{name}": {path}' for name in others] if item != live and not isinstance(item, list) else []
