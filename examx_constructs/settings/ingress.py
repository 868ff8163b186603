"""How the world reaches an environment: the load balancer and its TLS."""

from typing import Literal

from examx_constructs.settings._value import SettingError, at_least, at_most, pattern, setting, value
from examx_constructs.settings.naming import dns_label, host_name

BACKEND_PATHS = ("/api", "/static", "/media", "/admin")


@value
class ClientTlsOff:
    """The load balancer does not ask for a client certificate; nothing about one reaches Django."""

    mode: Literal["off"] = "off"


@value
class ClientTlsPassthrough:
    """The load balancer asks for a client certificate and passes it on unverified: Django must verify it."""

    mode: Literal["passthrough"] = "passthrough"


@value
class ClientTlsVerify:
    """The load balancer verifies client certificates against a trust store and refuses the others.

    It applies to the whole listener (AWS, mutual authentication), so browsers without a certificate are refused too.
    """

    trust_store: str = setting(
        pattern(
            r"arn:aws(?:-[a-z]+)*:elasticloadbalancing:[a-z0-9-]+:\d{12}:truststore/[\w./-]+|[A-Za-z0-9-]{1,32}",
            "it must be the ARN or the name of a trust store",
        )
    )
    ignore_expiry: bool = False
    mode: Literal["verify"] = "verify"


ClientTls = ClientTlsOff | ClientTlsPassthrough | ClientTlsVerify


@value
class IngressGroup:
    """Several Ingresses, of any namespace, that share one load balancer.

    `order` ranks their rules, lowest first. Leave it out where their hosts differ: two Ingresses of a group can not
    state the same one. Settings of the load balancer must be the same in all of them, or the controller refuses all.
    """

    name: str = setting(dns_label)
    order: int | None = setting(
        at_least(-1000, "the controller's range"), at_most(1000, "the controller's range"), default=None
    )


@value
class Frontend:
    """Another Service of the same namespace that answers `/`."""

    service: str = setting(dns_label)
    port: int = setting(at_least(1, "a TCP port"), at_most(65535, "a TCP port"), default=80)


@value
class IngressSettings:
    """The Application Load Balancer of an environment.

    Without a `certificate_arn` the controller finds a certificate in ACM by the host. `backend_paths` go to the backend
    whatever answers `/`. Each is a rule of the load balancer, which has room for 100; without a frontend, `/` will do.
    """

    host: str = setting(host_name)
    certificate_arn: str | None = setting(
        pattern(
            r"arn:aws(?:-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]{36}",
            "it must be the ARN of an ACM certificate: arn:aws:acm:REGION:ACCOUNT:certificate/ID",
        ),
        default=None,
    )
    client_tls: ClientTls = ClientTlsOff()
    deletion_protection: bool = False
    frontend: Frontend | None = None
    group: IngressGroup | None = None
    backend_paths: tuple[str, ...] = setting(
        pattern(r"/[\w.~-]+(?:/[\w.~-]+)*", "it must be an absolute path, such as /api"), default=BACKEND_PATHS
    )

    def __attrs_post_init__(self) -> None:
        if self.frontend and not self.backend_paths:
            raise SettingError(
                "IngressSettings.backend_paths",
                self.backend_paths,
                f"it must name a path: all requests would go to the frontend, {self.frontend.service}",
            )
