"""What holds for every object of every environment."""

from pathlib import Path

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from examx_constructs.settings import Quantity
from tests.conftest import FIXED_IMAGE
from tests.support import Manifest, containers, matches, of_kind, one, pod_templates

FLOWS = {
    "allow-dns",
    "app-to-external",
    "app-to-redis-incoming",
    "app-to-redis-outgoing",
    "backend-from-load-balancer",
    "default-deny",
}


def test_snapshot(manifests: list[Manifest], snapshot: SnapshotAssertion, environment_name: str) -> None:
    assert manifests == snapshot(name=environment_name)


def test_the_namespace_is_applied_first(manifests: list[Manifest]) -> None:
    assert manifests[0]["kind"] == "Namespace"


def test_what_a_pod_needs_is_applied_before_it(manifests: list[Manifest]) -> None:
    kinds = [each["kind"] for each in manifests]
    first_deployment = kinds.index("Deployment")
    for kind in ("ServiceAccount", "SecretProviderClass", "ConfigMap", "PersistentVolume", "PersistentVolumeClaim"):
        assert kinds.index(kind) < first_deployment
    # A readiness gate is put only into pods that start when the controller already leads to their Service.
    assert kinds.index("Ingress") < first_deployment
    names = [(each["kind"], each["metadata"]["name"]) for each in manifests]
    assert names.index(("Service", "examxv2-backend-service")) < first_deployment


