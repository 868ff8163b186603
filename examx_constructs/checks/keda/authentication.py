"""Rules on what authenticates triggers: TriggerAuthentications and ClusterTriggerAuthentications."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from examx_constructs._keda.scalers import Scaler, scaler
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.slips import is_slip
from examx_constructs.manifests.keda import AUTHENTICATIONS, all_triggers, authentication_of, sources
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_CRD = "The CRDs of KEDA 2.17 to 2.21"
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "secretTargetRef[]": ("parameter", "name", "key"),
    "configMapTargetRef[]": ("parameter", "name", "key"),
    "env[]": ("parameter", "name"),
    "boundServiceAccountToken[]": ("parameter", "serviceAccountName"),
    "hashiCorpVault": ("address", "authentication", "secrets"),
    "hashiCorpVault.secrets[]": ("parameter", "path", "key"),
    "azureKeyVault": ("vaultUri", "secrets"),
    "azureKeyVault.secrets[]": ("parameter", "name"),
    "azureKeyVault.credentials": ("clientId", "clientSecret", "tenantId"),
    "azureKeyVault.credentials.clientSecret": ("valueFrom",),
    "azureKeyVault.cloud": ("type",),
    "gcpSecretManager": ("secrets",),
    "gcpSecretManager.secrets[]": ("parameter", "id"),
    "gcpSecretManager.credentials": ("clientSecret",),
    "gcpSecretManager.credentials.clientSecret": ("valueFrom",),
    "awsSecretManager": ("secrets",),
    "awsSecretManager.secrets[]": ("parameter", "name"),
    "awsSecretManager.credentials": ("accessKey", "accessSecretKey"),
    "awsSecretManager.credentials.accessKey": ("valueFrom",),
    "awsSecretManager.credentials.accessSecretKey": ("valueFrom",),
    "awsSecretManager.credentials.accessToken": ("valueFrom",),
    "oauth2": ("type", "clientId", "tokenUrl"),
    "oauth2.clientSecret": ("valueFrom",),
}
"""What each source, and each part of one, must have; `[]` is each entry of a list."""
_VALUE, _KEY = "valueFrom", "secretKeyRef"
_PROVIDERS = ("azure-workload", "gcp", "aws", "aws-eks", "none")


@rule(_CRD)
def authentication_kind_is_known(manifests: Manifests) -> Iterator[Finding]:
    """An authenticationRef is a TriggerAuthentication or a ClusterTriggerAuthentication: the CRD has no other."""
    for _, trigger in all_triggers(manifests):
        kind = trigger.at("authenticationRef", "kind")
        if kind.text not in ("", *AUTHENTICATIONS) and not is_placeholder(kind.text):
            yield finding(kind, f"{' or '.join(AUTHENTICATIONS)}", "the CRD refuses anything else")


@rule(_CRD)
def authentication_source_is_complete(manifests: Manifests) -> Iterator[Finding]:
    """Each parameter of an authentication says where it comes from, whole: the CRD refuses a part of it."""
    for authentication in manifests.kind(*AUTHENTICATIONS):
        spec = authentication.spec
        for place, keys in _NEEDED.items():
            for entry in _entries(spec, place):
                yield from _missing(entry, keys)
                if _VALUE in keys and entry[_VALUE].present:
                    yield from _missing(entry[_VALUE], (_KEY,))
                    if entry.at(_VALUE, _KEY).present:
                        yield from _missing(entry.at(_VALUE, _KEY), ("name", "key"))
        provider = spec.at("podIdentity", "provider")
        if spec["podIdentity"].present and provider.text not in _PROVIDERS and not is_placeholder(provider.text):
            yield finding(provider, f"one of {', '.join(_PROVIDERS)}", "the CRD refuses anything else")


def _entries(spec: Node, place: str) -> Iterable[Node]:
    """Return what is at a place of the table, where anything is."""
    found = spec.at(*place.removesuffix("[]").split("."))
    if place.endswith("[]"):
        return found
    return (found,) if found.present else ()


def _missing(entry: Node, keys: tuple[str, ...]) -> Iterator[Finding]:
    for key in keys:
        if entry[key].value in (None, ""):
            yield finding(entry[key], "a value", "the CRD refuses an entry without it, or KEDA finds nothing by it")


@rule("KEDA 2.17 to 2.21, pkg/scalers")
def authentication_parameter_is_known(manifests: Manifests) -> Iterator[Finding]:
    """A parameter of an authentication is one that a trigger which names it reads from there.

    KEDA ignores any other in silence. Of one that several triggers share each parameter is of use to one of them. It is
    a warning where the name is far from all that the scalers read: triggers that are not in these manifests may.
    """
    users: defaultdict[tuple[ObjectId, str | None], list[Scaler | None]] = defaultdict(list)
    for scaled, trigger in all_triggers(manifests):
        found = authentication_of(manifests, scaled, trigger)
        if found is not None:
            users[found.id, found.root.file].append(scaler(trigger["type"].text, scaled.resource.versions.keda))
    for authentication in manifests.kind(*AUTHENTICATIONS):
        known = users[authentication.id, authentication.root.file]
        readable = {name for each in known if each for name in each.of("a")}
        if not readable or not all(each and not each.any for each in known):
            continue
        for source in sources(authentication.spec):
            parameter = source["parameter"]
            if parameter.text and parameter.text not in readable and not is_placeholder(parameter.text):
                near = next((each for each in sorted(readable) if _is_near(parameter.text, each)), None)
                yield finding(
                    parameter,
                    f"{near}, most likely" if near else f"one of {', '.join(sorted(readable))}",
                    "no trigger that names this authentication reads it, and KEDA ignores it",
                    severity=Severity.ERROR if near else Severity.WARNING,
                )


def _is_near(asked: str, known: str) -> bool:
    return asked.casefold() == known.casefold() or is_slip(asked, known)
