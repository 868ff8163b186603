"""What controllers put into pods is carried over; what tools wrote is not."""

from typing import Any

from examx_cli.adopt.carrying import carried
from examx_cli.adopt.pod_security import reasons
from examx_constructs.manifests import Versions, selects
from tests.unit.cli.adopt.support import deployment


def _owned(manager: str, container: str, operation: str = "Apply") -> dict[str, Any]:
    fields = {"f:containers": {f'k:{{"name":"{container}"}}': {".": {}, "f:image": {}, "f:name": {}}}}
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "apps/v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:template": {"f:spec": fields}}},
    }


def test_a_container_of_a_controller_is_carried_over_under_its_name() -> None:
    live = deployment("web")
    live["spec"]["template"]["spec"]["containers"].append({"name": "proxy", "image": "proxy:1"})
    live["metadata"]["managedFields"] = [
        _owned("kubectl-client-side-apply", "web", "Update"),
        _owned("mesh-injector", "proxy"),
    ]
    wanted = deployment("web")
    wanted["spec"]["template"]["spec"]["containers"][0]["name"] = "backend"
    parts = carried(live, wanted)
    assert set(parts) == {"mesh-injector"}
    spec = parts["mesh-injector"]["spec"]
    assert spec == {"template": {"spec": {"containers": [{"name": "proxy", "image": "proxy:1"}]}}}


def test_what_nobody_owns_is_not() -> None:
    live = deployment("web")
    live["spec"]["template"]["metadata"]["annotations"] = {"seen": "yes"}
    assert not carried(live, deployment("web"))


def test_expressions_of_selectors() -> None:
    def chosen(operator: str, values: list[str], **labels: str) -> bool:
        return selects({"matchExpressions": [{"key": "app", "operator": operator, "values": values}]}, labels)

    assert chosen("In", ["web"], app="web")
    assert chosen("NotIn", ["web"], app="other")
    assert chosen("Exists", [], app="web")
    assert chosen("DoesNotExist", [], tier="web")
    assert not chosen("DoesNotExist", [], app="web")


def test_what_each_level_of_pod_security_refuses() -> None:
    context = {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
        "capabilities": {"drop": ["ALL"]},
    }
    good = deployment("web", securityContext=context)
    assert reasons(good, "restricted", Versions()) == []
    bad = deployment(
        "web",
        pod={
            "hostNetwork": True,
            "hostPID": True,
            "securityContext": {"runAsUser": 0, "seccompProfile": {"type": "Unconfined"}},
            "volumes": [{"name": "h", "hostPath": {}}, {"name": "n", "nfs": {}}],
        },
        securityContext={
            "privileged": True,
            "runAsUser": 0,
            "capabilities": {"add": ["SYS_ADMIN"]},
            "seccompProfile": {"type": "Unconfined"},
        },
        ports=[{"containerPort": 80, "hostPort": 80}],
    )
    baseline = [
        "hostNetwork is true",
        "hostPID is true",
        "volumes[0].hostPath is a hostPath volume",
        "containers[0].securityContext.privileged is true",
        'containers[0].securityContext.capabilities.add[0] is "SYS_ADMIN"',
        "containers[0].ports[0].hostPort is 80",
        'securityContext.seccompProfile.type is "Unconfined"',
        'containers[0].securityContext.seccompProfile.type is "Unconfined"',
    ]
    assert set(reasons(bad, "baseline", Versions())) == set(baseline)
    assert {"securityContext.runAsUser is 0", "hostNetwork is true"} < set(reasons(bad, "restricted", Versions()))
    assert reasons(bad, "", Versions()) == []


def test_a_level_refuses_what_the_version_of_the_cluster_has_in_it() -> None:
    probed = deployment("web", readinessProbe={"tcpSocket": {"host": "127.0.0.1", "port": 80}})
    assert reasons(probed, "baseline", Versions("1.33")) == []
    assert reasons(probed, "baseline", Versions("1.34")) == [
        'containers[0].readinessProbe.tcpSocket.host is "127.0.0.1"'
    ]
