"""The charts that docs/cluster.md installs, pinned: one list for the page, and for what an examination advises.

Versions and keys are held against the charts' own values in tests/unit/cli/doctor/test_setup.py, which names their
sources.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import join

_ACCOUNT = "399600302704"
_ROLE_KEY = r"eks\.amazonaws\.com/role-arn"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, in one version, with what is set of its values.

    `role`: where its values keep the ServiceAccount that needs a role of IAM, and what the role's name ends in.
    """

    release: str
    name: str
    repository: str
    version: str
    namespace: str = "kube-system"
    values: Sequence[str] = ()
    role: tuple[str, str] | None = None

    def command(self, cluster: str) -> str:
        """Return what installs it, and brings one that is there to this version and these values."""
        return join(self.words(cluster))

    def words(self, cluster: str) -> list[str]:
        """Return the words of that command."""
        values = [each.replace("CLUSTER", cluster) for each in self.values]
        if self.role:
            key, name = self.role
            values.append(f"{key}.annotations.{_ROLE_KEY}={role_arn(cluster, name)}")
        return [
            *("helm", "upgrade", "--install", self.release, self.name, "--repo", self.repository),
            *("--version", self.version, "--kube-context", cluster, "--namespace", self.namespace),
            *(["--create-namespace"] if self.namespace != "kube-system" else []),
            *(word for each in values for word in ("--set", each)),
        ]


def role_arn(cluster: str, name: str) -> str:
    """Return the role of a program of a cluster, as the page names them."""
    return f"arn:aws:iam::{_ACCOUNT}:role/{cluster}-{name}"


KEDA = Chart(
    release="keda",
    name="keda",
    repository="https://kedacore.github.io/charts",
    version="2.17.2",
    namespace="keda",
    values=("operator.replicaCount=2",),
)
METRICS_SERVER = Chart(
    release="metrics-server",
    name="metrics-server",
    repository="https://kubernetes-sigs.github.io/metrics-server",
    version="3.13.1",
)
SECRETS_DRIVER = Chart(
    release="csi-secrets-store",
    name="secrets-store-csi-driver",
    repository="https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts",
    version="1.6.0",
    values=(
        "enableSecretRotation=true",
        "tokenRequests[0].audience=sts.amazonaws.com",
        "tokenRequests[1].audience=pods.eks.amazonaws.com",
    ),
)
SECRETS_PROVIDER = Chart(
    release="secrets-provider-aws",
    name="secrets-store-csi-driver-provider-aws",
    repository="https://aws.github.io/secrets-store-csi-driver-provider-aws",
    version="3.1.1",
    # Pods of branches go to tainted Spot nodes as well, and the chart tolerates nothing by itself.
    values=("secrets-store-csi-driver.install=false", "tolerations[0].operator=Exists"),
)
LOAD_BALANCER_CONTROLLER = Chart(
    release="aws-load-balancer-controller",
    name="aws-load-balancer-controller",
    repository="https://aws.github.io/eks-charts",
    version="3.5.0",
    values=("clusterName=CLUSTER", "region=ap-south-1"),
    role=("serviceAccount", "load-balancer-controller"),
)
EFS_DRIVER = Chart(
    release="aws-efs-csi-driver",
    name="aws-efs-csi-driver",
    repository="https://kubernetes-sigs.github.io/aws-efs-csi-driver",
    version="4.4.1",
    values=("controller.deleteAccessPointRootDir=true",),
    role=("controller.serviceAccount", "efs-driver"),
)
EBS_DRIVER = Chart(
    release="aws-ebs-csi-driver",
    name="aws-ebs-csi-driver",
    repository="https://kubernetes-sigs.github.io/aws-ebs-csi-driver",
    version="2.64.0",
    role=("controller.serviceAccount", "ebs-driver"),
)

CHARTS = (
    KEDA,
    METRICS_SERVER,
    SECRETS_DRIVER,
    SECRETS_PROVIDER,
    LOAD_BALANCER_CONTROLLER,
    EFS_DRIVER,
    EBS_DRIVER,
)
"""In the order in which they are installed."""
