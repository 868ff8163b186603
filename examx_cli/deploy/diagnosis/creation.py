"""Why pods are not created: Pod Security, a quota, a webhook, a missing ServiceAccount, and what else is said."""

import re
from collections.abc import Iterator, Mapping

from examx_cli.deploy.diagnosis.events import Events, clear
from examx_cli.deploy.diagnosis.family import Family, condition
from examx_cli.deploy.diagnosis.reader import Reader
from examx_constructs.manifests import mapping, text

QUOTAS = "resourcequotas"

_FAILED = "FailedCreate"
# What is around the reason, and differs from one try to the next.
_TRY = re.compile(
    r'^(Error creating: |create (?:Claim \S+ )?Pod \S+ in \w+ \S+ failed error: )?(pods? "[^"]*" is forbidden: )?'
)
_POD_SECURITY = re.compile(r'^violates PodSecurity "(?P<level>[^":]+)[^"]*": (?P<rules>.*)$', re.DOTALL)
_RULE = re.compile(r"(?P<rule>[^()]+?) \((?P<detail>(?:[^()]|\([^()]*\))*)\)(?:, |$)")
_EXCEEDED = re.compile(
    r"^exceeded quota: (?P<quota>[^,]+), requested: (?P<requested>.*), used: (?P<used>.*), limited: (?P<hard>.*)$"
)
_UNSAID = re.compile(r"^failed quota: (?P<quota>[^:]+): must specify (?P<what>.*)$")
_ACCOUNT = re.compile(r'error looking up service account [^/]+/(?P<name>\S+): serviceaccounts? "[^"]*" not found')
_DOWN = re.compile(r'failed calling webhook "(?P<name>[^"]+)": (?:failed to call webhook: )?(?P<why>.*)', re.DOTALL)
_DENIED = re.compile(r'admission webhook "(?P<name>[^"]+)" denied the request: (?P<why>.*)', re.DOTALL)

_WORDS = {
    "allowPrivilegeEscalation != false": "its processes may gain privileges",
    "host namespaces": "it shares namespaces with the node",
    "hostPath volumes": "it mounts a path of the node",
    "hostPort": "it takes a port of the node",
    "non-default capabilities": "it adds capabilities",
    "privileged": "it is privileged",
    "restricted volume types": "it mounts a volume of a type that is not allowed",
    "runAsNonRoot != true": "it may run as root",
    "runAsUser=0": "it runs as root",
    "seccompProfile": "it has no seccomp profile",
    "unrestricted capabilities": "it keeps capabilities",
}
"""The rules of the Pod Security Standards, in words."""


def reasons(reader: Reader, family: Family, events: Events) -> Iterator[str]:
    """Yield why a workload has fewer pods than it wants."""
    said = list(dict.fromkeys(_TRY.sub("", each) for each in _failures(family, events)))
    maker = f"{text(family.maker, 'kind')} {text(family.maker, 'metadata', 'name')}"
    for message in said:
        first, *more = _in_words(reader, message)
        yield f"{maker} cannot create pods: {first}"
        yield from (f"  {line}" for line in more)


def _failures(family: Family, events: Events) -> list[str]:
    """Return what was said last. The condition is of now; events stay for an hour, also when it has gone well since."""
    failure = condition(family.maker, "ReplicaFailure") or family.condition("ReplicaFailure")
    if text(failure, "status") == "True":
        return [text(failure, "message")]
    return [text(each, "message") for each in events.of(family.maker, _FAILED)][-1:] if family.lacks_pods else []


def _in_words(reader: Reader, message: str) -> list[str]:
    if found := _POD_SECURITY.match(message):
        return [f"Pod Security ({found['level']}) refuses them", *_rules(found["rules"])]
    if found := _EXCEEDED.match(message):
        return [f"ResourceQuota {found['quota']} is used up", *_used_up(reader, found)]
    if found := _UNSAID.match(message):
        return [f"ResourceQuota {found['quota']} wants each container to say its {clear(found['what'])}"]
    return [_in_a_line(message)]


def _in_a_line(message: str) -> str:
    if found := _ACCOUNT.search(message):
        return f"the ServiceAccount {found['name']} is missing"
    if found := _DOWN.search(message):
        return f"the webhook {found['name']} does not answer: {clear(found['why'])}"
    if found := _DENIED.search(message):
        return f"the webhook {found['name']} refuses them: {clear(found['why'])}"
    return clear(message)


def _rules(rules: str) -> list[str]:
    found = [(each["rule"], clear(each["detail"])) for each in _RULE.finditer(rules)]
    return [f"{_WORDS.get(rule, rule)}: {detail}" for rule, detail in found] or [clear(rules)]


def _used_up(reader: Reader, found: re.Match[str]) -> Iterator[str]:
    """Yield what a quota has, what is used of it now, and what a pod asks for.

    Where it may not be read, as it was said.
    """
    live = next((each for each in reader.read(QUOTAS) if text(each, "metadata", "name") == found["quota"]), None)
    used = {**_amounts(found["used"]), **mapping(live, "status", "used")}
    hard = {**_amounts(found["hard"]), **mapping(live, "status", "hard")}
    for resource, asked in _amounts(found["requested"]).items():
        yield f"{resource}: {used.get(resource)} of {hard.get(resource)} used, a pod asks for {asked}"


def _amounts(listed: str) -> Mapping[str, object]:
    return dict(each.split("=", 1) for each in listed.split(",") if "=" in each)
