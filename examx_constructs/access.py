"""Who the pods are, who may deploy them, and what the namespace admits."""

from collections.abc import Mapping, Sequence

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import cluster_scoped, metadata
from examx_constructs._strict import strict
from examx_constructs.settings import Application, ClusterVersions
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.naming import (
    ABOUT_ANNOTATION,
    CLUSTER_ANNOTATION,
    GUESTS_ANNOTATION,
    merged,
)
from examx_constructs.settings.queue_exporter import QUEUE_EXPORTER_NAME, QUEUE_EXPORTER_PORT_NAME

_POD_SECURITY = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
_FOR_GUESTS = {"pod-security.kubernetes.io/enforce": "baseline"}
_READINESS_GATE = {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}


class RestrictedNamespace(Construct):
    """A namespace that admits only pods of the Pod Security Standard `restricted`.

    `cluster` is recorded as an annotation: it tells the checks which environments share cluster-scoped objects.
    `cluster_versions` are what it runs, where rules shall judge by other versions than the usual ones. `guests`: labels
    `app` of pods that somebody else runs there and that may not meet it. With any, `baseline` is enforced, while
    `restricted` is still audited and warned of; annotations say for whom. `readiness_gates` lets the AWS load balancer
    controller hold a pod's readiness until its target is healthy: a rollout does not outrun the load balancer. It puts
    a gate into a pod that starts behind a Service which it leads to already (a TargetGroupBinding exists), so not into
    those of a first apply. Since 2.12 its webhook fails open, and pods then start without (aws-load-balancer-controller
    v3.5.0, docs/deploy/pod_readiness_gate.md).

    `annotations` are further ones of the namespace.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        cluster: str | None = None,
        cluster_versions: ClusterVersions | None = None,
        readiness_gates: bool = False,
        guests: Sequence[str] = (),
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.namespace = k8s.KubeNamespace(
            self,
            "namespace",
            metadata=metadata(
                name,
                labels={
                    **_POD_SECURITY,
                    **(_FOR_GUESTS if guests else {}),
                    **(_READINESS_GATE if readiness_gates else {}),
                },
                annotations=merged(
                    annotations or {},
                    {CLUSTER_ANNOTATION: cluster} if cluster else {},
                    cluster_versions.annotations if cluster_versions else {},
                    _about_guests(guests),
                ),
            ),
        )
        cluster_scoped(scope, self.namespace)


def _about_guests(guests: Sequence[str]) -> dict[str, str]:
    if not guests:
        return {}
    why = f"enforces baseline, not restricted, for the pods that {GUESTS_ANNOTATION} names; they are rendered elsewhere"
    return {GUESTS_ANNOTATION: ",".join(guests), ABOUT_ANNOTATION: why}


class WorkloadIdentity(Construct):
    """The ServiceAccount of the pods, by which AWS knows them. No token of the Kubernetes API is mounted.

    `role_arn`: the IAM role (IRSA). Left out, an annotation that another tool put there stays untouched; without one
    AWS's provider of secrets refuses every mount (secrets-store-csi-driver-provider-aws 3.1.1, server/server.go).
    """

    @strict
    def __init__(self, scope: Construct, id: str, *, name: str, role_arn: str | None = None) -> None:
        super().__init__(scope, id)
        self.name = name
        self.service_account = k8s.KubeServiceAccount(
            self,
            "service-account",
            metadata=metadata(name, annotations={"eks.amazonaws.com/role-arn": role_arn} if role_arn else None),
            automount_service_account_token=False,
        )


class DeployerAccess(Construct):
    """What the identity that deploys may do in the namespace: apply what this library renders, watch it come up.

    No deletion of claims, and nothing cluster-scoped: an administrator applies the namespace, whose labels enforce the
    Pod Security Standard, its volume and its storage class. Roles and RoleBindings are read-only to it: it could bind
    what it has to everybody. It creates Secrets, for the one that `examx apply` makes, and reads none and changes none,
    for the answer to a change shows it all. RBAC cannot say which it may create, nor whose image a Deployment runs:
    DeployerPolicy does. `jobs`: also migrations and scheduled tasks. `monitoring`: also monitors and alerts.

    Who may deploy can read what the pods can: a Deployment that mounts a Secret and prints it is a Deployment.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        group: str,
        application: Application = EXAMX,
        name: str | None = None,
        jobs: bool = False,
        monitoring: bool = False,
    ) -> None:
        super().__init__(scope, id)
        name = name or f"{application.name}-deployer"
        grants = [*_GRANTS, *_optional(jobs=jobs, monitoring=monitoring)]
        self.role, self.role_binding = _granted(self, name, group, _rules(namespace, grants))


class ObserverAccess(Construct):
    """What an identity may do that only looks: read what this library renders, and the pods that come of it.

    Also which versions of secrets these have mounted. No Secrets, no logs, which may tell them, and no changes: for
    `examx drift` on a schedule. `jobs`: also migrations and scheduled tasks. `monitoring`: also monitors and alerts.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        group: str,
        application: Application = EXAMX,
        name: str | None = None,
        jobs: bool = False,
        monitoring: bool = False,
    ) -> None:
        super().__init__(scope, id)
        name = name or f"{application.name}-observer"
        read = [*_READ, *_watched(_optional(jobs=jobs, monitoring=monitoring))]
        self.role, self.role_binding = _granted(self, name, group, _rules(namespace, read))


class DutyAccess(Construct):
    """What the person on duty may do: read all that `examx status` shows, and logs. It changes nothing.

    Beside what an observer reads: events, quotas, the load balancer's target groups, and what KEDA counts. `logs` gives
    the logs of pods to `examx logs`; they may hold what the application writes of its users. `shell` lets `examx shell`
    run programs in pods, and so `examx status` ask Redis who leads. **Who may do that can read what the pods can**,
    passwords among it, and change what they can. `jobs`: also migrations and scheduled tasks. `monitoring`: also
    monitors and alerts, and what the exporter of queue metrics tells, at that one port.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        group: str,
        application: Application = EXAMX,
        name: str | None = None,
        logs: bool = True,
        shell: bool = False,
        jobs: bool = False,
        monitoring: bool = False,
    ) -> None:
        super().__init__(scope, id)
        name = name or f"{application.name}-duty"
        read = [
            *_READ,
            *_SHOWN,
            *_watched(_optional(jobs=jobs, monitoring=monitoring)),
            *([_LOGS] if logs else []),
            *([_SHELL] if shell else []),
        ]
        rules = [*_rules(namespace, read), *([_asking_exporter()] if monitoring else [])]
        self.role, self.role_binding = _granted(self, name, group, rules)


