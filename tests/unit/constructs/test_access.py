from cdk8s import App, Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import DeployerAccess, DutyAccess, ObserverAccess, RestrictedNamespace, WorkloadIdentity
from examx_constructs.settings import ClusterVersions
from tests.support import one, synth


def test_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    RestrictedNamespace(chart, "namespace", name="team-a")
    WorkloadIdentity(chart, "identity", name="app")
    assert synth(chart) == snapshot


def test_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    RestrictedNamespace(
        chart,
        "namespace",
        name="team-a",
        cluster="cluster-1",
        cluster_versions=ClusterVersions(kubernetes="1.36", keda="2.20"),
        readiness_gates=True,
        guests=["celery-flower", "old-worker"],
        annotations={"example.com/contact": "team a"},
    )
    WorkloadIdentity(chart, "identity", name="app", role_arn="arn:aws:iam::111122223333:role/app")
    DeployerAccess(chart, "deployer", namespace="team-a", group="team-a-deployers", name="deployer")
    ObserverAccess(chart, "observer", namespace="team-a", group="team-a-observers", name="observer")
    DutyAccess(chart, "duty", namespace="team-a", group="team-a-on-duty", name="duty", shell=True, jobs=True)
    assert synth(chart) == snapshot


def test_guests_take_the_enforcement_down_and_nothing_else(chart: Chart) -> None:
    RestrictedNamespace(chart, "namespace", name="team-a", guests=["celery-flower"])
    metadata = one(synth(chart), "Namespace")["metadata"]
    modes = {key.rpartition("/")[2]: text for key, text in metadata["labels"].items() if "pod-security" in key}
    assert modes == {"enforce": "baseline", "audit": "restricted", "warn": "restricted"}
    assert metadata["annotations"]["examx.ai/guests"] == "celery-flower"
    assert "baseline" in metadata["annotations"]["examx.ai/about"]


def test_a_namespace_is_in_no_namespace(chart: Chart) -> None:
    RestrictedNamespace(chart, "namespace", name="team-a")
    assert "namespace" not in one(synth(chart), "Namespace")["metadata"]


def test_a_namespace_renders_in_a_chart_without_a_namespace() -> None:
    chart = Chart(App(), "chart")
    RestrictedNamespace(chart, "namespace", name="team-a")
    assert one(synth(chart), "Namespace")["metadata"]["name"] == "team-a"


def test_the_deployer_can_neither_read_secrets_nor_delete_claims_nor_grant_anything(chart: Chart) -> None:
    DeployerAccess(chart, "deployer", namespace="team-a", group="deployers")
    rules = one(synth(chart), "Role")["rules"]
    verbs = {resource: rule["verbs"] for rule in rules for resource in rule["resources"]}
    # The answer to a change shows the whole object.
    assert verbs["secrets"] == ["create"]
    assert "delete" not in verbs["persistentvolumeclaims"]
    assert set(verbs["roles"] + verbs["rolebindings"]) == {"get", "list", "watch"}
    assert not any("*" in rule["verbs"] + rule["resources"] + rule["apiGroups"] for rule in rules)


def test_the_deployer_may_restart_and_see_which_versions_are_mounted(chart: Chart) -> None:
    DeployerAccess(chart, "deployer", namespace="team-a", group="deployers")
    rules = one(synth(chart), "Role")["rules"]
    verbs = {resource: set(rule["verbs"]) for rule in rules for resource in rule["resources"]}
    assert verbs["secretproviderclasspodstatuses"] == {"get", "list", "watch"}
    assert {"get", "patch"} <= verbs["deployments"] & verbs["statefulsets"]
    # Pods are replaced by their controllers: nobody deletes them by hand.
    assert verbs["pods"] == {"get", "list", "watch"}


def test_an_observer_reads_what_is_rendered_and_changes_nothing(chart: Chart) -> None:
    ObserverAccess(chart, "observer", namespace="team-a", group="observers")
    rules = one(synth(chart), "Role")["rules"]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
    resources = {resource for rule in rules for resource in rule["resources"]}
    assert {"deployments", "scaledobjects", "rolebindings", "pods", "secretproviderclasspodstatuses"} <= resources
    assert not resources & {"secrets", "pods/log"}


def test_who_is_on_duty_reads_and_changes_nothing(chart: Chart) -> None:
    DutyAccess(chart, "duty", namespace="team-a", group="duty")
    rules = one(synth(chart), "Role")["rules"]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
    by_group = {(group, each) for rule in rules for group in rule["apiGroups"] for each in rule["resources"]}
    assert {("", "events"), ("", "pods/log"), ("elbv2.k8s.aws", "targetgroupbindings")} <= by_group
    # Each metric has a name of its own there, and none of them is anything but a number.
    assert [group for group, each in by_group if each == "*"] == ["external.metrics.k8s.io"]
    assert not {each for _, each in by_group} & {"secrets", "pods/exec", "pods/attach", "pods/portforward"}


def test_with_monitoring_who_is_on_duty_asks_one_port_of_one_service(chart: Chart) -> None:
    DutyAccess(chart, "duty", namespace="team-a", group="duty", monitoring=True)
    rules = one(synth(chart), "Role")["rules"]
    (proxy,) = (rule for rule in rules if "services/proxy" in rule["resources"])
    assert (proxy["resourceNames"], proxy["verbs"]) == (["celery-queue-metrics:metrics"], ["get"])


def test_logs_and_shells_are_given_and_taken_by_themselves(chart: Chart) -> None:
    DutyAccess(chart, "duty", namespace="team-a", group="duty", logs=False, shell=True)
    rules = one(synth(chart), "Role")["rules"]
    verbs = {resource: rule["verbs"] for rule in rules for resource in rule["resources"]}
    assert "pods/log" not in verbs
    assert verbs["pods/exec"] == ["create", "get"]
