"""KEDA as it is released: its objects, its operator, its metrics adapter and its admission webhooks.

The three run beside the API server, not in pods, as the service account that KEDA's own manifests give to them. No
part of KEDA is left out.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.cluster import kubeconfig, services
from tests.cluster.client import Object
from tests.cluster.processes import listens

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

NAMESPACE = "keda"
WEBHOOKS = 9443
ADAPTER = 6444
OPERATOR = 9666

_ACCOUNT = f"system:serviceaccount:{NAMESPACE}:keda-operator"
_GROUPS = ("system:serviceaccounts", f"system:serviceaccounts:{NAMESPACE}", "system:authenticated")
_OPERATOR_HOST = f"keda-operator.{NAMESPACE}.svc.cluster.local"
_WEBHOOKS_SERVICE = services.service(NAMESPACE, "keda-admission-webhooks")
_ADAPTER_SERVICE = services.service(NAMESPACE, "keda-metrics-apiserver")
# Out of the way of pods that run for real.
_METRICS, _HEALTH = 19080, 19090


def start(plane: "ControlPlane", built: Path) -> None:
    """Install it and start it. Then what it answers for is announced, so that nobody asks it too early."""
    objects = list(yaml.safe_load_all(plane.kubectl("kustomize", str(built / "config" / "default"))))
    announced = ("ValidatingWebhookConfiguration", "APIService")
    plane.apply([each for each in objects if each["kind"] == "Namespace"], manager="keda")
    plane.apply(
        [
            *(each for each in objects if each["kind"] not in (*announced, "Namespace", "Deployment", "Service")),
            _WEBHOOKS_SERVICE,
            _ADAPTER_SERVICE,
        ],
        manager="keda",
    )
    plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
    plane.add_host(_OPERATOR_HOST, "127.0.0.1")
    for name, command in _commands(plane).items():
        plane.servers.start(name, [str(built / "bin" / name), *command], _environment(plane))
    for name, port in (("operator", OPERATOR), ("adapter", ADAPTER), ("webhooks", WEBHOOKS)):
        plane.servers.wait(lambda port=port: listens(port), f"KEDA's {name} does not listen")
    plane.apply(
        [
            *(_pointed(each, plane) for each in objects if each["kind"] == "ValidatingWebhookConfiguration"),
            services.api_service(
                "external.metrics.k8s.io", "v1beta1", _ADAPTER_SERVICE, ADAPTER, plane.identity.authority.certificate
            ),
        ],
        manager="keda",
    )
    plane.kubectl("wait", "--for=condition=Available", "apiservice/v1beta1.external.metrics.k8s.io", "--timeout=30s")


def _commands(plane: "ControlPlane") -> dict[str, Sequence[str]]:
    certificates = _certificates(plane)
    config = plane.folder / "keda.kubeconfig"
    kubeconfig.write(config, plane.identity.authority, plane.identity.authority.client(_ACCOUNT, _GROUPS))
    return {
        "keda-operator": [
            f"--cert-dir={certificates}",
            "--enable-cert-rotation=false",
            f"--metrics-bind-address=127.0.0.1:{_METRICS}",
            f"--health-probe-bind-address=127.0.0.1:{_HEALTH}",
            f"--metrics-service-bind-address=127.0.0.1:{OPERATOR}",
            "--zap-log-level=info",
        ],
        "keda-adapter": [
            f"--cert-dir={certificates}",
            f"--tls-cert-file={certificates / 'tls.crt'}",
            f"--tls-private-key-file={certificates / 'tls.key'}",
            f"--client-ca-file={certificates / 'ca.crt'}",
            f"--lister-kubeconfig={config}",
            f"--authentication-kubeconfig={config}",
            f"--authorization-kubeconfig={config}",
            "--bind-address=127.0.0.1",
            f"--secure-port={ADAPTER}",
            f"--port={_METRICS + 1}",
            f"--metrics-service-address={_OPERATOR_HOST}:{OPERATOR}",
        ],
        "keda-webhooks": [
            f"--cert-dir={certificates}",
            f"--port={WEBHOOKS}",
            f"--metrics-bind-address=127.0.0.1:{_METRICS + 2}",
            f"--health-probe-bind-address=127.0.0.1:{_HEALTH + 2}",
        ],
    }


def _environment(plane: "ControlPlane") -> dict[str, str]:
    return {
        "KUBECONFIG": str(plane.folder / "keda.kubeconfig"),
        "WATCH_NAMESPACE": "",
        "POD_NAMESPACE": NAMESPACE,
        "KEDA_CLUSTER_OBJECT_NAMESPACE": NAMESPACE,
    }


def _certificates(plane: "ControlPlane") -> Path:
    """The folder with the three files that KEDA expects in one, which its secret has otherwise."""
    folder = plane.folder / "certificates" / "keda"
    hosts = (_OPERATOR_HOST, services.host(_WEBHOOKS_SERVICE), services.host(_ADAPTER_SERVICE))
    plane.identity.authority.server("tls", *hosts, folder=folder)
    shutil.copy(plane.identity.authority.certificate, folder / "ca.crt")
    return folder


def _pointed(webhooks: Object, plane: "ControlPlane") -> Object:
    """The webhooks with the port and the authority of the server here."""
    changed: Object = json.loads(json.dumps(webhooks))
    for config in _client_configs(changed):
        config["caBundle"] = kubeconfig.data(plane.identity.authority.certificate)
        config["service"]["port"] = WEBHOOKS
    return changed


def _client_configs(webhooks: Object) -> Iterator[Object]:
    for each in webhooks["webhooks"]:
        yield each["clientConfig"]
