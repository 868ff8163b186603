"""What is taken over from whom, by records of owners such as API servers write; tests/cluster asks a real one."""

import copy
from typing import Any

import pytest

from examx_cli.ownership import RESTARTED_AT, Takeover, staying, take_over
from examx_cli.ownership.managers import is_tool
from tests.support import Manifest

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def entry(manager: str, fields: Any, *, operation: str = "Update", version: str = "apps/v1", **more: str) -> Manifest:
    return {"manager": manager, "operation": operation, "apiVersion": version, "fieldsV1": fields, **more}


def in_pod(fields: Any) -> Manifest:
    return {"f:spec": {"f:template": {"f:spec": fields}}}


def container(name: str, *fields: str) -> Manifest:
    return {f'k:{{"name":"{name}"}}': {".": {}, "f:name": {}, **{f"f:{field}": {} for field in fields}}}


def deployment(*containers: Manifest, **spec: Any) -> Manifest:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": list(containers)}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template, **spec},
    }


WEB = {"name": "web", "image": "shop:2"}
WANTED = deployment(WEB)


def live(item: Manifest, *entries: Manifest, annotations: dict[str, str] | None = None) -> Manifest:
    found = copy.deepcopy(item)
    found["metadata"] |= {"managedFields": list(entries), "resourceVersion": "7"}
    if annotations:
        found["metadata"]["annotations"] = annotations
    return found


def places(found: Takeover) -> list[str]:
    return [each.shown for each in found.taken]


def owned(found: Takeover, manager: str) -> Any:
    assert found.managed_fields is not None
    return next((each["fieldsV1"] for each in found.managed_fields if each["manager"] == manager), None)


def test_what_is_ours_alone_is_left_as_it_is():
    ours = entry("examx", in_pod({"f:containers": container("web", "image")}), operation="Apply")
    status = entry("kube-controller-manager", {"f:status": {"f:replicas": {}}}, subresource="status")
    assert take_over(live(WANTED, ours, status), WANTED).managed_fields is None


@pytest.mark.parametrize(
    "manager", ["kubectl-client-side-apply", "kubectl-edit", "helm", "argocd-controller", "examx-handover"]
)
def test_a_container_that_a_tool_put_in_goes(manager: str):
    there = deployment(WEB, {"name": "old", "image": "shop:1"})
    tools = entry(manager, in_pod({"f:containers": {**container("old", "image"), **container("web", "image")}}))
    found = take_over(live(there, tools), WANTED)
    assert places(found) == ["spec.template.spec.containers[old]"]
    assert found.expected["spec"] == WANTED["spec"]
    assert owned(found, manager) is None
    assert owned(found, "examx") == in_pod({"f:containers": {**container("old", "image"), **container("web", "image")}})


def test_a_container_of_a_controller_stays_and_is_named():
    there = deployment(WEB, {"name": "proxy", "image": "mesh:1"})
    record = live(there, entry("injector", in_pod({"f:containers": container("proxy", "image")})))
    assert take_over(record, WANTED).managed_fields is None
    assert [(each.shown, each.manager) for each in staying(record, WANTED)] == [
        ("spec.template.spec.containers[proxy]", "injector")
    ]


def test_an_element_that_nobody_owns_goes():
    there = deployment(WEB, {"name": "left", "image": "shop:1"})
    found = take_over(
        live(there, entry("examx", in_pod({"f:containers": container("web")}), operation="Apply")), WANTED
    )
    assert found.expected["spec"] == WANTED["spec"]
    assert 'k:{"name":"left"}' in str(owned(found, "examx"))


def test_what_a_controller_wrote_into_what_goes_is_not_taken_from_it():
    there = deployment(WEB, {"name": "old", "image": "shop:1", "env": [{"name": "TRACE", "value": "on"}]})
    trace = {'k:{"name":"old"}': {"f:env": {'k:{"name":"TRACE"}': {".": {}, "f:name": {}, "f:value": {}}}}}
    record = live(
        there,
        entry("kubectl-edit", in_pod({"f:containers": container("old", "image")})),
        entry("injector", in_pod({"f:containers": trace})),
    )
    expected: Any = take_over(record, WANTED).expected
    assert expected["spec"]["template"]["spec"]["containers"][1:] == [{"env": [{"name": "TRACE", "value": "on"}]}]


def test_replicas_that_are_left_to_an_autoscaler_are_let_go_and_stay():
    record = live(deployment(WEB, replicas=5), entry("kubectl-client-side-apply", {"f:spec": {"f:replicas": {}}}))
    found = take_over(record, WANTED)
    assert found.lets_go_of_replicas
    assert found.managed_fields == []
    assert found.expected["spec"]["replicas"] == 5  # type: ignore[index]
    again = take_over(
        live(deployment(WEB, replicas=5), entry("examx", {"f:spec": {"f:replicas": {}}}, operation="Apply")), WANTED
    )
    assert (again.lets_go_of_replicas, again.managed_fields) == (True, [])


