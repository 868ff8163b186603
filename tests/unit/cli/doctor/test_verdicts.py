"""What an examination says of a cluster: one thing is wrong at a time, and exactly what hangs on it is said."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from examx_cli.doctor import State, Verdict, examine, questions
from examx_cli.doctor.component import version_of
from examx_cli.doctor.needs import Needs
from tests.unit.cli.doctor import eks
from tests.unit.cli.doctor.conftest import Examination, cluster_for, needs_of
from tests.unit.cli.doctor.eks import Played, named, workload

FIXED = ("dev", "stg", "prod")
SECRETS_DRIVER, PROVIDER = (
    "csi-secrets-store-secrets-store-csi-driver",
    "secrets-provider-aws-secrets-store-csi-driver-provider-aws",
)
CONTROLLER = "aws-load-balancer-controller"
# What Kubernetes does not know, of an environment that names no certificate.
UNKNOWABLE = {"load balancer: certificates in ACM"}


def image(question: questions.Question, name: str, tag: str) -> Callable[[Played], object]:
    """Another version of what a workload runs."""

    def change(cluster: Played) -> None:
        container = cluster.one(question, name)["spec"]["template"]["spec"]["containers"][0]
        container["image"] = f"{container['image'].partition('@')[0].rpartition(':')[0]}{tag}"

    return change


def gone(question: questions.Question, name: str) -> Callable[[Played], object]:
    return lambda cluster: cluster.without(question, name)


def field(question: questions.Question, name: str, *path: str, value: object) -> Callable[[Played], object]:
    """Another value at a place of an object; None takes it away."""

    def change(cluster: Played) -> None:
        item = cluster.one(question, name)
        for step in path[:-1]:
            item = item[step]
        if value is None:
            del item[path[-1]]
        else:
            item[path[-1]] = value

    return change


def added(question: questions.Question, *items: eks.Json) -> Callable[[Played], object]:
    return lambda cluster: cluster.answers.setdefault(question, []).extend(items)


def hidden(*asked: questions.Question) -> Callable[[Played], object]:
    return lambda cluster: cluster.hidden.update(asked)


def both(*changes: Callable[[Played], object]) -> Callable[[Played], object]:
    return lambda cluster: [each(cluster) for each in changes]


def args(question: questions.Question, name: str, *given: str) -> Callable[[Played], object]:
    return lambda cluster: cluster.one(question, name)["spec"]["template"]["spec"]["containers"][0].update(
        args=[*given]
    )


def said(**values: object) -> Callable[[Played], object]:
    """Another answer of the API server itself."""
    return lambda cluster: [setattr(cluster, name, value) for name, value in values.items()]


def tolerating(daemon_set: str, *tolerations: eks.Json) -> Callable[[Played], object]:
    return field(questions.DAEMON_SETS, daemon_set, "spec", "template", "spec", "tolerations", value=[*tolerations])


def tainted(cluster: Played) -> None:
    """A node of Spot capacity joins."""
    taint = {"key": "eks.amazonaws.com/capacityType", "value": "SPOT", "effect": "NoSchedule"}
    cluster.answers[questions.NODES].append({**eks.node(3), "spec": {"taints": [taint]}})


def watching(namespaces: str) -> Callable[[Played], object]:
    """A KEDA that is told which namespaces it shall watch."""

    def change(cluster: Played) -> None:
        container = cluster.one(questions.DEPLOYMENTS, "keda-operator")["spec"]["template"]["spec"]["containers"][0]
        container["env"] = [{"name": "WATCH_NAMESPACE", "value": namespaces}]

    return change


def may(*verbs: str) -> Callable[[Played], object]:
    """An identity that may do these things with everything, and nothing else."""
    return said(may=lambda _group, _resource, verb: verb in verbs)


def pod(
    name: str, *, gated: bool, phase: str = "Running", app: str = "examxv2-backend", **metadata: object
) -> eks.Json:
    gates = [{"conditionType": "target-health.elbv2.k8s.aws/k8s-examx-web-0123456789"}] if gated else []
    labels = {"app": app, "app.kubernetes.io/name": "examxv2", "app.kubernetes.io/component": "backend"}
    return {**named(name, labels=labels, **metadata), "spec": {"readinessGates": gates}, "status": {"phase": phase}}


def dns_cache(*addresses: str, name: str = "node-local-dns") -> eks.Json:
    words = ["-localip", ",".join(addresses)] if addresses else []
    return workload("DaemonSet", name, "dns/k8s-dns-node-cache:1.26.4", container="node-cache", args=words)


@dataclass(frozen=True)
class Case:
    """A change of a sound cluster, and what is then said: the precondition, in which state, with which words."""

    name: str
    change: Callable[[Played], object]
    expected: dict[str, tuple[State, str]]
    environment: str = "dev"
    dns_cidrs: tuple[str, ...] = ()


MISSING, UNKNOWN, OK = State.MISSING, State.UNKNOWN, State.OK
DRIVER_IS = "secrets: driver secrets-store.csi.k8s.io"
TOKENS, ROTATION, ROLES = (
    "secrets: driver's tokens for AWS",
    "secrets: rotation",
    "secrets: roles of the ServiceAccounts",
)
NAMED, KEDA_NAMED = "cluster: the Kubernetes that the environment names", "KEDA: the version that the environment names"
KEDA_IS, KEDA_SPACE = "KEDA: operator, 2.17 to 2.20", "KEDA: its namespace"
EXTERNAL, RESOURCE = "KEDA: external metrics API", "metrics: resource metrics API"
CONTROLLER_IS, CLASS_IS = "load balancer: controller, 2.12 or newer", "load balancer: IngressClass alb"
WEBHOOK, GATES = "load balancer: webhook for readiness gates", "load balancer: readiness gates of the pods that run"
EFS_IS, EBS_IS, CLASSES = "storage: EFS driver, 2.1.2 or newer", "storage: EBS driver", "storage: classes of the claims"
ENFORCED, DNS = "network: NetworkPolicies are enforced", "network: DNS behind the policies"
EVERYWHERE = "secrets: driver and provider on every node that pods may go to"
POLICY = "namespace: policies for those who deploy branches"
CACHE, NODES_APART = "network: NodeLocal DNSCache", "cluster: a node for each pod that must be alone"
KUBERNETES, KINDS = "cluster: Kubernetes 1.30 to 1.37", "cluster: kinds of others (CRDs)"
ARM, LABELS, RIGHTS = (
    "cluster: nodes of the pods' architecture",
    "namespace: labels of the Namespace",
    "namespace: rights of this identity",
)

CASES = [
    Case(
        "the driver asks for no token",
        field(questions.DRIVERS, "secrets-store.csi.k8s.io", "spec", "tokenRequests", value=None),
        {TOKENS: (MISSING, "its tokenRequests lack sts.amazonaws.com; they have none")},
    ),
    Case(
        "the driver asks for a token of another audience",
        field(questions.DRIVERS, "secrets-store.csi.k8s.io", "spec", "tokenRequests", value=[{"audience": "vault"}]),
        {TOKENS: (MISSING, "its tokenRequests lack sts.amazonaws.com; they have vault")},
    ),
    Case(
        "no tokens, and a provider that still makes them itself",
        both(
            field(questions.DRIVERS, "secrets-store.csi.k8s.io", "spec", "tokenRequests", value=None),
            image(questions.DAEMON_SETS, PROVIDER, ":2.1.1"),
        ),
        {TOKENS: (UNKNOWN, "the provider that runs still makes tokens itself, and 3.0.0 and newer do not")},
    ),
    Case(
        "the driver is not registered",
        gone(questions.DRIVERS, "secrets-store.csi.k8s.io"),
        {DRIVER_IS: (MISSING, "there is no CSIDriver secrets-store.csi.k8s.io")},
    ),
    Case(
        "the driver is registered and runs nowhere",
        gone(questions.DAEMON_SETS, SECRETS_DRIVER),
        {DRIVER_IS: (MISSING, "no Secrets Store CSI driver runs")},
    ),
    Case(
        "an old driver looks for tokens elsewhere than the kubelet puts them",
        image(questions.DAEMON_SETS, SECRETS_DRIVER, ":v1.5.6"),
        {DRIVER_IS: (MISSING, "only 1.6.0 and newer look for tokens there: Secrets Store CSI driver 1.5.6")},
    ),
    Case(
        "the provider is not there",
        gone(questions.DAEMON_SETS, PROVIDER),
        {"secrets: AWS's provider": (MISSING, "no Secrets Store provider of AWS runs")},
    ),
    Case(
        "the provider is not ready on any node",
        field(questions.DAEMON_SETS, PROVIDER, "status", "numberReady", value=0),
        {"secrets: AWS's provider": (MISSING, "no pod of it is ready")},
    ),
    Case(
        "no node is there for the provider",
        field(questions.DAEMON_SETS, PROVIDER, "status", value={"numberReady": 0, "desiredNumberScheduled": 0}),
        {"secrets: AWS's provider": (UNKNOWN, "no node is there for it")},
    ),
    Case(
        "the provider is on two of three nodes",
        field(questions.DAEMON_SETS, PROVIDER, "status", "numberReady", value=2),
        {"secrets: AWS's provider": (UNKNOWN, "on 2 of 3 nodes alone")},
    ),
    Case(
        "the provider keeps away from Spot nodes, and there are some",
        both(tolerating(PROVIDER), tainted),
        {
            EVERYWHERE: (
                MISSING,
                "driver-provider-aws does not tolerate eks.amazonaws.com/capacityType=SPOT, which nodes have",
            )
        },
        environment="feature",
    ),
    Case(
        "the provider tolerates Spot nodes by name",
        both(
            tolerating(
                PROVIDER,
                {"key": "eks.amazonaws.com/capacityType", "operator": "Equal", "value": "SPOT", "effect": "NoSchedule"},
                {"key": "karpenter.sh/capacity-type", "operator": "Exists"},
            ),
            tainted,
        ),
        {},
        environment="feature",
    ),
    Case(
        "the provider keeps away from Spot nodes, of which there are none",
        tolerating(PROVIDER, {"key": "node-role", "operator": "Exists"}),
        {EVERYWHERE: (UNKNOWN, "no node has it now")},
        environment="feature",
    ),
    Case(
        "the EFS driver tolerates what evicts alone",
        both(tolerating("efs-csi-node", {"operator": "Exists", "effect": "NoExecute"}), tainted),
        {"storage: EFS driver on every node that pods may go to": (MISSING, "efs-csi-node does not tolerate")},
        environment="feature",
    ),
    Case("environments that tolerate nothing do not mind", both(tolerating(PROVIDER), tainted), {}),
    Case(
        "an old driver stands beside the one that runs, without pods",
        lambda cluster: cluster.answers[questions.DAEMON_SETS].insert(
            0,
            {
                **workload("DaemonSet", "old", "csi-secrets-store/driver:v1.3.0", container="secrets-store"),
                "status": {"numberReady": 0, "desiredNumberScheduled": 0},
            },
        ),
        {},
    ),
    Case(
        "the driver asks for the token of Pod Identity alone",
        field(
            questions.DRIVERS,
            "secrets-store.csi.k8s.io",
            "spec",
            "tokenRequests",
            value=[{"audience": "pods.eks.amazonaws.com"}],
        ),
        {TOKENS: (MISSING, "its tokenRequests lack sts.amazonaws.com; they have pods.eks.amazonaws.com")},
    ),
    Case(
        "the kubelet does not call the driver again",
        field(questions.DRIVERS, "secrets-store.csi.k8s.io", "spec", "requiresRepublish", value=False),
        {ROTATION: (MISSING, "its CSIDriver has no requiresRepublish")},
    ),
    Case(
        "the driver does not rotate",
        args(questions.DAEMON_SETS, SECRETS_DRIVER),
        {ROTATION: (MISSING, "it is not told --enable-secret-rotation=true")},
    ),
    Case(
        "the ServiceAccount has no role",
        field(questions.OWN_SERVICE_ACCOUNTS, "dev-examxv2-sa", "metadata", "annotations", value={}),
        {
            ROLES: (
                MISSING,
                "dev-examxv2-sa: no annotation eks.amazonaws.com/role-arn, neither rendered nor in dev-examxv2",
            )
        },
    ),
    Case(
        "the ServiceAccount is not there yet",
        gone(questions.OWN_SERVICE_ACCOUNTS, "dev-examxv2-sa"),
        {ROLES: (MISSING, "dev-examxv2-sa: no annotation")},
    ),
    Case(
        "KEDA is not there", gone(questions.DEPLOYMENTS, "keda-operator"), {KEDA_IS: (MISSING, "no KEDA operator runs")}
    ),
    Case(
        "KEDA is too old",
        image(questions.DEPLOYMENTS, "keda-operator", ":2.16.1"),
        {
            KEDA_IS: (MISSING, "KEDA operator 2.16.1 in keda; 2.17.0 is the least"),
            KEDA_NAMED: (MISSING, "it is 2.16.1, and the environment names 2.17"),
        },
    ),
    Case(
        "KEDA is newer than what was tried",
        image(questions.DEPLOYMENTS, "keda-operator", ":2.21.0"),
        {KEDA_IS: (UNKNOWN, "nobody has tried 2.21.0 or newer"), KEDA_NAMED: (MISSING, "it is 2.21.0")},
    ),
    Case(
        "KEDA 2.20 is fine, where the environment names it",
        image(questions.DEPLOYMENTS, "keda-operator", ":v2.20.2"),
        {KEDA_NAMED: (MISSING, "it is 2.20.2, and the environment names 2.17")},
    ),
    Case(
        "KEDA by a digest alone",
        image(questions.DEPLOYMENTS, "keda-operator", "@sha256:" + "0" * 64),
        {KEDA_IS: (UNKNOWN, "has no version in its tag")},
    ),
    Case(
        "KEDA by a digest, with the label of its chart",
        both(
            image(questions.DEPLOYMENTS, "keda-operator", "@sha256:" + "0" * 64),
            field(
                questions.DEPLOYMENTS,
                "keda-operator",
                "metadata",
                "labels",
                value={"app.kubernetes.io/version": "2.17.2"},
            ),
        ),
        {},
    ),
    Case(
        "KEDA from a mirror that gave it another name",
        lambda cluster: cluster.one(questions.DEPLOYMENTS, "keda-operator")["spec"]["template"]["spec"]["containers"][
            0
        ].update(image="mirror.example.com:5000/autoscaler:2.17.2"),
        {},
    ),
    Case(
        "KEDA in a namespace that the policies do not admit",
        both(
            field(questions.DEPLOYMENTS, "keda-operator", "metadata", "namespace", value="scaling"),
            field(questions.DEPLOYMENTS, "keda-operator-metrics-apiserver", "metadata", "namespace", value="scaling"),
            field(
                questions.API_SERVICES,
                "v1beta1.external.metrics.k8s.io",
                "spec",
                "service",
                "namespace",
                value="scaling",
            ),
        ),
        {KEDA_SPACE: (MISSING, "it runs in scaling; the NetworkPolicies admit keda to Redis")},
    ),
    Case(
        "KEDA watches other namespaces",
        watching("shop,stg-examxv2"),
        {"KEDA: namespaces that it watches": (MISSING, "it watches shop, stg-examxv2 alone")},
    ),
    Case("KEDA watches the namespace among others", watching("shop,dev-examxv2"), {}),
    Case("KEDA watches every namespace, and says so", watching(""), {}),
    Case(
        "the load balancer controller watches another namespace",
        args(questions.DEPLOYMENTS, CONTROLLER, "--cluster-name=a", "--watch-namespace=shop"),
        {CONTROLLER_IS: (MISSING, "it is told --watch-namespace=shop")},
    ),
    Case(
        "the load balancer controller puts no gates into pods",
        args(questions.DEPLOYMENTS, CONTROLLER, "--enable-pod-readiness-gate-inject=false"),
        {WEBHOOK: (MISSING, "the controller is told --enable-pod-readiness-gate-inject=false")},
    ),
    Case(
        "nobody serves external metrics",
        gone(questions.API_SERVICES, "v1beta1.external.metrics.k8s.io"),
        {EXTERNAL: (MISSING, "there is no v1beta1.external.metrics.k8s.io")},
    ),
    Case(
        "somebody else serves external metrics",
        field(
            questions.API_SERVICES,
            "v1beta1.external.metrics.k8s.io",
            "spec",
            "service",
            value={"namespace": "observability", "name": "adapter"},
        ),
        {EXTERNAL: (MISSING, "observability/adapter serves it, and KEDA's adapter runs in keda")},
    ),
    Case(
        "metrics-server does not answer",
        field(
            questions.API_SERVICES,
            "v1beta1.metrics.k8s.io",
            "status",
            value={"conditions": [{"type": "Available", "status": "False", "message": "failing or missing response"}]},
        ),
        {RESOURCE: (MISSING, "v1beta1.metrics.k8s.io is not available: failing or missing response")},
    ),
    Case(
        "the load balancer controller is too old",
        image(questions.DEPLOYMENTS, CONTROLLER, ":v2.11.0"),
        {CONTROLLER_IS: (MISSING, "load balancer controller 2.11.0 in kube-system; 2.12.0 is the least")},
    ),
    Case("2.12 is enough", image(questions.DEPLOYMENTS, CONTROLLER, ":v2.12.0"), {}),
    Case(
        "2.9 is less than 2.12",
        image(questions.DEPLOYMENTS, CONTROLLER, ":v2.9.0"),
        {CONTROLLER_IS: (MISSING, "2.9.0")},
    ),
    Case(
        "the load balancer controller is not ready",
        field(questions.DEPLOYMENTS, CONTROLLER, "status", value={}),
        {CONTROLLER_IS: (MISSING, "no pod of it is ready")},
    ),
    Case(
        "its role is not seen",
        field(questions.SERVICE_ACCOUNTS, CONTROLLER, "metadata", "annotations", value={}),
        {"load balancer: controller's role": (UNKNOWN, "EKS Pod Identity or the nodes' role may serve it")},
    ),
    Case("no class alb", gone(questions.INGRESS_CLASSES, "alb"), {CLASS_IS: (MISSING, "there is no IngressClass alb")}),
    Case(
        "the class is another controller's",
        field(questions.INGRESS_CLASSES, "alb", "spec", "controller", value="k8s.io/ingress-nginx"),
        {CLASS_IS: (MISSING, "its controller is k8s.io/ingress-nginx, not ingress.k8s.aws/alb")},
    ),
    Case(
        "the class is of Auto Mode",
        field(questions.INGRESS_CLASSES, "alb", "spec", "controller", value="eks.amazonaws.com/alb"),
        {CLASS_IS: (UNKNOWN, "EKS Auto Mode")},
    ),
    Case(
        "the class names parameters that are not there",
        field(questions.INGRESS_CLASSES, "alb", "spec", "parameters", value={"name": "alb"}),
        {CLASS_IS: (MISSING, "its IngressClassParams alb are not there")},
    ),
    Case(
        "the class's parameters outdo the Ingress",
        both(
            field(questions.INGRESS_CLASSES, "alb", "spec", "parameters", value={"name": "alb"}),
            added(
                questions.INGRESS_CLASS_PARAMS, {**named("alb"), "spec": {"scheme": "internal", "group": {"name": "a"}}}
            ),
        ),
        {CLASS_IS: (UNKNOWN, "outdo what Ingresses say of group, scheme")},
    ),
    Case(
        "no webhook puts gates into pods",
        gone(questions.MUTATING_WEBHOOKS, "aws-load-balancer-webhook"),
        {WEBHOOK: (MISSING, "no MutatingWebhookConfiguration has mpod.elbv2.k8s.aws")},
    ),
    Case(
        "pods of a first apply have no gate",
        added(
            questions.OWN_PODS,
            pod("web-1", gated=False),
            pod("web-2", gated=True),
            pod("worker", gated=False, app="celery-beat"),
        ),
        {GATES: (MISSING, "1 of 2 pods have none: web-1")},
    ),
    Case(
        "pods that end, or have ended, need no gate",
        added(
            questions.OWN_PODS,
            pod("web-1", gated=True),
            pod("web-2", gated=False, phase="Failed"),
            pod("web-3", gated=False, deletionTimestamp="2026-01-01T00:00:00Z"),
        ),
        {GATES: (OK, "1 pods have one")},
    ),
    Case(
        "the EFS driver removes others' directories",
        image(questions.DAEMON_SETS, "efs-csi-node", ":v2.1.1"),
        {EFS_IS: (MISSING, "EFS driver 2.1.1 in kube-system; 2.1.2 is the least")},
    ),
    Case(
        "an add-on of the EFS driver",
        image(questions.DAEMON_SETS, "efs-csi-node", ":v2.1.2-eksbuild.1"),
        {EFS_IS: (OK, "EFS driver 2.1.2")},
    ),
    Case(
        "no EFS driver",
        gone(questions.DRIVERS, "efs.csi.aws.com"),
        {EFS_IS: (MISSING, "there is no CSIDriver efs.csi.aws.com")},
    ),
    Case(
        "no EBS driver",
        gone(questions.DRIVERS, "ebs.csi.aws.com"),
        {EBS_IS: (MISSING, "there is no CSIDriver ebs.csi.aws.com")},
    ),
    Case(
        "no class of the claims",
        gone(questions.STORAGE_CLASSES, "gp2"),
        {CLASSES: (MISSING, "there is no StorageClass gp2")},
    ),
    Case(
        "the claims' class is the driver's by its own name",
        field(questions.STORAGE_CLASSES, "gp2", "provisioner", value="ebs.csi.aws.com"),
        {EBS_IS: (OK, "EBS driver 1.64.0"), CLASSES: (OK, "gp2 of ebs.csi.aws.com")},
    ),
    Case(
        "files of features stay",
        args(questions.DEPLOYMENTS, "efs-csi-controller", "--delete-access-point-root-dir=false"),
        {"storage: removal of directories": (MISSING, "examxv2-features is temporary")},
        environment="feature",
    ),
    Case(
        "nobody enforces policies",
        args(questions.DAEMON_SETS, "aws-node", "--enable-network-policy=false"),
        {ENFORCED: (MISSING, "no container of DaemonSet aws-node is told --enable-network-policy=true")},
    ),
    Case(
        "a CNI that nobody knows",
        gone(questions.DAEMON_SETS, "aws-node"),
        {ENFORCED: (UNKNOWN, "no DaemonSet is one that is known to enforce them")},
    ),
    Case(
        "Calico beside the VPC CNI",
        both(
            args(questions.DAEMON_SETS, "aws-node"),
            added(
                questions.DAEMON_SETS,
                workload("DaemonSet", "calico-node", "calico/node:v3.30.0", container="calico-node"),
            ),
        ),
        {ENFORCED: (OK, "by Calico")},
    ),
    Case(
        "the agent is told so without a word, and by the last of two flags",
        args(questions.DAEMON_SETS, "aws-node", "--enable-network-policy=false", "--enable-network-policy"),
        {},
    ),
    Case(
        "the agent is told so, and then not",
        args(questions.DAEMON_SETS, "aws-node", "--enable-network-policy=true", "--enable-network-policy=F"),
        {ENFORCED: (MISSING, "no container of DaemonSet aws-node is told --enable-network-policy=true")},
    ),
    Case(
        "an agent that opens what is excepted",
        image(questions.DAEMON_SETS, "aws-node", ":v1.0.3-eksbuild.1"),
        {
            ENFORCED: (
                MISSING,
                "the agent of DaemonSet aws-node is 1.0.3, and before 1.0.4 it opens what a policy excepts",
            )
        },
    ),
    Case(
        "the first agent that does not",
        image(questions.DAEMON_SETS, "aws-node", ":v1.0.4-eksbuild.1"),
        {},
    ),
    Case(
        "the agent is not ready on a node",
        field(questions.DAEMON_SETS, "aws-node", "status", "numberReady", value=2),
        {ENFORCED: (UNKNOWN, "--enable-network-policy=true), which is ready on 2 of 3 nodes")},
    ),
    Case(
        "Cilium lets all pass",
        both(
            added(questions.DAEMON_SETS, workload("DaemonSet", "cilium", "cilium/cilium:v1.17.1", container="agent")),
            added(
                questions.SYSTEM_CONFIG_MAPS,
                {**named("cilium-config", "kube-system"), "data": {"enable-policy": "never"}},
            ),
        ),
        {ENFORCED: (MISSING, "its ConfigMap cilium-config says enable-policy: never")},
    ),
    Case(
        "Auto Mode is told to enforce",
        both(
            gone(questions.DAEMON_SETS, "aws-node"),
            added(
                questions.SYSTEM_CONFIG_MAPS,
                {**named("amazon-vpc-cni"), "data": {"enable-network-policy-controller": "true"}},
            ),
        ),
        {ENFORCED: (OK, "by EKS Auto Mode")},
    ),
    Case(
        "the Service of DNS selects other pods than the policy",
        field(questions.SYSTEM_SERVICES, "kube-dns", "spec", "selector", value={"app": "coredns"}),
        {DNS: (MISSING, "Service kube-dns selects app=coredns, and the policy allows k8s-app=kube-dns")},
    ),
    Case(
        "no Service of DNS",
        gone(questions.SYSTEM_SERVICES, "kube-dns"),
        {DNS: (MISSING, "there is no Service kube-dns")},
    ),
    Case(
        "no pod has the labels of the policy",
        gone(questions.DEPLOYMENTS, "coredns"),
        {DNS: (MISSING, "no workload of kube-system has pods with the labels")},
    ),
    Case(
        "names are cached on the nodes, and a policy allows it",
        added(questions.DAEMON_SETS, dns_cache("169.254.20.10")),
        {CACHE: (OK, "answers on 169.254.20.10, which a policy allows")},
        dns_cidrs=("169.254.20.10/32",),
    ),
    Case(
        "the nodes resolve names themselves, and a policy allows the Service's address",
        both(
            field(questions.SYSTEM_SERVICES, "kube-dns", "spec", value={"clusterIP": "10.100.0.10"}),
            gone(questions.DEPLOYMENTS, "coredns"),
        ),
        {DNS: (OK, "Service kube-dns at 10.100.0.10, which a policy allows")},
        dns_cidrs=("10.100.0.10/32",),
    ),
    Case(
        "names are cached on the nodes, at an address that no policy allows",
        added(questions.DAEMON_SETS, dns_cache("169.254.20.10", "10.100.0.10")),
        {CACHE: (MISSING, "DaemonSet node-local-dns answers on 169.254.20.10, which no policy allows")},
    ),
    Case(
        "a cache of another name, whose address is not told",
        added(questions.DAEMON_SETS, dns_cache(name="nodelocaldns")),
        {CACHE: (MISSING, "DaemonSet nodelocaldns answers on 169.254.20.10")},
    ),
    Case(
        "a cache at another address",
        added(questions.DAEMON_SETS, dns_cache("169.254.25.10")),
        {CACHE: (MISSING, "169.254.25.10")},
    ),
    Case(
        "a cache that only its image tells",
        added(questions.DAEMON_SETS, dns_cache("169.254.20.10", name="names")),
        {CACHE: (MISSING, "DaemonSet names answers on 169.254.20.10, which no policy allows")},
    ),
    Case(
        "Kubernetes is too old",
        said(git_version="v1.29.15"),
        {KUBERNETES: (MISSING, "it is v1.29.15"), NAMED: (MISSING, "it is v1.29.15, and the environment names 1.34")},
    ),
    Case(
        "Kubernetes is the oldest",
        said(git_version="v1.30.0-eks-1"),
        {KUBERNETES: (OK, "v1.30.0"), NAMED: (MISSING, "it is v1.30.0-eks-1, and the environment names 1.34")},
    ),
    Case(
        "Kubernetes is too new",
        said(git_version="v1.38.0"),
        {KUBERNETES: (UNKNOWN, "nobody has tried that"), NAMED: (MISSING, "the environment names 1.34")},
    ),
    Case("Kubernetes is the one that is named", said(git_version="v1.34.9+k3s1"), {NAMED: (OK, "v1.34.9")}),
    Case("Kubernetes does not say", said(git_version=""), {KUBERNETES: (UNKNOWN, "does not say its version")}),
    Case(
        "a kind is not known",
        said(apis={"secrets-store.csi.x-k8s.io/v1": ["SecretProviderClass"]}),
        {KINDS: (MISSING, "not known: ScaledObject of keda.sh/v1alpha1 (KEDA)")},
    ),
    Case(
        "a kind is known in another version only",
        said(
            apis={
                **eks.APIS,
                "secrets-store.csi.x-k8s.io/v1": [],
                "secrets-store.csi.x-k8s.io/v1alpha1": ["SecretProviderClass"],
            }
        ),
        {KINDS: (MISSING, "SecretProviderClass of secrets-store.csi.x-k8s.io/v1 (the Secrets Store CSI driver)")},
    ),
    Case(
        "the nodes are of another architecture",
        lambda cluster: [
            each["metadata"]["labels"].update({"kubernetes.io/arch": "amd64"})
            for each in cluster.answers[questions.NODES]
        ],
        {ARM: (MISSING, "none of 3 ready nodes is arm64")},
    ),
    Case(
        "two nodes for three Sentinels",
        gone(questions.NODES, "node-2"),
        {NODES_APART: (MISSING, "3 pods of redis-sentinel, 2 nodes")},
        environment="prod",
    ),
    Case(
        "a node that takes no pods is none",
        field(questions.NODES, "node-2", "spec", value={"unschedulable": True}),
        {NODES_APART: (MISSING, "3 pods of redis-sentinel, 2 nodes")},
        environment="prod",
    ),
    Case(
        "a node that is not ready is none",
        field(questions.NODES, "node-2", "status", value={"conditions": [{"type": "Ready", "status": "Unknown"}]}),
        {NODES_APART: (MISSING, "3 pods of redis-sentinel, 2 nodes")},
        environment="prod",
    ),
    Case("two nodes are enough without Sentinels", gone(questions.NODES, "node-2"), {}),
    Case(
        "the Namespace lost its labels",
        added(questions.OWN_NAMESPACE, named("dev-examxv2", labels={"pod-security.kubernetes.io/enforce": "baseline"})),
        {LABELS: (MISSING, "pod-security.kubernetes.io/enforce is baseline, not restricted")},
    ),
    Case("the Namespace is not there yet", lambda _: None, {LABELS: (OK, "dev-examxv2 is not there yet")}),
    Case(
        "nothing holds those who deploy branches to their namespaces",
        gone(questions.ADMISSION_POLICIES, "examxv2-feature-deployer"),
        {POLICY: (MISSING, "no ValidatingAdmissionPolicyBinding is of examxv2-feature-deployer")},
        environment="feature",
    ),
    Case(
        "a policy for those who deploy branches is not there",
        gone(questions.ADMISSION_RULES, "examxv2-feature-deployer-content"),
        {POLICY: (MISSING, "there is no ValidatingAdmissionPolicy examxv2-feature-deployer-content")},
        environment="feature",
    ),
    Case(
        "a policy for those who deploy branches lets pass what it fails on",
        field(questions.ADMISSION_RULES, "examxv2-feature-deployer", "spec", "failurePolicy", value="Ignore"),
        {POLICY: (MISSING, "lets pass what it fails on")},
        environment="feature",
    ),
    Case(
        "the policy for those who deploy branches only warns",
        field(questions.ADMISSION_POLICIES, "examxv2-feature-deployer", "spec", "validationActions", value=["Warn"]),
        {POLICY: (MISSING, "does not deny")},
        environment="feature",
    ),
    Case(
        "no class for the media of branches",
        gone(questions.STORAGE_CLASSES, "examxv2-features"),
        {CLASSES: (MISSING, "there is no StorageClass examxv2-features")},
        environment="feature",
    ),
    Case("an identity that reads", may("get", "list", "watch"), {RIGHTS: (UNKNOWN, "it only reads in dev-examxv2")}),
    Case(
        "an identity that may not delete",
        may("get", "list", "watch", "create", "patch", "update"),
        {RIGHTS: (MISSING, "it may not delete")},
    ),
    Case(
        "an identity that may not touch what is KEDA's",
        said(may=lambda group, _resource, _verb: group != "keda.sh"),
        {RIGHTS: (MISSING, "it may not create scaledobjects, delete scaledobjects")},
    ),
    Case(
        "an identity that may do nothing",
        said(may=lambda *_: False),
        {RIGHTS: (UNKNOWN, "it only reads")},
    ),
    Case(
        "nodes may not be read",
        hidden(questions.NODES),
        {ARM: (UNKNOWN, "this identity may not read the nodes")},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactly_what_is_wrong_is_said(case: Case, examined: Examination) -> None:
    verdicts = examined(case.environment, case.change, dns_cidrs=case.dns_cidrs)
    for what, (state, words) in case.expected.items():
        assert verdicts[what].state is state
        assert words in verdicts[what].said
    others = {what for what, each in verdicts.items() if each.state is not OK} - case.expected.keys()
    assert others <= UNKNOWABLE, [verdicts[what] for what in others]


@pytest.mark.parametrize("environment", [*FIXED, "feature"])
def test_a_cluster_as_it_is_set_up_lacks_nothing(environment: str, examined: Examination) -> None:
    verdicts = examined(environment, lambda _: None)
    assert {what for what, each in verdicts.items() if each.state is not OK} <= UNKNOWABLE
    assert len(verdicts) > 20


@pytest.mark.parametrize("environment", [*FIXED, "feature"])
def test_an_empty_cluster_lacks_what_it_needs_and_each_says_what_to_do(environment: str) -> None:
    needs = needs_of(environment)
    verdicts = list(examine(needs, Played({}, apis={})))
    missing = [each for each in verdicts if each.state is MISSING]
    assert {each.topic for each in missing} >= {
        "cluster",
        "network",
        "KEDA",
        "metrics",
        "secrets",
        "load balancer",
        "storage",
    }
    for each in verdicts:
        if each.state is not OK:
            assert each.breaks
            assert each.mend
            assert not {"CLUSTER", "NAMESPACE", "ENVIRONMENT"} & set(each.mend.replace("/", " ").split())


def test_who_may_look_at_nothing_is_told_so_and_nothing_is_missing() -> None:
    needs = needs_of("dev")
    played = cluster_for(needs)
    played.hidden = {each for each in vars(questions).values() if isinstance(each, questions.Question)}
    verdicts = list(examine(needs, played))
    assert not [each for each in verdicts if each.state is MISSING]
    assert sum("this identity may not read" in each.said for each in verdicts) > 10


def test_what_a_cluster_says_cannot_write_to_a_terminal(examined: Examination) -> None:
    evil = "\x1b[2J\u202e\nMISSING all"
    change = field(
        questions.API_SERVICES,
        "v1beta1.metrics.k8s.io",
        "status",
        value={"conditions": [{"type": "Available", "status": "False", "message": evil}]},
    )
    assert examined("dev", change)[RESOURCE].said.endswith("is not available: [2J MISSING all")


def with_manifests(change: Callable[[list[eks.Json]], object], environment: str = "dev") -> Needs:
    """What dev needs when its manifests say something else."""
    needs = needs_of(environment)
    manifests: list[Any] = copy.deepcopy(list(needs.manifests))
    change(manifests)
    return Needs(needs.environment, needs.cluster, needs.namespace, manifests)


def verdicts_on(needs: Needs, change: Callable[[Played], object] = lambda _: None) -> dict[str, Verdict]:
    played = eks.sound(needs.namespace, "dev-examxv2-sa")
    change(played)
    return {f"{each.topic}: {each.what}": each for each in examine(needs, played)}


def all_of(kind: str, *path: str, value: object) -> Callable[[list[eks.Json]], object]:
    def change(manifests: list[eks.Json]) -> None:
        for each in manifests:
            if each["kind"] == kind:
                item = each
                for step in path[:-1]:
                    item = item.setdefault(step, {})
                item[path[-1]] = value

    return change


def test_a_secret_that_is_kept_needs_the_right_to_write_it() -> None:
    what = "secrets: right to keep Secrets"
    assert what not in verdicts_on(needs_of("dev"))
    kept = [{"secretName": "redis", "type": "Opaque", "data": [{"objectName": ".env", "key": "password"}]}]
    needs = with_manifests(all_of("SecretProviderClass", "spec", "secretObjects", value=kept))
    assert verdicts_on(needs)[what].state is MISSING
    assert verdicts_on(needs)[what].mend.endswith(" --set syncSecret.enabled=true")
    role = added(questions.SYNCING_ROLE, named("secretprovidersyncing-role"))
    assert verdicts_on(needs, role)[what].state is OK


def test_classes_of_pod_identity_need_its_token_and_its_agent() -> None:
    needs = with_manifests(all_of("SecretProviderClass", "spec", "parameters", "usePodIdentity", value="true"))
    found = verdicts_on(needs)
    assert found[TOKENS].state is OK
    assert (found[ROLES].state, "eks-pod-identity-agent" in found[ROLES].said) == (MISSING, True)
    agent = workload("DaemonSet", "eks-pod-identity-agent", "eks/eks-pod-identity-agent:v0.1.30", container="agent")
    assert verdicts_on(needs, added(questions.DAEMON_SETS, agent))[ROLES].state is UNKNOWN
    tokens = [{"audience": "sts.amazonaws.com"}]
    less = field(questions.DRIVERS, "secrets-store.csi.k8s.io", "spec", "tokenRequests", value=tokens)
    assert "lack pods.eks.amazonaws.com" in verdicts_on(needs, less)[TOKENS].said


def test_a_role_that_is_rendered_is_enough() -> None:
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/application"}
    needs = with_manifests(all_of("ServiceAccount", "metadata", "annotations", value=role))
    assert verdicts_on(needs, gone(questions.OWN_SERVICE_ACCOUNTS, "dev-examxv2-sa"))[ROLES].state is OK


def test_a_trust_store_is_asked_for_where_clients_are_verified() -> None:
    annotation = "alb.ingress.kubernetes.io/mutual-authentication"
    store = "arn:aws:elasticloadbalancing:ap-south-1:111122223333:truststore/a/0123456789abcdef"
    written = f'[{{"port": 443, "mode": "verify", "trustStore": "{store}"}}]'
    needs = with_manifests(all_of("Ingress", "metadata", "annotations", annotation, value=written))
    assert store in verdicts_on(needs)["load balancer: trust stores"].said
    assert "load balancer: trust stores" not in verdicts_on(needs_of("prod"))


def test_what_an_environment_does_not_use_is_not_asked_for() -> None:
    def only(*kinds: str) -> Callable[[list[eks.Json]], object]:
        return lambda manifests: manifests.__setitem__(
            slice(None), [each for each in manifests if each["kind"] in kinds]
        )

    played = Played({})
    asked: list[questions.Question] = []
    listed = played.objects
    played.objects = lambda question: (asked.append(question), listed(question))[1]  # type: ignore[method-assign]
    found = list(examine(with_manifests(only("Namespace", "ConfigMap")), played))
    assert {each.topic for each in found} == {"cluster", "namespace"}
    assert asked == [questions.OWN_NAMESPACE]


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("v2.12.0", (2, 12, 0)),
        ("2.12", (2, 12, 0)),
        ("v2.1.2-eksbuild.1", (2, 1, 2)),
        ("1.0.r2-77-g1a2b3c4-2024.01.01", (1, 0, 0)),
        ("v1.33.4-eks-0a1b2c3", (1, 33, 4)),
        ("latest", None),
        ("", None),
        ("stable-2.12", None),
    ],
)
def test_versions_are_read(said: str, version: tuple[int, int, int] | None) -> None:
    assert version_of(said) == version