def test_every_container_is_restricted(manifests: list[Manifest]) -> None:
    for template in pod_templates(manifests).values():
        pod = template["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in containers(template):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }
            assert container["resources"]["limits"].keys() == {"cpu", "memory"}
            assert container["resources"]["requests"].keys() == {"cpu", "memory", "ephemeral-storage"}


def test_scratch_space_is_bounded(manifests: list[Manifest]) -> None:
    for template in pod_templates(manifests).values():
        for volume in template["spec"]["volumes"]:
            assert "emptyDir" not in volume or volume["emptyDir"]["sizeLimit"]


def test_what_a_pod_may_fill_of_the_disk_it_requests_and_room_for_its_logs(manifests: list[Manifest]) -> None:
    for name, template in pod_templates(manifests).items():
        directories = [each["emptyDir"] for each in template["spec"]["volumes"] if "emptyDir" in each]
        on_disk = [Quantity(each["sizeLimit"]).amount for each in directories if "medium" not in each]
        requests = [each["resources"]["requests"]["ephemeral-storage"] for each in template["spec"]["containers"]]
        logs = 64 * 2**20 * len(requests)
        assert sum(Quantity(each).amount for each in requests) == sum(on_disk) + logs, name


def test_the_namespace_enforces_the_restricted_standard(manifests: list[Manifest]) -> None:
    labels = one(manifests, "Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_every_autoscaled_workload_leaves_its_replicas_to_the_autoscaler(manifests: list[Manifest]) -> None:
    owned = {each["spec"]["scaleTargetRef"]["name"] for each in of_kind(manifests, "ScaledObject")}
    owned |= {each["spec"]["scaleTargetRef"]["name"] for each in of_kind(manifests, "HorizontalPodAutoscaler")}
    for workload in (*of_kind(manifests, "Deployment"), *of_kind(manifests, "StatefulSet")):
        assert (workload["metadata"]["name"] in owned) != ("replicas" in workload["spec"])


def test_every_django_and_celery_pod_sees_media_and_secrets(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        main = deployment["spec"]["template"]["spec"]["containers"][0]
        paths = {mount["mountPath"] for mount in main["volumeMounts"]}
        assert {"/app/media", "/mnt/secret-store", "/app/examx/.env"} <= paths


def test_one_image_for_all(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        assert {each["image"] for each in containers(deployment["spec"]["template"])} == {FIXED_IMAGE}
        assert deployment["spec"]["template"]["spec"]["nodeSelector"]["kubernetes.io/arch"] == "arm64"


def test_what_may_have_replicas_is_spread_and_drained_one_by_one(manifests: list[Manifest]) -> None:
    templates = pod_templates(manifests)
    single = {"celery-beat", "redis"}
    budgets = [each["spec"]["selector"]["matchLabels"] for each in of_kind(manifests, "PodDisruptionBudget")]
    for name, template in templates.items():
        many = name not in single
        assert bool(template["spec"].get("topologySpreadConstraints")) == many, name
        assert any(matches(budget, template["metadata"]["labels"]) for budget in budgets) == many, name


def test_workloads_are_selected_by_their_name_and_by_nothing_else(manifests: list[Manifest]) -> None:
    workloads = [*of_kind(manifests, "Deployment"), *of_kind(manifests, "StatefulSet")]
    for each in workloads:
        own = {"app": each["metadata"]["name"]}
        assert each["spec"]["selector"] == {"matchLabels": own}
        assert own.items() <= each["metadata"]["labels"].items()
        assert own.items() <= each["spec"]["template"]["metadata"]["labels"].items()
    assert len({each["metadata"]["name"] for each in workloads}) == len(workloads)
    assert one(manifests, "Service", "examxv2-backend-service")["spec"]["selector"] == {"app": "examxv2-backend"}


def test_a_services_own_selector_has_what_policies_let_pods_call(manifests: list[Manifest]) -> None:
    # The VPC CNI admits a Service's address by the Service's selector, not by the labels of its pods.
    called = [
        peer["podSelector"]["matchLabels"]
        for policy in of_kind(manifests, "NetworkPolicy")
        for rule in policy["spec"].get("egress", [])
        for peer in rule.get("to", [])
        if peer.keys() == {"podSelector"}
    ]
    templates = pod_templates(manifests).values()
    for service in of_kind(manifests, "Service"):
        selector = service["spec"]["selector"]
        pods = [each["metadata"]["labels"] for each in templates if matches(selector, each["metadata"]["labels"])]
        for labels in called:
            if any(matches(labels, each) for each in pods):
                assert matches(labels, selector), service["metadata"]["name"]


def test_the_flows_are_those_that_exist(manifests: list[Manifest], environment_name: str) -> None:
    peers = {"redis-peers-incoming", "redis-peers-outgoing"} if environment_name == "prod" else set[str]()
    told = {"app-to-telemetry"} if environment_name in ("dev", "prod") else set[str]()
    assert {each["metadata"]["name"] for each in of_kind(manifests, "NetworkPolicy")} == FLOWS | peers | told


def test_the_external_flows_are_postgresql_https_and_smtp(manifests: list[Manifest]) -> None:
    egress = one(manifests, "NetworkPolicy", "app-to-external")["spec"]["egress"]
    assert [port["port"] for rule in egress for port in rule["ports"]] == [5432, 443, 587]


def test_redis_is_reached_by_the_app_and_by_keda_only(manifests: list[Manifest]) -> None:
    (rule,) = one(manifests, "NetworkPolicy", "app-to-redis-incoming")["spec"]["ingress"]
    assert rule["from"] == [
        {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "examxv2"}}},
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "keda"}}},
    ]


@pytest.mark.parametrize(("one_environment", "other"), [("dev", "stg"), ("dev", "prod"), ("stg", "prod")])
def test_environments_share_no_cluster_scoped_object(
    rendered: dict[str, list[Manifest]], one_environment: str, other: str
) -> None:
    def cluster_scoped(name: str) -> set[tuple[str, str]]:
        return {
            (each["kind"], each["metadata"]["name"]) for each in rendered[name] if "namespace" not in each["metadata"]
        }

    assert cluster_scoped(one_environment)
    assert not cluster_scoped(one_environment) & cluster_scoped(other)


def test_the_image_stands_once_in_images_yaml() -> None:
    lines = [line for line in Path("images.yaml").read_text().splitlines() if not line.startswith("#")]
    assert [line.split(":")[0] for line in lines] == list(yaml.safe_load(Path("images.yaml").read_text()))
