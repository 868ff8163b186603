"""What ends on a day that is known: certificates, and the environments of branches."""

from collections.abc import Iterator
from datetime import datetime

from examx_constructs.alerts.alert import Alert, Runbook
from examx_constructs.alerts.promql import series
from examx_constructs.settings import Alerting, Duration, Environment
from examx_constructs.settings.naming import EXPIRES_ANNOTATION

CERTIFICATE = Runbook(
    name="CertificateEnds",
    means="The certificate of a host of the environment ends soon.",
    look=("examx doctor ENV",),
    mend=(
        "AWS renews its own certificates while their DNS records are there: look whether the record of validation is "
        "there. Replace an imported one, and put its ARN into the environment's file."
    ),
    needs="the blackbox exporter, asked for https:// of each host",
)
PAST_ITS_END = Runbook(
    name="FeaturePastItsEnd",
    means="The environment of a branch is still there after the moment that its owner named.",
    look=("examx feature list",),
    mend=(
        "Give it a new end with `examx feature extend`, or remove it with `examx feature down`. The workflow that "
        "removes them may have failed."
    ),
    needs="kube-state-metrics",
)
_GRACE = Duration("7200s")
"""The workflow that removes environments runs by the hour, and takes a while."""


def _pattern(host: str) -> str:
    return host.replace(".", r"\.").replace("*", "[^/.]+")


def of_ends(environment: Environment, alerting: Alerting) -> Iterator[Alert]:
    """Yield alerts on what ends."""
    hosts = "|".join(f"https://{_pattern(host)}" for host in environment.ingress.hosts)
    ends = series("probe_ssl_earliest_cert_expiry", instance_like=f"({hosts})(/.*)?")
    yield Alert(
        runbook=CERTIFICATE,
        expr=f"({ends} - time()) / 86400 < {alerting.certificate_days}",
        lasts=Duration("3600s"),
        severity="ticket",
        summary="the certificate of {{ $labels.instance }} ends in {{ $value | humanize }} days",
    )
    if expires := environment.annotations.get(EXPIRES_ANNOTATION):
        moment = int(datetime.fromisoformat(expires).timestamp())
        there = series("kube_namespace_created", namespace=environment.namespace)
        yield Alert(
            runbook=PAST_ITS_END,
            expr=f"{there} and on () vector(time()) > {moment}",
            lasts=_GRACE,
            severity="ticket",
            summary=f"{environment.namespace} was to end at {expires}",
        )
