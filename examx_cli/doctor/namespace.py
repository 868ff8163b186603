"""Preconditions of the environment's own namespace: what it enforces, and what this identity may do there."""

from collections.abc import Iterator, Sequence

from examx_cli.doctor import questions
from examx_cli.doctor.needs import FEATURE, Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Right, Seen
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import Object, items, mapping, text

TOPIC = "namespace"
_STANDARD = "pod-security.kubernetes.io/"
_MOST_NAMED = 5


@precondition(
    TOPIC,
    "labels of the Namespace",
    breaks=(
        "the namespace admits other pods than the environment's, or refuses its own. Without the label of the load "
        "balancer controller its pods get no readiness gate"
    ),
    mend="examx apply ENVIRONMENT, by an administrator of the cluster",
)
def pod_security(needs: Needs, seen: Seen) -> Found:
    """The Namespace has the Pod Security labels, and that of readiness gates, as they are rendered."""
    rendered = mapping(needs.of_kind("Namespace")[0], "metadata", "labels")
    found = next(iter(seen.objects(questions.OWN_NAMESPACE)), None)
    if found is None:
        how = "`examx feature up`" if needs.environment == FEATURE else "the first `examx apply`, by an administrator,"
        return good(f"{needs.namespace} is not there yet: {how} makes it")
    live = mapping(found, "metadata", "labels")
    wanted = {name: level for name, level in rendered.items() if name.startswith((_STANDARD, "elbv2.k8s.aws/"))}
    wrong = [
        f"{name} is {live.get(name) or 'not there'}, not {level}"
        for name, level in wanted.items()
        if live.get(name) != level
    ]
    return lacking("; ".join(wrong)) if wrong else good(f"enforces {wanted.get(f'{_STANDARD}enforce', 'nothing')}")


@precondition(
    TOPIC,
    "rights of this identity",
    when=lambda needs: bool(_granted(needs)),
    breaks="`examx apply` stops half-way: the API server forbids what it does",
    mend=(
        "map the identity to the group of Access.deployer_group by an access entry of EKS (docs/deployment.md, Roles); "
        "an administrator applies the environment's Role"
    ),
)
def rights(needs: Needs, seen: Seen) -> Found:
    """The one who asks may do what the rendered Role gives those who deploy; reading alone is no mistake."""
    wanted = _granted(needs)
    lost = sorted(wanted - seen.allowed(wanted))
    changing = {each for each in wanted if each[2] not in ("get", "list", "watch")}
    named = ", ".join(f"{verb} {resource}" for _, resource, verb in lost[:_MOST_NAMED])
    more = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
    if not lost:
        return good(f"it may do all {len(wanted)} things that a deployment does")
    if changing <= set(lost):
        return unsure(
            f"it only reads in {needs.namespace}: whether the identity that deploys may do more, it cannot tell"
        )
    return lacking(f"it may not {named}{more}")


_DEPLOYER = ("examxv2-feature-deployer", "examxv2-feature-deployer-content")
"""The policies of docs/features.md: where those who deploy branches may write, and what."""


@precondition(
    TOPIC,
    "policies for those who deploy branches",
    when=lambda needs: needs.environment == FEATURE,
    breaks=(
        "who may deploy a branch may change every namespace of the cluster, take another's host, lift the quota and "
        "read Secrets by writing them. RBAC knows neither beginnings of names nor fields"
    ),
    mend="kubectl apply --server-side -f features-admin.yaml --context CLUSTER, with the YAML of docs/features.md",
)
def policy(_needs: Needs, seen: Seen) -> Found:
    """Policies hold what they change to the namespaces of branches and to what is rendered there, and deny the rest."""
    bound = {text(each, "spec", "policyName"): each for each in seen.objects(questions.ADMISSION_POLICIES)}
    there = {text(each, "metadata", "name"): each for each in seen.objects(questions.ADMISSION_RULES)}
    wrong = [said for each in _DEPLOYER if (said := _lets_pass(each, there.get(each), bound.get(each)))]
    return lacking("; ".join(wrong)) if wrong else good(f"ValidatingAdmissionPolicy {', '.join(_DEPLOYER)}")


def _lets_pass(name: str, rule: Object | None, binding: Object | None) -> str:
    """Return why a policy denies nothing; empty where it does."""
    if rule is None:
        return f"there is no ValidatingAdmissionPolicy {name}"
    if text(rule, "spec", "failurePolicy") == "Ignore":
        return f"ValidatingAdmissionPolicy {name} lets pass what it fails on"
    if binding is None:
        return f"no ValidatingAdmissionPolicyBinding is of {name}"
    denies = "Deny" in items(binding, "spec", "validationActions")
    return "" if denies else f"ValidatingAdmissionPolicyBinding {text(binding, 'metadata', 'name')} does not deny"


def _granted(needs: Needs) -> set[Right]:
    """Return what the Roles let those do who deploy: group, resource and verb."""
    roles = needs.of_kind("Role")
    changing = [each for each in roles if any("patch" in verbs for *_, verbs in _rules(each))]
    return {
        (group, resource, verb)
        for role in changing
        for groups, resources, verbs in _rules(role)
        for group in groups
        for resource in resources
        for verb in verbs
    }


def _rules(role: object) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    for rule in items(role, "rules"):
        if not items(rule, "resourceNames"):
            yield _texts(rule, "apiGroups"), _texts(rule, "resources"), _texts(rule, "verbs")


def _texts(rule: object, name: str) -> list[str]:
    return [each for each in items(rule, name) if isinstance(each, str)]
