"""The search engine of the shop: a chart of its own, beside that of the library, in the same namespace."""

from cdk8s import Chart
from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs import DisruptionBudget, InternalFlow
from examx_constructs.settings import Environment

NAME, PORT = "shop-search", 7700


class SearchChart(Chart):
    """Meilisearch, its Service, and the way to it from the pods of the application and from nowhere else.

    The namespace is that of the library's chart, which denies what nobody allows and admits only pods of the standard
    `restricted`.
    """

    def __init__(self, scope: Construct, id: str, *, environment: Environment) -> None:
        super().__init__(
            scope,
            id,
            namespace=environment.namespace,
            labels=dict(environment.labels),
            disable_resource_name_hashes=True,
        )
        labels = {"app": NAME}
        k8s.KubeConfigMap(self, "settings", metadata=k8s.ObjectMeta(name=NAME), data={"index": "products"})
        k8s.KubeService(
            self,
            "service",
            metadata=k8s.ObjectMeta(name=NAME),
            spec=k8s.ServiceSpec(
                selector=labels, ports=[k8s.ServicePort(port=PORT, target_port=k8s.IntOrString.from_number(PORT))]
            ),
        )
        self.deployment = k8s.KubeDeployment(
            self,
            "deployment",
            metadata=k8s.ObjectMeta(name=NAME),
            spec=k8s.DeploymentSpec(
                replicas=2,
                selector=k8s.LabelSelector(match_labels=labels),
                template=k8s.PodTemplateSpec(
                    metadata=k8s.ObjectMeta(labels={**labels, **environment.labels}), spec=_pod()
                ),
            ),
        )
        DisruptionBudget(self, "disruption-budget", name=NAME, selector=labels, labels=labels)
        clients = {"app.kubernetes.io/name": environment.application.name}
        InternalFlow(self, "flow", name="shop-to-search", clients=clients, servers=labels, ports=[PORT])


def _pod() -> k8s.PodSpec:
    amounts = {"cpu": k8s.Quantity.from_string("500m"), "memory": k8s.Quantity.from_string("1Gi")}
    disk = {"ephemeral-storage": k8s.Quantity.from_string("5Gi")}
    health = k8s.HttpGetAction(path="/health", port=k8s.IntOrString.from_number(PORT))
    return k8s.PodSpec(
        automount_service_account_token=False,
        security_context=k8s.PodSecurityContext(
            run_as_non_root=True,
            run_as_user=20002,
            fs_group=20002,
            seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
        ),
        containers=[
            k8s.Container(
                name="meilisearch",
                image="registry.example.com/tools/meilisearch:1.11.3",
                ports=[k8s.ContainerPort(container_port=PORT)],
                resources=k8s.ResourceRequirements(requests={**amounts, **disk}, limits=amounts),
                readiness_probe=k8s.Probe(http_get=health),
                security_context=k8s.SecurityContext(
                    allow_privilege_escalation=False, capabilities=k8s.Capabilities(drop=["ALL"])
                ),
                volume_mounts=[k8s.VolumeMount(name="data", mount_path="/meili_data")],
            )
        ],
        volumes=[
            k8s.Volume(name="data", empty_dir=k8s.EmptyDirVolumeSource(size_limit=k8s.Quantity.from_string("4Gi")))
        ],
    )
