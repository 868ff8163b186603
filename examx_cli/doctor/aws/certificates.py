"""What ACM says of certificates: one for each host, issued, and valid for a while.

Sources: ACM API reference, CertificateSummary and ListCertificates: without `keyTypes` it lists those of RSA 1024 and
2048 alone. ACM renews what it issued 60 days before the end, and what was imported never.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from examx_cli.doctor.aws.account import Account
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.verdict import Found, good, lacking
from examx_constructs.manifests import Object, items, mapping, text

TOPIC = "AWS: certificates"
_KEYS = "RSA_2048,RSA_3072,RSA_4096,EC_prime256v1,EC_secp384r1,EC_secp521r1"
_SOON = timedelta(days=30)
_CERTIFICATE = "alb.ingress.kubernetes.io/certificate-arn"


@precondition(
    TOPIC,
    "a certificate for each host",
    when=lambda needs: bool(needs.ingresses),
    breaks="one host without a certificate stops the load balancer of the whole group: nothing of it changes any more",
    mend="aws acm request-certificate --region REGION --validation-method DNS --domain-name HOST",
)
def certificates(needs: Needs, account: Account) -> Found:
    """Each host is covered: by the certificate that its Ingress names, else by one of the account's."""
    listed = account.aws.answer(
        "acm", "list-certificates", "--certificate-statuses", "ISSUED", "--includes", f"keyTypes={_KEYS}"
    )
    issued = [mapping(each) for each in items(listed, "CertificateSummaryList")]
    wrong: list[str] = []
    used: set[str] = set()
    for host, arn in _hosts(needs):
        fit = [each for each in issued if arn in ("", text(each, "CertificateArn")) and _covers(each, host, account)]
        if not fit:
            wrong.append(f"{host}: {'none' if not arn else f'not covered by {arn}, or that is not issued'}")
            continue
        last = max(fit, key=_end)
        used.add(text(last, "CertificateArn").rpartition("/")[2])
        if _end(last) - datetime.now(UTC) < _SOON:
            wrong.append(f"{host}: {text(last, 'CertificateArn')} ends on {_end(last):%Y-%m-%d}")
    hosts = ", ".join(host for host, _ in _hosts(needs))
    return lacking("; ".join(wrong)) if wrong else good(f"{hosts}: {len(used)} of them")


def _hosts(needs: Needs) -> Iterator[tuple[str, str]]:
    """Yield each host, and the certificate that its Ingress names."""
    for ingress in needs.ingresses:
        arn = text(ingress, "metadata", "annotations", _CERTIFICATE)
        for rule in items(ingress, "spec", "rules"):
            if host := text(rule, "host"):
                yield host, arn


def _covers(certificate: Object, host: str, account: Account) -> bool:
    names = [text(certificate, "DomainName"), *items(certificate, "SubjectAlternativeNameSummaries")]
    if certificate.get("HasAdditionalSubjectAlternativeNames") is True:
        arn = text(certificate, "CertificateArn")
        told = account.aws.answer("acm", "describe-certificate", "--certificate-arn", arn)
        names += items(told, "Certificate", "SubjectAlternativeNames")
    # A wildcard means one label, and covers itself.
    return host in names or f"*.{host.partition('.')[2]}" in names


def _end(certificate: Object) -> datetime:
    """Return when it ends: a time as text of the second version of `aws`, and as text or a number of the first."""
    given = certificate.get("NotAfter")
    if isinstance(given, int | float):
        return datetime.fromtimestamp(given, UTC)
    try:
        found = datetime.fromisoformat(str(given))
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
