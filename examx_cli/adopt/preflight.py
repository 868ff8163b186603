"""What would break, as far as objects alone tell: found before anything is touched. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from examx_cli.adopt import facts, owners
from examx_cli.adopt.broker import Broker, Redis, foreign_readers
from examx_cli.adopt.findings import Finding, warning
from examx_cli.adopt.inventory import Inventory
from examx_cli.adopt.pod_security import ENFORCE_LABEL, reasons
from examx_cli.adopt.superseded import selected_by, stays
from examx_cli.comparison import Difference, Impact
from examx_cli.credentials import redis
from examx_constructs.manifests import (
    Manifests,
    Object,
    ObjectId,
    at,
    items,
    mapping,
    pod_labels,
    selects,
    selects_all,
    text,
)

GUESTS = "declare it in Environment.guests"
_ROLE = "eks.amazonaws.com/role-arn"


@dataclass(frozen=True, slots=True)
class Case:
    """All that is judged: what is there, what is rendered, what differs, what goes, and what becomes of the broker."""

    inventory: Inventory
    wanted: Sequence[Object]
    difference: Difference
    gone: Mapping[ObjectId, str]
    redis: Redis

    @property
    def staying(self) -> list[Object]:
        """The workloads of others that go on."""
        return stays(self.inventory, self.wanted, self.gone)

    def rendered(self, kind: str) -> list[Object]:
        """Return what is rendered of a kind."""
        return [each for each in self.wanted if ObjectId.of(each).kind == kind]


def findings(case: Case) -> list[Finding]:
    """Yield everything that refuses an adoption, and every warning."""
    found = [
        *_fixed_fields(case),
        *_pod_security(case),
        *_cut_off(case),
        *_broker(case),
        *_locked_out(case),
        *_second_beat(case),
        *_shared_labels(case),
        *_same_host(case),
        *_missing_services(case),
        *_target_groups(case),
        *_rollouts(case),
        *_cold_stops(case),
        *_iam_role(case),
        *owners.findings(case.inventory, case.wanted),
        *_unread(case),
    ]
    return list(dict.fromkeys(found))


def _fixed_fields(case: Case) -> Iterator[Finding]:
    for change in case.difference.changes:
        for effect in change.effects:
            of_selector = change.key.kind == "Deployment" and effect.reason.startswith("spec.selector")
            if effect.impact is Impact.REFUSED and not of_selector:
                yield Finding(f"{change.key}: {effect.reason}; make the environment render what is there")


def _pod_security(case: Case) -> Iterator[Finding]:
    level = next((text(each, "metadata", "labels", ENFORCE_LABEL) for each in case.rendered("Namespace")), "")
    versions = Manifests.of(case.wanted).versions
    for each in case.staying:
        if why := reasons(each, level, versions):
            yield Finding(
                f"{ObjectId.of(each)}: the namespace enforces {level} at the end, and its pods would be refused "
                f"({', '.join(why)}): {GUESTS}, mend it, or {removed(each)}"
            )


def removed(item: Object) -> str:
    """Return how to have an object removed."""
    key = ObjectId.of(item)
    return f"remove it with --remove {key.kind}/{key.name}"


def _cut_off(case: Case) -> Iterator[Finding]:
    policies = case.rendered("NetworkPolicy")
    if not any(_denies(each, direction) for each in policies for direction in ("Ingress", "Egress")):
        return
    for each in case.staying:
        labels = pod_labels(each)
        covering = [one for one in policies if not selects_all(mapping(one, "spec", "podSelector"))]
        if not any(selects(mapping(one, "spec", "podSelector"), labels) for one in covering):
            yield Finding(
                f"{ObjectId.of(each)}: default-deny would cut its pods off, and no policy lets their flows through: "
                f"{GUESTS}, or {removed(each)}"
            )


def _denies(policy: Object, direction: str) -> bool:
    named = direction in items(policy, "spec", "policyTypes")
    rules = items(policy, "spec", direction.lower())
    return named and selects_all(mapping(policy, "spec", "podSelector")) and not rules


def _broker(case: Case) -> Iterator[Finding]:
    if case.redis.state is Broker.ASSUMED:
        yield warning(case.redis.why)
    if not case.redis.moves:
        return
    for each in foreign_readers(case.staying):
        queues = ", ".join(facts.queues_of(each))
        yield Finding(
            f"{ObjectId.of(each)}: it would go on reading {queues or 'its tasks'} from the Redis of today, while ours "
            f"sends to another ({case.redis.why}): keep that Redis with ExternalRedis, make its queue one of the "
            f"environment's, or {removed(each)}"
        )


def _locked_out(case: Case) -> Iterator[Finding]:
    """Yield the pods of today that stay beside ours for a while, on a server that then takes none but its users."""
    if case.redis.moves or not redis.secrets_of(case.wanted):
        return
    for each in case.rendered("Deployment"):
        today = case.inventory.objects.get(ObjectId.of(each), {})
        was, will = facts.user_of(today), facts.user_of(each)
        if was is not None and will and was != will:
            yield Finding(
                f"{ObjectId.of(each)}: its pods of today log in to {', '.join(case.redis.today)} as "
                f"{was or 'nobody'}, and that server will take {will} and its other users only, while they still work: "
                "keep it as it is with ExternalRedis, or scale them to 0 when their queues are empty, and adopt then"
            )


def _second_beat(case: Case) -> Iterator[Finding]:
    if not any(facts.runs_beat(each) for each in case.rendered("Deployment")):
        return
    for each in case.staying:
        if facts.runs_beat(each):
            yield Finding(f"{ObjectId.of(each)}: it runs beat too, so tasks would be sent twice: {removed(each)}")


def _shared_labels(case: Case) -> Iterator[Finding]:
    for service in case.rendered("Service"):
        today = case.inventory.objects.get(ObjectId.of(service), {})
        for each in case.staying:
            will, does = selected_by(service, each), selected_by(today, each)
            if will or does:
                yield Finding(
                    f"{ObjectId.of(service)}: it {'leads' if does else 'would lead'} to the pods of "
                    f"{ObjectId.of(each)}{', and would lead to ours' if does else ' as well as to ours'}: rename its "
                    f"Service or labels, make the environment keep it (a Redis: ExternalRedis), or {removed(each)}"
                )


def _same_host(case: Case) -> Iterator[Finding]:
    ours = {ObjectId.of(each): hosts_of(each) for each in case.rendered("Ingress")}
    for key, item in case.inventory.objects.items():
        if key.kind != "Ingress" or key in ours or key in case.gone:
            continue
        for mine, hosts in ours.items():
            if same := sorted(hosts & hosts_of(item)):
                yield Finding(
                    f"{key}: it has the host {', '.join(same)} of {mine} as well: {removed(item)}, or rename it"
                )


def hosts_of(ingress: Object) -> set[str]:
    """Return the hosts of an Ingress's rules."""
    return {text(rule, "host") for rule in items(ingress, "spec", "rules") if text(rule, "host")}


