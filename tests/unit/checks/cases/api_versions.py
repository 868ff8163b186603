"""Cases of the rules on kinds and on the versions of APIs."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.support import Case, Object, obj

UNREAD = "no server knows it: the object is refused, or no controller ever looks at it"


def of(api_version: str, kind: str, name: str = "web") -> Object:
    return obj(kind, name) | {"apiVersion": api_version}


def removed(kind: str, given: str, allowed: str, since: str, name: str = "dev/web") -> str:
    return f'{kind} {name}: apiVersion is "{given}"; allowed: {allowed}; Kubernetes serves it no more since {since}'


DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "ingresses.network.k8s.io"},
    "spec": {"group": "network.k8s.io", "names": {"kind": "Ingress"}},
}

CASES = [
    Case(
        "api-version-is-served",
        "an Ingress of before 1.22",
        [of("networking.k8s.io/v1beta1", "Ingress")],
        [removed("Ingress", "networking.k8s.io/v1beta1", "networking.k8s.io/v1", "1.22")],
    ),
    Case("api-version-is-served", "an Ingress", [of("networking.k8s.io/v1", "Ingress")]),
    Case(
        "api-version-is-served",
        "removed in other versions, in another group, without a successor",
        [
            of("extensions/v1beta1", "Deployment"),
            of("extensions/v1beta1", "Ingress"),
            of("apps/v1beta2", "StatefulSet"),
            of("policy/v1beta1", "PodDisruptionBudget"),
            of("policy/v1beta1", "PodSecurityPolicy"),
            of("batch/v1beta1", "CronJob"),
            of("autoscaling/v2beta2", "HorizontalPodAutoscaler"),
            of("autoscaling/v2beta1", "HorizontalPodAutoscaler"),
            of("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"),
            of("rbac.authorization.k8s.io/v1beta1", "RoleBinding"),
            of("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"),
        ],
        [
            removed("Deployment", "extensions/v1beta1", "apps/v1", "1.16"),
            removed("Ingress", "extensions/v1beta1", "networking.k8s.io/v1", "1.22"),
            removed("StatefulSet", "apps/v1beta2", "apps/v1", "1.16"),
            removed("PodDisruptionBudget", "policy/v1beta1", "policy/v1", "1.25"),
            removed("PodSecurityPolicy", "policy/v1beta1", "nothing: there is no PodSecurityPolicy any more", "1.25"),
            removed("CronJob", "batch/v1beta1", "batch/v1", "1.25"),
            removed("HorizontalPodAutoscaler", "autoscaling/v2beta2", "autoscaling/v1 or autoscaling/v2", "1.26"),
            removed("HorizontalPodAutoscaler", "autoscaling/v2beta1", "autoscaling/v1 or autoscaling/v2", "1.25"),
            removed("FlowSchema", "flowcontrol.apiserver.k8s.io/v1beta3", "flowcontrol.apiserver.k8s.io/v1", "1.32"),
            removed("RoleBinding", "rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1", "1.22"),
            removed(
                "CustomResourceDefinition", "apiextensions.k8s.io/v1beta1", "apiextensions.k8s.io/v1", "1.22", "web"
            ),
        ],
    ),
    Case(
        "api-version-is-served",
        "a version that never was, one that is still to come",
        [of("apps/v1beta", "Deployment"), of("v2", "Service"), of("resource.k8s.io/v1", "DeviceClass")],
        [
            'Deployment dev/web: apiVersion is "apps/v1beta"; allowed: apps/v1; Deployment has no such version: it is refused',
            'Service dev/web: apiVersion is "v2"; allowed: v1; Service has no such version: it is refused',
            'DeviceClass dev/web: apiVersion is "resource.k8s.io/v1"; allowed: resource.k8s.io/v1beta1 or resource.k8s.io/v1beta2; Kubernetes serves it from 1.34 on, and here is 1.33',
        ],
        versions=Versions("1.33"),
    ),
    Case(
        "api-version-is-served",
        "served by an older cluster, an alpha, kinds of others, a placeholder",
        [
            of("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"),
            of("storage.k8s.io/v1alpha1", "VolumeAttributesClass"),
            of("autoscaling/v1", "HorizontalPodAutoscaler"),
            of("serving.knative.dev/v1", "Service"),
            of("batch.volcano.sh/v1alpha1", "Job"),
            of("apps/${VERSION}", "Deployment"),
        ],
        versions=Versions("1.31"),
    ),
    Case(
        "kind-is-known",
        "small letters",
        [of("apps/v1", "deployment")],
        ['deployment dev/web: kind is "deployment"; allowed: Deployment of apps/v1; there is no kind deployment'],
    ),
    Case("kind-is-known", "as it is defined", [of("apps/v1", "Deployment")]),
    Case(
        "kind-is-known",
        "another group, no group, a plural, a slip, a group that has no such kind",
        [
            of("apps/v1", "Service"),
            of("v1", "Deployment"),
            of("apps", "StatefulSet"),
            of("v1", "ConfigMaps"),
            of("networking.k8s.io/v1", "Ingres"),
            of("batch/v1", "Cronjob"),
            of("apps/v1", "ScaledObject"),
            of("apps/v1", "Application"),
        ],
        [
            'Service dev/web: apiVersion is "apps/v1"; allowed: v1; apps has no Service',
            'Deployment dev/web: apiVersion is "v1"; allowed: apps/v1; the core group has no Deployment',
            'StatefulSet dev/web: apiVersion is "apps"; allowed: apps/v1; the core group has no StatefulSet',
            'ConfigMaps dev/web: kind is "ConfigMaps"; allowed: ConfigMap of v1; there is no kind ConfigMaps',
            'Ingres dev/web: kind is "Ingres"; allowed: Ingress of networking.k8s.io/v1; there is no kind Ingres',
            'Cronjob dev/web: kind is "Cronjob"; allowed: CronJob of batch/v1; there is no kind Cronjob',
            'ScaledObject dev/web: apiVersion is "apps/v1"; allowed: keda.sh/v1alpha1; apps has no ScaledObject',
            'Application dev/web: kind is "Application"; allowed: ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet; apps has no Application',
        ],
    ),
    Case(
        "kind-is-known",
        "groups that nobody has, and those of add-ons",
        [
            of("app/v1", "Deployment"),
            of("networking.k8s.oi/v1", "NetworkPolicy"),
            of("rbac.k8s.io/v1", "Role"),
            of("rbac.authorisation.k8s.io/v1", "RoleBinding"),
            of("keda.k8s.io/v1alpha1", "ScaledObject"),
            of("keda.sh/v1", "TriggerAuthentication"),
            of("keda.sh/v1alpha1", "Scaledobject"),
            of("keda.sh/v1alpha1", "AutoScaler"),
            of("secrets-store.csi.k8s.io/v1", "SecretProviderClass"),
        ],
        [
            'Deployment dev/web: apiVersion is "app/v1"; allowed: apps/v1, for a Deployment; there is no group app',
            'NetworkPolicy dev/web: apiVersion is "networking.k8s.oi/v1"; allowed: networking.k8s.io/v1, for a NetworkPolicy; there is no group networking.k8s.oi',
            'Role dev/web: apiVersion is "rbac.k8s.io/v1"; allowed: rbac.authorization.k8s.io/v1, for a Role; there is no group rbac.k8s.io',
            'RoleBinding dev/web: apiVersion is "rbac.authorisation.k8s.io/v1"; allowed: rbac.authorization.k8s.io/v1, for a RoleBinding; there is no group rbac.authorisation.k8s.io',
            f'ScaledObject dev/web: apiVersion is "keda.k8s.io/v1alpha1"; allowed: keda.sh/v1alpha1; {UNREAD}',
            f'TriggerAuthentication dev/web: apiVersion is "keda.sh/v1"; allowed: keda.sh/v1alpha1; {UNREAD}',
            f'Scaledobject dev/web: kind is "Scaledobject"; allowed: ScaledObject; {UNREAD}',
            f'AutoScaler dev/web: kind is "AutoScaler"; allowed: ClusterTriggerAuthentication, ScaledJob, ScaledObject, TriggerAuthentication; {UNREAD}',
            f'SecretProviderClass dev/web: apiVersion is "secrets-store.csi.k8s.io/v1"; allowed: secrets-store.csi.x-k8s.io/v1 or secrets-store.csi.x-k8s.io/v1alpha1; {UNREAD}',
        ],
    ),
    Case(
        "kind-is-known",
        "kinds of other projects, of operators, of OpenShift, and what the set defines itself",
        [
            of("serving.knative.dev/v1", "Service"),
            of("networking.istio.io/v1", "Gateway"),
            of("gateway.networking.k8s.io/v1", "Gateway"),
            of("iam.services.k8s.aws/v1alpha1", "Role"),
            of("batch.volcano.sh/v1alpha1", "Job"),
            of("autoscaling.k8s.io/v1", "VerticalPodAutoscaler"),
            of("v1", "DeploymentConfig"),
            of("route.openshift.io/v1", "Route"),
            of("argoproj.io/v1alpha1", "Rollout"),
            of("eks.amazonaws.com/v1", "IngressClassParams"),
            of("keda.sh/v1alpha1", "ScaledJob"),
            of("eventing.keda.sh/v1alpha1", "CloudEventSource"),
            of("cluster.x-k8s.io/v1beta1", "Cluster"),
            of("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"),
            of("postgresql.cnpg.io/v1", "Cluster"),
            of("${GROUP}/v1", "Deployment"),
            of("$API_VERSION", "SecretProviderClass"),
            of("network.k8s.io/v1", "Ingress"),
            DEFINITION,
        ],
    ),
]
