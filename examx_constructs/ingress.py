"""The way in: an Application Load Balancer, by the AWS Load Balancer Controller."""

import json
from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import metadata
from examx_constructs._strict import strict
from examx_constructs.settings import (
    AccessLogs,
    Application,
    ClientTls,
    ClientTlsVerify,
    Duration,
    Frontend,
    IngressSettings,
    Rollout,
)
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.naming import FOREIGN_SERVICES_ANNOTATION, merged
from examx_constructs.settings.nginx import HEALTH_PATH

_PREFIX = "alb.ingress.kubernetes.io/"
_HTTPS_PORT = 443
_DEREGISTRATION_DELAY = Rollout().deregistration_delay
_IDLE_TIMEOUT = Duration("600s")


class AlbIngress(k8s.KubeIngress):
    """An Ingress that the AWS Load Balancer Controller turns into an internet-facing load balancer.

    The settings' backend paths go to `service`; `/` as well, unless the settings name a frontend. That one is rendered
    elsewhere, answers `/health` for the load balancer and has a NetworkPolicy of its own. `others`: paths that go to
    other Services of the namespace, each at its first port. `deregistration_delay` must be the one of the backend's
    rollout, which outlasts it. Only annotations that the controller knows are rendered: others it ignores without a
    word.

    `service_port`: the port of `service` that takes requests. `idle_timeout`: how long a connection may carry nothing
    before it is closed. It is at least what nginx waits for an answer.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: IngressSettings,
        service: k8s.KubeService,
        service_port: int = 80,
        others: Mapping[str, k8s.KubeService] | None = None,
        deregistration_delay: Duration = _DEREGISTRATION_DELAY,
        idle_timeout: Duration = _IDLE_TIMEOUT,
        application: Application = EXAMX,
        name: str | None = None,
    ) -> None:
        name = name or f"{application.name}-ingress"
        backend = _service(service.name, service_port)
        beside = [_path(path, _named(each)) for path, each in (others or {}).items()]
        super().__init__(
            scope,
            id,
            metadata=metadata(name, annotations=_annotations(settings, deregistration_delay, idle_timeout)),
            spec=k8s.IngressSpec(
                ingress_class_name="alb",
                # A rule for each host: one of several would exceed the five values that a rule's conditions may have.
                rules=[
                    k8s.IngressRule(
                        host=host, http=k8s.HttpIngressRuleValue(paths=[*beside, *_paths(settings, backend)])
                    )
                    for host in settings.hosts
                ],
            ),
        )


def _paths(settings: IngressSettings, backend: k8s.IngressBackend) -> list[k8s.HttpIngressPath]:
    return [
        *(_path(path, backend) for path in settings.backend_paths),
        _path("/", _frontend(settings.frontend) if settings.frontend else backend),
    ]


def _path(path: str, backend: k8s.IngressBackend) -> k8s.HttpIngressPath:
    return k8s.HttpIngressPath(path=path, path_type="Prefix", backend=backend)


def _frontend(frontend: Frontend) -> k8s.IngressBackend:
    return _service(frontend.service, frontend.port)


def _named(service: k8s.KubeService) -> k8s.IngressBackend:
    (port, *_) = service.to_json()["spec"]["ports"]
    return _service(service.name, port["port"])


def _service(name: str, port: int) -> k8s.IngressBackend:
    return k8s.IngressBackend(service=k8s.IngressServiceBackend(name=name, port=k8s.ServiceBackendPort(number=port)))


def _annotations(settings: IngressSettings, deregistration_delay: Duration, idle_timeout: Duration) -> dict[str, str]:
    annotations = {
        "scheme": "internet-facing",
        # Targets are the pods themselves: readiness gates need it, and one hop less.
        "target-type": "ip",
        "listen-ports": json.dumps([{"HTTP": 80}, {"HTTPS": _HTTPS_PORT}]),
        "ssl-redirect": str(_HTTPS_PORT),
        "ssl-policy": settings.ssl_policy,
        "mutual-authentication": json.dumps([_client_tls(settings.client_tls)]),
        "healthcheck-path": HEALTH_PATH,
        "healthcheck-protocol": "HTTP",
        "success-codes": "200",
        "load-balancer-attributes": _attributes(
            {
                "idle_timeout.timeout_seconds": str(idle_timeout.seconds),
                "routing.http2.enabled": "true",
                "routing.http.drop_invalid_header_fields.enabled": "true",
                "deletion_protection.enabled": str(settings.deletion_protection).lower(),
                **(_access_logs(settings.access_logs) if settings.access_logs else {}),
            }
        ),
        "target-group-attributes": _attributes(
            {"deregistration_delay.timeout_seconds": str(deregistration_delay.seconds)}
        ),
    }
    if settings.certificate_arn:
        annotations["certificate-arn"] = settings.certificate_arn
    if settings.web_acl_arn:
        annotations["wafv2-acl-arn"] = settings.web_acl_arn
    if settings.shield_advanced is not None:
        annotations["shield-advanced-protection"] = str(settings.shield_advanced).lower()
    if settings.group:
        annotations["group.name"] = settings.group.name
    if settings.group and settings.group.order is not None:
        annotations["group.order"] = str(settings.group.order)
    foreign = {FOREIGN_SERVICES_ANNOTATION: settings.frontend.service} if settings.frontend else {}
    return merged({_PREFIX + name: text for name, text in annotations.items()}, foreign)


def _attributes(attributes: Mapping[str, str]) -> str:
    return ",".join(f"{name}={text}" for name, text in attributes.items())


def _access_logs(logs: AccessLogs) -> dict[str, str]:
    prefix = {"access_logs.s3.prefix": logs.prefix} if logs.prefix else {}
    return {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": logs.bucket, **prefix}


def _client_tls(client_tls: ClientTls) -> dict[str, object]:
    # `off` is said too: taking the annotation away would leave the listener as it was.
    entry: dict[str, object] = {"port": _HTTPS_PORT, "mode": client_tls.mode}
    if isinstance(client_tls, ClientTlsVerify):
        entry |= {"trustStore": client_tls.trust_store, "ignoreClientCertificateExpiry": client_tls.ignore_expiry}
    return entry