def test_replicas_that_are_rendered_are_taken():
    record = live(deployment(WEB, replicas=5), entry("kubectl-edit", {"f:spec": {"f:replicas": {}}}))
    found = take_over(record, deployment(WEB, replicas=2))
    assert not found.lets_go_of_replicas
    assert found.expected["spec"]["replicas"] == 2  # type: ignore[index]


def test_marks_stay_whoever_set_them_and_keep_an_owner():
    """Without one they would go with the last annotation beside them that is ours."""
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app", "namespace": "shop"}}
    role, note = "eks.amazonaws.com/role-arn", "note"
    fields = {"f:metadata": {"f:annotations": {".": {}, f"f:{role}": {}, f"f:{note}": {}, f"f:{LAST_APPLIED}": {}}}}
    record = live(
        account,
        entry("kubectl-client-side-apply", fields, version="v1"),
        annotations={role: "arn", note: "x", LAST_APPLIED: "{}"},
    )
    found = take_over(record, account)
    assert found.expected["metadata"]["annotations"] == {role: "arn"}  # type: ignore[index]
    assert owned(found, "examx-kept") == {"f:metadata": {"f:annotations": {f"f:{role}": {}}}}
    assert "IAM role" in staying(record, account)[0].why


def test_a_restart_stays_and_only_that_of_others_is_told():
    asked = copy.deepcopy(WANTED)
    asked["spec"]["template"]["metadata"]["annotations"] = {RESTARTED_AT: "2026-01-02T12:00:00Z"}
    annotations = {"f:template": {"f:metadata": {"f:annotations": {".": {}, f"f:{RESTARTED_AT}": {}}}}}
    for manager, told in (("examx-restart", []), ("kubectl-rollout", ["kubectl-rollout"])):
        record = live(asked, entry(manager, {"f:spec": annotations}))
        assert take_over(record, WANTED).expected["spec"] == asked["spec"], manager
        assert [each.manager for each in staying(record, WANTED)] == told


def test_whoever_inherited_from_a_client_side_apply_is_a_tool():
    """kubectl gives what its client-side apply owned to the first server-side apply, by whichever name it goes."""
    there = deployment(WEB, {"name": "old", "image": "shop:1"})
    fields = {
        **in_pod({"f:containers": container("old", "image")}),
        "f:metadata": {"f:annotations": {f"f:{LAST_APPLIED}": {}}},
    }
    found = take_over(
        live(there, entry("some-script", fields, operation="Apply"), annotations={LAST_APPLIED: "{}"}), WANTED
    )
    assert found.expected["spec"] == WANTED["spec"]


def test_another_version_of_the_api_is_taken_under_a_name_of_its_own():
    wanted = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"maxReplicas": 3},
    }
    fields = {
        "f:metadata": {"f:annotations": {".": {}, "f:note": {}}},
        "f:spec": {"f:maxReplicas": {}, "f:targetCPUUtilizationPercentage": {}},
    }
    found = take_over(live(wanted, entry("helm", fields, version="autoscaling/v1"), annotations={"note": "x"}), wanted)
    assert found.versions == ("autoscaling/v1",)
    assert owned(found, "examx-takeover") == {"f:spec": {"f:maxReplicas": {}, "f:targetCPUUtilizationPercentage": {}}}
    assert "annotations" not in found.expected["metadata"] or not found.expected["metadata"]["annotations"]  # type: ignore[operator,index]


@pytest.mark.parametrize(
    "path",
    [
        ("f:metadata", "f:finalizers"),
        ("f:metadata", "f:ownerReferences"),
        ("f:spec", "f:clusterIP"),
        ("f:spec", "f:volumeName"),
    ],
)
def test_what_the_api_server_works_with_is_never_taken(path: tuple[str, str]):
    found = take_over(live(WANTED, entry("kubectl-edit", {path[0]: {path[1]: {}, "f:other": {}}})), WANTED)
    assert owned(found, "examx") == {path[0]: {"f:other": {}}}


def test_the_order_of_a_list_is_the_one_that_the_api_server_makes():
    side = {"name": "side", "image": "mesh:1"}
    there = deployment(side, {"name": "b"}, {"name": "a"})
    record = live(there, entry("injector", in_pod({"f:containers": container("side", "image")})))
    expected: Any = take_over(record, deployment({"name": "a"}, {"name": "b"})).expected
    assert [each["name"] for each in expected["spec"]["template"]["spec"]["containers"]] == ["side", "a", "b"]


@pytest.mark.parametrize(
    "name", ["kube-controller-manager", "keda", "istiod", "linkerd-proxy-injector", "eksctl", "vpa-updater"]
)
def test_controllers_are_no_tools(name: str):
    assert not is_tool(name)
