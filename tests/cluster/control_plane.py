"""A control plane that runs: what tests use of it."""

import itertools
import json
import subprocess
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from tests import certificates
from tests.cluster import (
    custom_resources,
    keda,
    kubeconfig,
    kubelet,
    metrics,
    programs,
    room,
    servers,
    storage,
)
from tests.cluster.client import ApiError, Client, Object
from tests.cluster.metrics import Metrics
from tests.cluster.nodes import ADDRESSES, KUBELET, Nodes
from tests.cluster.processes import Programs
from tests.cluster.servers import Identity
from tests.cluster.watcher import Watcher

VERSIONS = ("1.34", "1.37")

_ADMINISTRATORS = "system:masters"


@dataclass
class ControlPlane:
    """One control plane, which has the room for itself."""

    version: str
    folder: Path
    binaries: Path
    identity: Identity
    servers: Programs
    client: Client
    nodes: Nodes
    metrics: Metrics = field(init=False)
    _kubeconfigs: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def kubectl_binary(self) -> Path:
        """The kubectl of the same version."""
        return self.binaries / "kubectl"

    @property
    def kubeconfig(self) -> Path:
        """The configuration of the administrator."""
        return self.folder / "kubeconfig"

    def kubeconfig_for(self, user: str, *groups: str) -> Path:
        """A configuration for somebody else, whom a certificate proves. Which rights they have is RBAC's matter."""
        path = self.folder / f"kubeconfig-{next(self._kubeconfigs)}"
        return kubeconfig.write(path, self.identity.authority, self.identity.authority.client(user, groups))

    def kubectl(self, *arguments: str, stdin: str | None = None, kubeconfig: Path | None = None) -> str:
        """What kubectl prints. Fails where it fails, and where it warns."""
        done = self.kubectl_done(*arguments, stdin=stdin, kubeconfig=kubeconfig)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        assert "Warning" not in done.stderr, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def kubectl_done(
        self, *arguments: str, stdin: str | None = None, kubeconfig: Path | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """A call of kubectl, whatever came of it."""
        command = [str(self.kubectl_binary), f"--kubeconfig={kubeconfig or self.kubeconfig}", *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)

    def apply(self, objects: Sequence[Object], *, manager: str = "tests", kubeconfig: Path | None = None) -> str:
        """Apply objects as deployments do: by the server, strictly, and without a warning."""
        arguments = ("apply", "--server-side", "--validate=strict", f"--field-manager={manager}", "-f", "-")
        listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        return self.kubectl(*arguments, stdin=listed, kubeconfig=kubeconfig)

    def get(self, kind: str, name: str, namespace: str | None = None) -> Object:
        """A live object."""
        where = (f"--namespace={namespace}",) if namespace else ()
        return json.loads(self.kubectl("get", kind, name, *where, "-o", "json"))

    def add_host(self, name: str, address: str) -> None:
        """Let a name lead to an address, for every program of the room. Go's look again after 5 seconds at most."""
        room.add_host(name, address)


def refusal(version: str) -> str | None:
    """Why there can be no control plane of a version; None where there can be one."""
    return room.refusal() or programs.refusal(f"kubernetes-{version}") or programs.refusal(programs.KEDA)


@contextmanager
def running(version: str = VERSIONS[0], *, with_keda: bool = True) -> Generator[ControlPlane]:
    """A control plane with nodes, metrics and KEDA. When the block ends, none of its processes is left."""
    built, built_keda = programs.built(f"kubernetes-{version}"), programs.built(programs.KEDA)
    assert built, f"Kubernetes {version} is not built: run `python -m tests.cluster.programs`"
    assert built_keda or not with_keda, "KEDA is not built: run `python -m tests.cluster.programs`"
    with ExitStack() as stack:
        folder = Path(mkdtemp(prefix="plane-", dir=room.FOLDER))
        plane = _start(version, folder, built / "bin", stack)
        if with_keda and built_keda:
            keda.start(plane, built_keda)
        yield plane


def _start(version: str, folder: Path, binaries: Path, stack: ExitStack) -> ControlPlane:
    identity = Identity(
        authority=certificates.authority("authority", folder / "certificates"),
        front_proxy=certificates.authority("front-proxy-authority", folder / "certificates"),
        tokens=certificates.signing_key(folder / "certificates", "tokens"),
    )
    administrator = identity.authority.client("administrator", [_ADMINISTRATORS])
    kubeconfig.write(folder / "kubeconfig", identity.authority, administrator)
    client = Client(servers.API, identity.authority.certificate, administrator)
    started = Programs(folder)
    nodes, provisioner = Nodes(client), storage.Provisioner(client)
    watchers: list[Watcher] = []
    stack.callback(client.close)
    stack.callback(lambda: [each.join() for each in watchers])
    stack.callback(started.kill)
    stack.callback(lambda: [each.stop() for each in watchers])
    stack.callback(nodes.stop)
    servers.start_api(started, binaries, folder, identity)
    started.wait(lambda: _is_there(client, "/readyz"), "the API server does not get ready")
    servers.start_controllers(started, binaries, identity, folder / "kubeconfig")
    watchers += [nodes.start(), provisioner.start()]
    stack.enter_context(kubelet.serving(ADDRESSES, KUBELET, identity.authority, nodes.log))
    plane = ControlPlane(version, folder, binaries, identity, started, client, nodes)
    _furnish(plane)
    plane.metrics = stack.enter_context(metrics.serving(plane))
    return plane


def _furnish(plane: ControlPlane) -> None:
    """What a cluster of EKS has before anybody deploys to it."""
    load_balancer = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": "alb"},
        "spec": {"controller": "ingress.k8s.aws/alb"},
    }
    kinds = [custom_resources.secret_provider_class(), custom_resources.mount_status()]
    plane.apply([*storage.classes(), load_balancer, *kinds], manager="cluster")
    # Pods need it, and a controller makes it.
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    plane.servers.wait(lambda: _is_there(plane.client, account), "the controllers do not work")


def _is_there(client: Client, path: str) -> bool:
    try:
        return bool(client.get(path))
    except ApiError:
        return False
