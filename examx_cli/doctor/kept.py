"""Preconditions of Secrets that no manifest holds: pods name them, and somebody makes them.

A Secret is looked at by the table that the API server makes of it. That holds its name, its type and the number of its
keys, and no value (Kubernetes API concepts, Receiving resources as Tables).
"""

from collections.abc import Iterator

from examx_cli.credentials.redis import secrets_of
from examx_cli.doctor import questions
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found, good, lacking
from examx_constructs.manifests import Node, Pod, items, text
from examx_constructs.manifests.references import pod_references

TOPIC = "secrets"


@precondition(
    TOPIC,
    "Secrets that the pods name",
    when=lambda needs: bool(wanted_secrets(needs)),
    breaks="pods that mount them, or take a variable of them, never start; Redis has no users, and nobody logs in",
    mend=(
        "examx apply ENVIRONMENT makes those of Redis, examx rotate ENVIRONMENT a key that is new; "
        "kubectl create secret generic NAME --namespace NAMESPACE --context CLUSTER another"
    ),
)
def named(needs: Needs, seen: Seen) -> Found:
    """Each Secret that pods cannot do without is there, and one of the users of Redis has a key for each of them."""
    if not seen.objects(questions.OWN_NAMESPACE):
        made = sorted(_made(needs))
        return good(
            f"{needs.namespace} is not there yet" + (f": `examx apply` makes {', '.join(made)}" if made else "")
        )
    wanted, made = wanted_secrets(needs), _made(needs)
    keys = {each: seen.secret_keys(each) for each in sorted(wanted)}
    lost = [each for each, number in keys.items() if number is None]
    poor = [
        f"{each} has {number} keys; its users are {', '.join(made[each])}"
        for each, number in keys.items()
        if each in made and number is not None and number < len(made[each])
    ]
    if lost or poor:
        return lacking("; ".join([*(f"there is no Secret {each}" for each in lost), *poor]))
    return good(", ".join(f"{each}, {number} keys" for each, number in keys.items()))


def _made(needs: Needs) -> dict[str, tuple[str, ...]]:
    """Return the Secrets that `examx apply` makes, as what mounts them says, with the users of each."""
    return {each.name: each.keys for each in secrets_of(needs.manifests)}


def wanted_secrets(needs: Needs) -> set[str]:
    """Return the Secrets without which a pod does not start, but for those that the manifests or the driver make."""
    own = {text(each, "metadata", "name") for each in needs.of_kind("Secret")}
    synced = {text(each, "secretName") for one in needs.secret_classes for each in items(one, "spec", "secretObjects")}
    named = {name for template in needs.templates() for name in _named(template)}
    return (named | {*_made(needs)}) - own - synced - {""}


def _named(template: object) -> Iterator[str]:
    root = Node.of(template)
    for each in pod_references(Pod(root, root)):
        if each.kind == "Secret" and not each.optional:
            yield each.name.text
