"""What leads traffic to pods, and what lets it through."""

from examx_cli.comparison.fields import ABSENT, Field
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.comparison.rules.case import Case, Rules, always, any_field, unnoticed
from examx_cli.comparison.surroundings import named
from examx_constructs.manifests import Object, at, items, mapping, text

_ALB = "alb.ingress.kubernetes.io/"

# AWS Load Balancer Controller: the type and the scheme of a load balancer cannot be changed, so it makes a new one. A
# group is a load balancer of its own.
_REPLACES_LOAD_BALANCER = frozenset({f"{_ALB}group.name", f"{_ALB}scheme"})
# The same: what these once set stays when they are left out.
_STAYS_WHEN_TAKEN_OUT = frozenset({f"{_ALB}mutual-authentication", f"{_ALB}wafv2-acl-arn", f"{_ALB}wafv2-acl-name"})


def _service_changed(case: Case, field: Field) -> Effect:
    before, after = mapping(case.before, "spec"), mapping(case.after, "spec")
    match field.part:
        case "selector":
            return _reselected(case)
        case "type" if before.get("type") == "LoadBalancer":
            return case.effect(Impact.STOP, "its load balancer goes away")
        case "clusterIP" | "clusterIPs" if field.after is ABSENT:
            return case.effect(Impact.NONE, "Kubernetes keeps the address that it has")
        case "ports" if _ports(before) - _ports(after):
            closed = ", ".join(sorted(_ports(before) - _ports(after)))
            return case.effect(Impact.STOP, f"no longer listens on {closed}")
        case _:
            return case.effect(Impact.LIVE, "changes at once how its pods are reached")


def _ports(spec: Object) -> set[str]:
    return {f"{at(each, 'port')}/{text(each, 'protocol') or 'TCP'}" for each in items(spec, "ports")}


def _reselected(case: Case) -> Effect:
    selector = mapping(case.after, "spec", "selector")
    leads_to = case.will_be.selected(case.key.namespace, selector) if selector else []
    led_to = case.was.selected(case.key.namespace, mapping(case.before, "spec", "selector"))
    if led_to and not leads_to:
        return case.effect(Impact.STOP, f"selects none of these pods any more: {named(led_to)} cannot be reached by it")
    if {each.key for each in led_to} == {each.key for each in leads_to}:
        return case.effect(Impact.LIVE, f"selects other labels, of the same pods as before: {named(leads_to)}")
    return case.effect(Impact.LIVE, f"leads traffic to other pods at once: {named(leads_to)}")


def _service_removed(case: Case) -> Effect:
    also = ", and its load balancer goes away" if text(case.before, "spec", "type") == "LoadBalancer" else ""
    return case.effect(Impact.STOP, f"nothing answers under the name {case.key.name} any more{also}")


def _ingress_changed(case: Case, field: Field) -> Effect:
    gone = _hosts(case.before) - _hosts(case.after)
    if field.part == "ingressClassName" and field.before is not ABSENT:
        return case.effect(Impact.STOP, "another controller takes it over: the load balancer of the old one goes away")
    if field.part == "rules" and gone:
        return case.effect(Impact.STOP, f"no longer serves {', '.join(sorted(gone))}")
    return case.effect(Impact.LIVE, "changes the rules of the load balancer at once")


def _hosts(ingress: Object) -> set[str]:
    return {text(each, "host") or "all hosts" for each in items(ingress, "spec", "rules")}


def _ingress_annotated(case: Case, field: Field) -> Effect:
    name = field.path[-1]
    if name in _REPLACES_LOAD_BALANCER:
        return case.effect(Impact.STOP, "replaces the load balancer: the old one and its address go away")
    if name in _STAYS_WHEN_TAKEN_OUT and field.after is ABSENT:
        return case.effect(Impact.NONE, "the load balancer keeps it when it is left out: say off (none) instead")
    if isinstance(name, str) and name.startswith(_ALB):
        return case.effect(Impact.LIVE, "changes the load balancer at once")
    return unnoticed(case, field)


def _ingress_removed(case: Case) -> Effect:
    return case.effect(
        Impact.STOP, f"takes the load balancer away: {', '.join(sorted(_hosts(case.before)))} is not served"
    )


def _ingress_added(case: Case) -> Effect:
    return case.effect(Impact.LIVE, f"makes a load balancer for {', '.join(sorted(_hosts(case.after)))}")


def _policy_removed(case: Case) -> Effect:
    if not _allows(case.before):
        return case.effect(Impact.LIVE, "opens the pods that it closed: they take what no other policy restricts")
    others = case.will_be.of_kind("NetworkPolicy", case.key.namespace)
    if any(not _allows(each) and not mapping(each, "spec", "podSelector") for each in others):
        return case.effect(Impact.STOP, "cuts off the traffic that it allowed, as all else is denied")
    return case.effect(Impact.LIVE, "no longer restricts the pods that it selected")


def _allows(policy: Object) -> bool:
    return bool(items(policy, "spec", "ingress") or items(policy, "spec", "egress"))


def _policy_added(case: Case) -> Effect:
    if _allows(case.after):
        return case.effect(
            Impact.LIVE, "its pods may send or take at once what it names, and nothing that no policy names"
        )
    return case.effect(Impact.LIVE, "cuts off at once what no other policy allows")


SERVICE = Rules(
    changed=_service_changed,
    removed=_service_removed,
    added=always(Impact.LIVE, "is a new address for pods"),
)
INGRESS = Rules(changed=_ingress_changed, removed=_ingress_removed, added=_ingress_added, annotated=_ingress_annotated)
NETWORK_POLICY = Rules(
    changed=any_field(Impact.LIVE, "changes at once which traffic is allowed"),
    removed=_policy_removed,
    added=_policy_added,
)
INGRESS_CLASS = Rules(
    changed=any_field(Impact.LIVE, "changes the load balancers of this class at once"),
    removed=always(Impact.STOP, "nobody looks after the Ingresses of this class any more"),
    added=always(Impact.NONE, "Ingresses may name it from now on"),
)