def _granted(
    scope: Construct, name: str, group: str, rules: list[k8s.PolicyRule]
) -> tuple[k8s.KubeRole, k8s.KubeRoleBinding]:
    role = k8s.KubeRole(scope, "role", metadata=metadata(name), rules=rules)
    binding = k8s.KubeRoleBinding(
        scope,
        "role-binding",
        metadata=metadata(name),
        role_ref=k8s.RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name=name),
        subjects=[k8s.Subject(api_group="rbac.authorization.k8s.io", kind="Group", name=group)],
    )
    return role, binding


_WATCH = ["get", "list", "watch"]
_KEEP = ["create", *_WATCH, "patch", "update"]
_APPLY = ["create", "delete", *_WATCH, "patch", "update"]

_Grant = tuple[str, list[str], list[str]]
"""An API group, its resources, and what may be done with them."""

_GRANTS: list[_Grant] = [
    ("", ["configmaps", "serviceaccounts", "services"], _APPLY),
    ("", ["persistentvolumeclaims"], _KEEP),
    ("", ["secrets"], ["create"]),
    ("", ["events", "pods", "pods/log", "resourcequotas"], _WATCH),
    ("apps", ["deployments", "statefulsets"], _APPLY),
    ("apps", ["controllerrevisions", "replicasets"], _WATCH),
    ("autoscaling", ["horizontalpodautoscalers"], _APPLY),
    ("keda.sh", ["scaledobjects", "triggerauthentications"], _APPLY),
    ("networking.k8s.io", ["ingresses", "networkpolicies"], _APPLY),
    ("policy", ["poddisruptionbudgets"], _APPLY),
    ("rbac.authorization.k8s.io", ["rolebindings", "roles"], _WATCH),
    ("secrets-store.csi.x-k8s.io", ["secretproviderclasses"], _APPLY),
    # Which version of a secret each pod has mounted, and nothing of its value.
    ("secrets-store.csi.x-k8s.io", ["secretproviderclasspodstatuses"], _WATCH),
]

_JOBS: list[_Grant] = [("batch", ["cronjobs", "jobs"], _APPLY)]
"""For what runs to its end, where a namespace has any."""

_MONITORING: list[_Grant] = [("monitoring.coreos.com", ["podmonitors", "prometheusrules", "servicemonitors"], _APPLY)]
"""For what the Prometheus operator goes by, where a namespace has any."""


def _optional(*, jobs: bool, monitoring: bool) -> list[_Grant]:
    return [*(_JOBS if jobs else []), *(_MONITORING if monitoring else [])]


def _watched(grants: Sequence[_Grant]) -> list[_Grant]:
    return [(group, resources, _WATCH) for group, resources, _ in grants]


# What is read of a namespace beside the objects that are rendered: to look for drift takes none of it.
_NOT_OURS = ("events", "pods/log", "resourcequotas", "secrets")
_READ = [
    (group, ours, _WATCH)
    for group, resources, _ in _GRANTS
    if (ours := [each for each in resources if each not in _NOT_OURS])
]

_SHOWN: list[_Grant] = [
    ("", ["events", "resourcequotas"], _WATCH),
    ("elbv2.k8s.aws", ["targetgroupbindings"], _WATCH),
    # There a metric's name is where a resource's would be, and KEDA makes it of the trigger: numbers of this namespace.
    ("external.metrics.k8s.io", ["*"], ["get", "list"]),
]
"""What `examx status` shows beside what is rendered."""


def _asking_exporter() -> k8s.PolicyRule:
    """Return the right to ask one port of one Service through the API server, for `examx status`.

    To RBAC the name is what is behind `services/`, the port included (kubernetes/dashboard 2.7, recommended.yaml).
    """
    service = f"{QUEUE_EXPORTER_NAME}:{QUEUE_EXPORTER_PORT_NAME}"
    return k8s.PolicyRule(api_groups=[""], resources=["services/proxy"], resource_names=[service], verbs=["get"])


_LOGS: _Grant = ("", ["pods/log"], ["get"])
_SHELL: _Grant = ("", ["pods/exec"], ["create", "get"])
"""kubectl 1.31 and newer open it by a WebSocket, so by a GET; older ones by a POST, which is a `create`.

From Kubernetes 1.35 on the API server asks for `create` in both cases (AuthorizePodWebsocketUpgradeCreatePermission).
"""


def _rules(namespace: str, grants: Sequence[_Grant]) -> list[k8s.PolicyRule]:
    own_namespace = k8s.PolicyRule(api_groups=[""], resources=["namespaces"], resource_names=[namespace], verbs=["get"])
    return [
        own_namespace,
        *(k8s.PolicyRule(api_groups=[group], resources=resources, verbs=verbs) for group, resources, verbs in grants),
    ]
