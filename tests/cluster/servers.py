"""Kubernetes itself: etcd, the API server, the controllers and the scheduler, with the flags of a cluster."""

from dataclasses import dataclass
from pathlib import Path

from tests.certificates import Authority, Pair
from tests.cluster.processes import Programs

ETCD = 2379
API = 6443
CONTROLLERS = 10257
SCHEDULER = 10259
ADDRESS = f"https://127.0.0.1:{API}"

# What looks after nodes stays away: the nodes of the tests tell nobody that they live.
_CONTROLLERS = ("*", "-node-lifecycle-controller")


@dataclass(frozen=True)
class Identity:
    """What the servers of one control plane trust and sign with."""

    authority: Authority
    front_proxy: Authority
    tokens: Pair


def start_api(programs: Programs, binaries: Path, folder: Path, identity: Identity) -> None:
    """Start etcd and the API server. Nothing is kept on a disk, so nothing has to be safe on it."""
    peer = f"http://127.0.0.1:{ETCD + 1}"
    programs.start(
        "etcd",
        [
            str(binaries / "etcd"),
            f"--data-dir={folder / 'etcd'}",
            f"--listen-client-urls=http://127.0.0.1:{ETCD}",
            f"--advertise-client-urls=http://127.0.0.1:{ETCD}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",
            "--log-level=warn",
        ],
    )
    shown = identity.authority.server("api", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
    proxy = identity.front_proxy.client("front-proxy")
    programs.start(
        "kube-apiserver",
        [
            str(binaries / "kube-apiserver"),
            f"--etcd-servers=http://127.0.0.1:{ETCD}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={API}",
            f"--tls-cert-file={shown.certificate}",
            f"--tls-private-key-file={shown.key}",
            f"--client-ca-file={identity.authority.certificate}",
            "--authorization-mode=RBAC",
            "--anonymous-auth=false",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--endpoint-reconciler-type=none",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-signing-key-file={identity.tokens.key}",
            f"--service-account-key-file={identity.tokens.certificate}",
            f"--requestheader-client-ca-file={identity.front_proxy.certificate}",
            "--requestheader-allowed-names=front-proxy",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={proxy.certificate}",
            f"--proxy-client-key-file={proxy.key}",
            f"--kubelet-certificate-authority={identity.authority.certificate}",
            f"--kubelet-client-certificate={shown.certificate}",
            f"--kubelet-client-key={shown.key}",
            "--kubelet-preferred-address-types=InternalIP",
            "--allow-privileged=true",
            "--profiling=false",
        ],
    )


def start_controllers(programs: Programs, binaries: Path, identity: Identity, kubeconfig: Path) -> None:
    """Start the controllers and the scheduler. Each controller works as a service account of its own, under RBAC."""
    config = [f"--kubeconfig={kubeconfig}", "--leader-elect=false", "--bind-address=127.0.0.1", "--profiling=false"]
    programs.start(
        "kube-controller-manager",
        [
            str(binaries / "kube-controller-manager"),
            *config,
            f"--secure-port={CONTROLLERS}",
            f"--controllers={','.join(_CONTROLLERS)}",
            "--use-service-account-credentials",
            f"--service-account-private-key-file={identity.tokens.key}",
            f"--root-ca-file={identity.authority.certificate}",
            # It would make its folder in /usr.
            f"--flex-volume-plugin-dir={kubeconfig.parent / 'plugins'}",
            "--pvclaimbinder-sync-period=1s",
            "--kube-api-qps=100",
            "--kube-api-burst=200",
        ],
    )
    programs.start(
        "kube-scheduler",
        [
            str(binaries / "kube-scheduler"),
            *config,
            f"--secure-port={SCHEDULER}",
            "--kube-api-qps=100",
            "--kube-api-burst=200",
        ],
    )
