"""How the world reaches an environment: the load balancer and its TLS."""

from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label, host_name
from examx_constructs.settings.refusal import SettingError, at_least, at_most, pattern

BACKEND_PATHS = ("/api", "/static", "/media", "/admin")
SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.3 and 1.2, of the latter's ciphers only those with forward secrecy and AEAD."""
_MOST_RULES = 100
_LONGEST_HOST = 128


def _short_enough(given: object) -> str | None:
    if len(str(given)) > _LONGEST_HOST:
        return f"the most is {_LONGEST_HOST} characters: a rule of the load balancer takes no longer host"
    return None


def _host_or_all_below(given: object) -> str | None:
    allowed = host_name(str(given).removeprefix("*."))
    return f"{allowed}, or *.example.com for all hosts below one" if allowed else None


_WEB_ACL = pattern(
    r"arn:aws(?:-[a-z]+)*:wafv2:[a-z0-9-]+:\d{12}:regional/webacl/[\w-]{1,128}/[0-9a-f-]{36}",
    "it must be the ARN of a regional web ACL of WAF: arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID",
)


def _regional_web_acl(given: object) -> str | None:
    if ":global/webacl/" in str(given):
        return "it must be a regional web ACL: a global one is for CloudFront, and no load balancer takes it"
    return _WEB_ACL(given)


@value
class ClientTlsOff:
    """The load balancer does not ask for a client certificate; nothing about one reaches Django."""

    mode: Literal["off"] = "off"
    """What tells the three ways apart, in manifests too: always `off` here."""


@value
class ClientTlsPassthrough:
    """The load balancer asks for a client certificate and passes it on unverified: Django must verify it."""

    mode: Literal["passthrough"] = "passthrough"
    """What tells the three ways apart, in manifests too: always `passthrough` here."""


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
    """The store of certificate authorities, by its ARN or its name."""
    ignore_expiry: bool = False
    """Whether certificates that have expired are still taken."""
    mode: Literal["verify"] = "verify"
    """What tells the three ways apart, in manifests too: always `verify` here."""


ClientTls = ClientTlsOff | ClientTlsPassthrough | ClientTlsVerify


@value
class IngressGroup:
    """Several Ingresses, of any namespace, that share one load balancer.

    `order` ranks their rules, lowest first. Of the same one, names decide. Of one host and path in two Ingresses the
    first rule acts: neither is refused (aws-load-balancer-controller v3.5.0). Leave it out where hosts differ. The
    settings of the load balancer must be the same in all of them. Where two differ, or one has a mistake, the load
    balancer stays as it is for all. Anyone who may write an Ingress can join, and with a lower order take another's
    host. An Ingress that joins or leaves a group gets another load balancer, with another address.
    """

    name: str = setting(dns_label)
    """What its members share, unique in the cluster."""
    order: int | None = setting(
        at_least(-1000, "the controller's range"), at_most(1000, "the controller's range"), default=None
    )


@value
class Frontend:
    """Another Service of the same namespace that answers `/`."""

    service: str = setting(dns_label)
    """Its name. It is not rendered here."""
    port: int = setting(at_least(1, "a TCP port"), at_most(65535, "a TCP port"), default=80)
    """The port of the Service, 80 by default as for HTTP."""


@value
class AccessLogs:
    """The S3 bucket to which the load balancer writes a line for each request, and what its objects' names begin with.

    The bucket's policy must let the load balancers of its region write (AWS, access logs).
    """

    bucket: str = setting(
        pattern(
            r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            "it must be the name of an S3 bucket: 3 to 63 lower-case letters, digits, '.' and '-'",
        )
    )
    """Its name, without `s3://`."""
    prefix: str | None = setting(
        pattern(
            r"(?!.*AWSLogs)[\w.-]+(?:/[\w.-]+)*",
            "it must be letters, digits, '_', '.' and '-', with slashes inside, and without AWSLogs, which AWS adds",
        ),
        default=None,
    )
    """The path below which logs are put, without slashes around it; None for the bucket's root."""


@value
class IngressSettings:
    """The Application Load Balancer of an environment.

    `host` is the one by which the application is known, and asked for by probes. `other_hosts` reach the same Services;
    `*.example.com` means all hosts below one, and not that one itself. Any other host is answered with 404.

    Without a `certificate_arn` the controller finds a certificate in ACM for each host, and needs one for each; a named
    one must cover them all. A certificate for `*.example.com` does not cover `example.com` itself. `web_acl_arn` is the
    web ACL of AWS WAF that looks at each request first: rates, known attacks, countries. Without one the controller
    leaves the load balancer with whatever somebody else gave it, as AWS Firewall Manager does. `shield_advanced` asks
    for Shield Advanced on the load balancer, or takes it away. It needs the account's subscription. Without a word the
    controller leaves it as it is (aws-load-balancer-controller v3.5.0,
    pkg/ingress/model_build_load_balancer_addons.go). `backend_paths` go to the backend whatever answers `/`. Each host
    has a rule of the load balancer for each path and for `/`, with room for 100. Without a frontend, `/` will do.
    """

    host: str = setting(host_name, _short_enough)
    other_hosts: tuple[str, ...] = setting(_host_or_all_below, _short_enough, default=())
    certificate_arn: str | None = setting(
        pattern(
            r"arn:aws(?:-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]{36}",
            "it must be the ARN of an ACM certificate: arn:aws:acm:REGION:ACCOUNT:certificate/ID",
        ),
        default=None,
    )
    ssl_policy: str = setting(
        pattern(
            r"ELBSecurityPolicy-TLS13-1-[23](?:-[A-Za-z0-9]+)*-\d{4}-\d{2}",
            "it must be a policy of AWS with TLS 1.3 that refuses TLS 1.1 and older: ELBSecurityPolicy-TLS13-1-2-…",
        ),
        default=SSL_POLICY,
    )
    """The versions and ciphers of TLS. The default takes TLS 1.2 and 1.3, with forward secrecy alone."""
    client_tls: ClientTls = ClientTlsOff()
    """What becomes of certificates that clients show. By default none is asked for."""
    deletion_protection: bool = False
    """Whether AWS refuses to delete the load balancer until this is off."""
    access_logs: AccessLogs | None = None
    web_acl_arn: str | None = setting(_regional_web_acl, default=None)
    shield_advanced: bool | None = None
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
        for host in self.other_hosts:
            if self.hosts.count(host) > 1:
                raise SettingError("IngressSettings.other_hosts", host, "it is there twice, and the second never acts")
        rules = len(self.hosts) * (len(self.backend_paths) + 1)
        if rules > _MOST_RULES:
            raise SettingError(
                "IngressSettings.other_hosts",
                self.other_hosts,
                f"{len(self.hosts)} hosts with {len(self.backend_paths) + 1} paths are {rules} rules; the most is "
                f"{_MOST_RULES}: the load balancer has no room for more",
            )

    @property
    def arns(self) -> dict[str, str]:
        """What the load balancer uses of its region, by the name of the setting."""
        store = self.client_tls.trust_store if isinstance(self.client_tls, ClientTlsVerify) else ""
        named = {
            "certificate_arn": self.certificate_arn,
            "web_acl_arn": self.web_acl_arn,
            # Without a colon it is the name of one.
            "client_tls.trust_store": store if ":" in store else None,
        }
        return {name: arn for name, arn in named.items() if arn}

    @property
    def hosts(self) -> tuple[str, ...]:
        """All hosts that the load balancer answers to."""
        return (self.host, *self.other_hosts)
