"""A cluster as docs/cluster.md sets it up, in the objects that kubectl shows of it: as much as an examination reads."""

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from examx_cli.doctor import questions
from examx_cli.doctor.questions import Question
from examx_cli.doctor.seen import Right, Unseen

Json = dict[str, Any]
Objects = dict[Question, list[Json]]

SYSTEM = "kube-system"
IMAGES = "registry.example.com"
FEATURE_POLICIES = ("examxv2-feature-deployer", "examxv2-feature-deployer-content")
APIS = {
    "keda.sh/v1alpha1": ["ScaledObject", "ScaledJob", "TriggerAuthentication"],
    "secrets-store.csi.x-k8s.io/v1": ["SecretProviderClass"],
}


@dataclass
class Played:
    """What a cluster answers, as a test wants it. What is `hidden` may not be read."""

    answers: Objects
    git_version: str = "v1.34.4-eks-0a1b2c3"
    apis: Mapping[str, Sequence[str]] = field(default_factory=lambda: APIS)
    may: Callable[[str, str, str], bool] = lambda *_: True
    hidden: set[Question] = field(default_factory=set)
    secrets: dict[str, int | Unseen] = field(default_factory=dict)
    """The number of keys of each Secret, or why it is not shown."""

    def objects(self, question: Question) -> Sequence[Json]:
        if question in self.hidden:
            raise Unseen(f"this identity may not read the {question}")
        return self.answers.get(question, [])

    def version(self) -> Json:
        return {"gitVersion": self.git_version}

    def kinds(self, version: str) -> frozenset[str]:
        return frozenset(self.apis.get(version, []))

    def allowed(self, wanted: Collection[Right]) -> frozenset[Right]:
        return frozenset(each for each in wanted if self.may(*each))

    def secret_keys(self, name: str) -> int | None:
        found = self.secrets.get(name)
        if isinstance(found, Unseen):
            raise found
        return found

    def one(self, question: Question, name: str) -> Json:
        """The object of that name, to be changed."""
        return next(each for each in self.answers[question] if each["metadata"]["name"] == name)

    def without(self, question: Question, name: str) -> None:
        """Take an object away."""
        self.answers[question].remove(self.one(question, name))


def named(name: str, namespace: str | None = None, **metadata: Any) -> Json:
    where = {"namespace": namespace} if namespace else {}
    return {"metadata": {"name": name, **where, **metadata}}


def workload(kind: str, name: str, image: str, *, container: str, namespace: str = SYSTEM, **more: Any) -> Json:
    """A Deployment or DaemonSet that runs."""
    args, labels = more.get("args", []), more.get("labels", {"app": name})
    ready = {"readyReplicas": 2} if kind == "Deployment" else {"numberReady": 3, "desiredNumberScheduled": 3}
    pod = {
        "tolerations": [{"operator": "Exists"}],
        "serviceAccountName": more.get("account", name),
        "containers": [{"name": container, "image": f"{IMAGES}/{image}", "args": args}],
    }
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {"kind": kind, **named(name, namespace), "spec": {"template": template}, "status": ready}


def api_service(name: str, service: str, namespace: str) -> Json:
    available = {"type": "Available", "status": "True", "message": "all checks passed"}
    spec = {"service": {"name": service, "namespace": namespace}}
    return {**named(name), "spec": spec, "status": {"conditions": [available]}}


def node(number: int) -> Json:
    labels = {
        "kubernetes.io/arch": "arm64",
        "kubernetes.io/hostname": f"node-{number}",
        "topology.kubernetes.io/zone": f"ap-south-1{'abc'[number % 3]}",
    }
    ready = {"type": "Ready", "status": "True"}
    return {**named(f"node-{number}", labels=labels), "spec": {}, "status": {"conditions": [ready]}}


def account(name: str, role: str | None = None, namespace: str = SYSTEM) -> Json:
    annotations = {"eks.amazonaws.com/role-arn": f"arn:aws:iam::111122223333:role/{role}"} if role else {}
    return named(name, namespace, annotations=annotations)