def _missing_services(case: Case) -> Iterator[Finding]:
    known = {key.name for key in (*map(ObjectId.of, case.wanted), *case.inventory.objects) if key.kind == "Service"}
    for ingress in case.rendered("Ingress"):
        paths = _backends(ingress)
        for service in dict.fromkeys(name for _, name in paths if name and name not in known):
            # An action of the controller takes the place of a Service too.
            if f"alb.ingress.kubernetes.io/actions.{service}" in mapping(ingress, "metadata", "annotations"):
                continue
            where = next(path for path, name in paths if name == service)
            said = f"{ObjectId.of(ingress)}: it leads {where} to Service {service}, and there is none"
            today = case.inventory.objects.get(ObjectId.of(ingress), {})
            if service in {name for _, name in _backends(today)}:
                yield warning(f"{said}; so does today's: nothing changes for it")
            else:
                where_not = f"in {case.inventory.namespace}: apply that one first, or take it out of the environment"
                yield Finding(f"{said} {where_not}")


def _target_groups(case: Case) -> Iterator[Finding]:
    # aws-load-balancer-controller: a target group's name is made of its port, the port of the Service's targets. The
    # rules of the listener are changed before the targets of a new group are registered.
    led_to = {name for ingress in case.rendered("Ingress") for _, name in _backends(ingress)}
    for service in case.rendered("Service"):
        key = ObjectId.of(service)
        today = case.inventory.objects.get(key)
        was, will = (_target_ports(each) for each in (today, service))
        if key.name in led_to and today is not None and was != will:
            yield warning(
                f"{key}: its target port changes from {was} to {will}, for which the load balancer gets a new target "
                "group: it may answer 503 for some seconds while the new pods are registered there; choose a quiet hour"
            )


def _target_ports(service: object) -> str:
    ports = (at(each, "targetPort") or at(each, "port") for each in items(service, "spec", "ports"))
    return ", ".join(str(each) for each in ports)


def _backends(ingress: Object) -> list[tuple[str, str]]:
    """Return the paths of an Ingress and the Services that they lead to."""
    return [
        (text(path, "path") or "/", text(path, "backend", "service", "name"))
        for rule in items(ingress, "spec", "rules")
        for path in items(rule, "http", "paths")
    ]


def _rollouts(case: Case) -> Iterator[Finding]:
    rendered = {ObjectId.of(each) for each in case.wanted}
    for item in case.inventory.of_kind("Deployment"):
        key, status = ObjectId.of(item), mapping(item, "status")
        if not status or not (key in rendered or key in case.gone):
            continue
        total, updated = status.get("replicas", 0), status.get("updatedReplicas", 0)
        generation = mapping(item, "metadata").get("generation")
        if total != updated or status.get("observedGeneration", generation) != generation:
            yield Finding(
                f"{key}: a rollout is under way: wait until it has ended (`kubectl rollout status`), or undo it"
            )


def _cold_stops(case: Case) -> Iterator[Finding]:
    rendered = {ObjectId.of(each) for each in case.wanted}
    for item in case.inventory.of_kind("Deployment"):
        why = facts.stops_cold(item)
        if why and (ObjectId.of(item) in rendered or ObjectId.of(item) in case.gone):
            yield warning(
                f"{ObjectId.of(item)}: {why}, so its pods may not finish their tasks when they are told to end: "
                "adopt while its queue is quiet, unless its tasks are acknowledged late"
            )


def _iam_role(case: Case) -> Iterator[Finding]:
    if not any(text(each, "spec", "provider") == "aws" for each in case.rendered("SecretProviderClass")):
        return
    used = {text(each, "spec", "template", "spec", "serviceAccountName") for each in case.rendered("Deployment")}
    for account in case.rendered("ServiceAccount"):
        today = case.inventory.objects.get(ObjectId.of(account), {})
        annotated = any(_ROLE in mapping(each, "metadata", "annotations") for each in (account, today))
        if ObjectId.of(account).name in used and not annotated:
            yield warning(
                f"{ObjectId.of(account)}: it has no annotation {_ROLE}, and pods read their .env from Secrets "
                "Manager: without an IAM role, or an EKS Pod Identity association, they do not start"
            )


def _unread(case: Case) -> Iterator[Finding]:
    if case.inventory.unread:
        yield warning(
            f"these could not be read, so what of them is there is not looked at: {', '.join(case.inventory.unread)}"
        )
