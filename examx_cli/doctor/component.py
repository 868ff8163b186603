"""A program that a chart or an add-on installs: how it is told from others, its version, and whether it runs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from examx_cli.doctor.questions import SERVICE_ACCOUNTS
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import Object, items, mapping, text

Version = tuple[int, int, int]

_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?!\d)")
_ROLE = "eks.amazonaws.com/role-arn"
ROLE_MEND = (
    "`aws eks list-pod-identity-associations --cluster-name CLUSTER` shows one of Pod Identity; "
    "or set the role as docs/cluster.md does"
)
"""What to do about a program whose role is not seen."""


def version_of(said: str) -> Version | None:
    """Return the version that a text begins with: `v2.12.0`, `3.1.1-eksbuild.2`, `1.33+`.

    None where it is no version.
    """
    found = _VERSION.match(said)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def written(version: Version) -> str:
    """Return a version as people write it."""
    return ".".join(map(str, version))


def as_named(version: Version, said: str, named: str) -> Found:
    """Return whether what runs, as it says, is of the minor version that an environment names."""
    if version_of(named) == (*version[:2], 0):
        return good(f"it is {said}")
    return lacking(f"it is {said}, and the environment names {named}")


@dataclass(frozen=True, slots=True)
class Component:
    """A program: what its image is called, or its container, whatever registry the image comes from."""

    name: str
    image: str
    container: str = ""

    def container_of(self, workload: Object) -> Object | None:
        """Return its container in a workload, if that runs it."""
        containers = [mapping(each) for each in items(workload, "spec", "template", "spec", "containers")]
        for each in containers:
            if _repository(text(each, "image")).rpartition("/")[2] == self.image:
                return each
        # A mirror may have given the image another name.
        named = [each for each in containers if self.container and text(each, "name") == self.container]
        return named[0] if named else None

    def among(self, workloads: Iterable[Object]) -> list[Object]:
        """Return those of these workloads that run it, those with ready pods first.

        An old one may be there too, with none.
        """
        return sorted(
            (each for each in workloads if self.container_of(each) is not None), key=_ready_pods, reverse=True
        )

    def version(self, workload: Object) -> Version | None:
        """Return the version that a workload runs: of the image's tag, else of the label that charts put there."""
        image = text(self.container_of(workload), "image")
        tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
        label = text(workload, "metadata", "labels", "app.kubernetes.io/version")
        return version_of(tag) or version_of(label)

    def check(
        self, workloads: Iterable[Object], *, least: Version | None = None, below: Version | None = None
    ) -> Found:
        """Return whether it runs, in a version from `least` on, and `below` the first that nobody has tried."""
        running = self.among(workloads)
        if not running:
            return lacking(f"no {self.name} runs")
        workload = running[0]
        version = self.version(workload)
        name = f"{self.name} {written(version)}" if version else f"{self.name} of an unknown version"
        where = f"{name} in {text(workload, 'metadata', 'namespace')}"
        if least and version and version < least:
            return lacking(f"{where}; {written(least)} is the least")
        if unready := _unready(where, workload):
            return unready
        if (least or below) and not version:
            return unsure(
                f"{where}: its image, {text(self.container_of(workload), 'image')}, has no version in its tag"
            )
        if below and version and version >= below:
            return unsure(f"{where}; nobody has tried {written(below)} or newer")
        return good(where)

    def role(self, workloads: Iterable[Object], seen: Seen) -> Found | None:
        """Return whether its ServiceAccount has a role of IAM; None where it does not run."""
        running = self.among(workloads)
        if not running:
            return None
        namespace = text(running[0], "metadata", "namespace")
        name = text(running[0], "spec", "template", "spec", "serviceAccountName") or "default"
        for account in seen.objects(SERVICE_ACCOUNTS):
            if (text(account, "metadata", "namespace"), text(account, "metadata", "name")) == (namespace, name):
                role = text(account, "metadata", "annotations", _ROLE)
                if role:
                    return good(f"{name} has {role}")
        return unsure(
            f"ServiceAccount {name} of {namespace} has no annotation {_ROLE}: EKS Pod Identity or the nodes' role may "
            "serve it, which Kubernetes does not show"
        )


def _repository(image: str) -> str:
    """Return an image without its tag and digest."""
    path = image.partition("@")[0]
    head, slash, last = path.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def _unready(where: str, workload: Object) -> Found | None:
    """Return what is said of a workload that is not ready wherever it is wanted."""
    ready, wanted = _ready_pods(workload), _wanted_pods(workload)
    if not ready:
        return (
            unsure(f"{where}: no node is there for it") if wanted == 0 else lacking(f"{where}: no pod of it is ready")
        )
    return unsure(f"{where}: on {ready} of {wanted} nodes alone") if wanted and ready < wanted else None


def _wanted_pods(workload: Object) -> int | None:
    """Return how many nodes want a pod of a DaemonSet. None of a Deployment: one pod of it is enough."""
    wanted = mapping(workload, "status").get("desiredNumberScheduled")
    return wanted if isinstance(wanted, int) else None


def _ready_pods(workload: Object) -> int:
    status = mapping(workload, "status")
    ready = status.get("numberReady", status.get("readyReplicas"))
    return ready if isinstance(ready, int) else 0