def sound(namespace: str, service_account: str) -> Played:
    """A cluster that lacks nothing, for an environment of that namespace."""
    daemon_set, deployment = partial(workload, "DaemonSet"), partial(workload, "Deployment")
    tokens = [{"audience": "sts.amazonaws.com"}, {"audience": "pods.eks.amazonaws.com"}]
    hook = {"name": "mpod.elbv2.k8s.aws", "failurePolicy": "Ignore"}
    answers: Objects = {
        questions.NODES: [node(number) for number in range(3)],
        questions.DAEMON_SETS: [
            daemon_set(
                "aws-node",
                "amazon/aws-network-policy-agent:v1.4.0",
                container="aws-eks-nodeagent",
                args=["--enable-ipv6=false", "--enable-network-policy=true"],
            ),
            daemon_set(
                "csi-secrets-store-secrets-store-csi-driver",
                "csi-secrets-store/driver:v1.6.0",
                container="secrets-store",
                args=["--enable-secret-rotation=true"],
            ),
            daemon_set(
                "secrets-provider-aws-secrets-store-csi-driver-provider-aws",
                "aws-secrets-manager/secrets-store-csi-driver-provider-aws:3.1.1",
                container="provider-aws-installer",
            ),
            daemon_set("efs-csi-node", "amazon/aws-efs-csi-driver:v3.4.1", container="efs-plugin"),
            daemon_set("ebs-csi-node", "ebs-csi-driver/aws-ebs-csi-driver:v1.64.0", container="ebs-plugin"),
        ],
        questions.DEPLOYMENTS: [
            deployment("coredns", "eks/coredns:v1.12.1", container="coredns", labels={"k8s-app": "kube-dns"}),
            deployment("keda-operator", "kedacore/keda:2.17.2", container="keda-operator", namespace="keda"),
            deployment(
                "keda-operator-metrics-apiserver",
                "kedacore/keda-metrics-apiserver:2.17.2",
                container="keda-operator-metrics-apiserver",
                namespace="keda",
            ),
            deployment(
                "aws-load-balancer-controller",
                "eks/aws-load-balancer-controller:v3.5.0",
                container="aws-load-balancer-controller",
            ),
            deployment(
                "efs-csi-controller",
                "amazon/aws-efs-csi-driver:v3.4.1",
                container="efs-plugin",
                account="efs-csi-controller-sa",
                args=["--delete-access-point-root-dir=true"],
            ),
            deployment(
                "ebs-csi-controller",
                "ebs-csi-driver/aws-ebs-csi-driver:v1.64.0",
                container="ebs-plugin",
                account="ebs-csi-controller-sa",
            ),
        ],
        questions.DRIVERS: [
            {
                **named("secrets-store.csi.k8s.io"),
                "spec": {"requiresRepublish": True, "tokenRequests": tokens, "serviceAccountTokenInSecrets": True},
            },
            {**named("efs.csi.aws.com"), "spec": {}},
            {**named("ebs.csi.aws.com"), "spec": {}},
        ],
        questions.API_SERVICES: [
            api_service("v1beta1.metrics.k8s.io", "metrics-server", SYSTEM),
            api_service("v1beta1.external.metrics.k8s.io", "keda-operator-metrics-apiserver", "keda"),
        ],
        questions.SYSTEM_SERVICES: [{**named("kube-dns", SYSTEM), "spec": {"selector": {"k8s-app": "kube-dns"}}}],
        questions.INGRESS_CLASSES: [{**named("alb"), "spec": {"controller": "ingress.k8s.aws/alb"}}],
        questions.MUTATING_WEBHOOKS: [{**named("aws-load-balancer-webhook"), "webhooks": [hook]}],
        questions.ADMISSION_RULES: [{**named(name), "spec": {"failurePolicy": "Fail"}} for name in FEATURE_POLICIES],
        questions.ADMISSION_POLICIES: [
            {**named(name), "spec": {"policyName": name, "validationActions": ["Deny"]}} for name in FEATURE_POLICIES
        ],
        questions.STORAGE_CLASSES: [
            {**named("gp2"), "provisioner": "kubernetes.io/aws-ebs"},
            {
                **named("examxv2-features", annotations={"examx.ai/temporary": "true"}),
                "provisioner": "efs.csi.aws.com",
            },
        ],
        questions.SERVICE_ACCOUNTS: [
            account("aws-load-balancer-controller", "load-balancer"),
            account("efs-csi-controller-sa", "efs"),
            account("ebs-csi-controller-sa", "ebs"),
        ],
        questions.OWN_SERVICE_ACCOUNTS: [account(service_account, "application", namespace)],
    }
    return Played(copy.deepcopy(answers))
