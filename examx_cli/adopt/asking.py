"""What only the cluster can tell about an adoption beforehand: it is asked, and nothing is changed."""

from collections.abc import Iterator, Sequence

from examx_cli.adopt.findings import Finding, warning
from examx_cli.adopt.inventory import api_resources
from examx_cli.adopt.pod_security import ENFORCE_LABEL
from examx_cli.adopt.preflight import GUESTS, Case, hosts_of
from examx_cli.cluster import Cluster
from examx_cli.credentials import redis
from examx_cli.errors import CommandError
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, text

# What an adoption does beyond an apply: orphaning Deployments, setting their ReplicaSets aside, ending their pods.
_RIGHTS = (
    ("delete", "deployments.apps"),
    ("patch", "services"),
    ("patch", "replicasets.apps"),
    ("delete", "replicasets.apps"),
    ("patch", "pods"),
    ("delete", "pods"),
    ("create", "secrets"),
    ("patch", "secrets"),
)
_RIGHTS_TO_DRAIN = (("create", "jobs.batch"), ("delete", "jobs.batch"))


def missing_kinds(cluster: Cluster, wanted: Sequence[Object]) -> list[Finding]:
    """Return the kinds that the environment renders and the cluster does not know.

    No dry run can say more until they are.
    """
    served = api_resources(cluster, "-o", "wide", "--no-headers").splitlines()
    known = {each for line in served for each in _group_and_kind(line)}
    lacking = sorted({(key.group, key.kind) for key in map(ObjectId.of, wanted)} - known)
    return [
        Finding(f"{kind}.{group}: the cluster does not know this kind: install what brings it (its CRD) first")
        for group, kind in lacking
    ]


def _group_and_kind(line: str) -> Iterator[tuple[str, str]]:
    """Yield group and kind of a line `NAME SHORTNAMES APIVERSION NAMESPACED KIND VERBS ...`; without SHORTNAMES too."""
    words = line.split()
    for position, word in enumerate(words):
        if word in ("true", "false") and 0 < position < len(words) - 1:
            yield words[position - 1].rpartition("/")[0], words[position + 1]
            return


def findings(cluster: Cluster, case: Case) -> list[Finding]:
    """Return what the cluster says of Pod Security, rights, the Secret that is made, and Ingresses elsewhere."""
    return [
        *_pod_security(cluster, case),
        *_rights(cluster, case),
        *_secrets(cluster, case),
        *_same_host(cluster, case),
    ]


def _pod_security(cluster: Cluster, case: Case) -> Iterator[Finding]:
    """Yield the server's own words on the pods that run and stay."""
    namespace = next(iter(case.rendered("Namespace")), None)
    level = text(namespace, "metadata", "labels", ENFORCE_LABEL)
    if not level:
        return
    staying = {ObjectId.of(each).name: each for each in case.staying}
    for line in pod_security_warnings(cluster, level):
        pod, _, why = line.partition(": ")
        name = pod.split(" ")[0]
        owner = next((each for each in sorted(staying, key=len, reverse=True) if _is_of(name, each)), None)
        if owner is not None:
            key = ObjectId.of(staying[owner])
            yield Finding(
                f"{key}: the namespace enforces {level} at the end, and the cluster says of its pod {name}: {why}; "
                f"{GUESTS}, mend it, or remove it with --remove {key.kind}/{key.name}"
            )


def _is_of(pod: str, workload: str) -> bool:
    return pod == workload or pod.startswith(f"{workload}-")


def pod_security_warnings(cluster: Cluster, level: str) -> list[str]:
    """Return `POD: what violates the level`, one for each group of pods that would be refused at that level."""
    label = f"{ENFORCE_LABEL}={level}"
    try:
        cluster.kubectl.run(
            "label",
            "namespace",
            cluster.target.namespace,
            label,
            "--overwrite",
            "--dry-run=server",
            "--warnings-as-errors",
        )
    except ProcessError as error:
        if is_forbidden(error):
            return []
        lines = [each.partition("Warning: ")[2] for each in error.said.splitlines() if "Warning: " in each]
        return [each for each in lines if not each.startswith("existing pods in namespace")]
    return []


def _rights(cluster: Cluster, case: Case) -> Iterator[Finding]:
    asked = (*_RIGHTS, *(_RIGHTS_TO_DRAIN if case.redis.moves else ()))
    namespace = f"--namespace={cluster.target.namespace}"
    lacking = [f"{verb} {what}" for verb, what in asked if not _can(cluster, verb, what, namespace)]
    if lacking:
        yield Finding(
            f"this identity may not {', '.join(lacking)} in {cluster.target.namespace}: "
            "let an administrator of the namespace adopt it"
        )


def _secrets(cluster: Cluster, case: Case) -> Iterator[Finding]:
    """Yield why the passwords of Redis could not be made; rights are asked about already."""
    for each in redis.secrets_of(case.wanted):
        try:
            each.try_to_make(cluster.kubectl)
        except CommandError as error:
            yield Finding(str(error))


def _can(cluster: Cluster, verb: str, what: str, namespace: str) -> bool:
    try:
        return cluster.kubectl.run("auth", "can-i", verb, what, namespace).strip() == "yes"
    except ProcessError as error:
        if error.said.startswith("no") or not error.said:
            return False
        raise


def _same_host(cluster: Cluster, case: Case) -> Iterator[Finding]:
    hosts = {host for each in case.rendered("Ingress") for host in hosts_of(each)}
    if not hosts:
        return
    try:
        found = cluster.kubectl.objects("get", "ingresses.networking.k8s.io", "--all-namespaces")
    except ProcessError as error:
        if not is_forbidden(error):
            raise
        yield warning(
            "this identity may not list the Ingresses of other namespaces: make sure that none has the host "
            f"{', '.join(sorted(hosts))}"
        )
        return
    for each in found:
        namespace = ObjectId.of(each).namespace
        if namespace != case.inventory.namespace and (same := sorted(hosts & hosts_of(each))):
            yield Finding(
                f"{ObjectId.of(each)} of the namespace {namespace} has the host {', '.join(same)} as well: "
                "give it another host, or remove it there"
            )
