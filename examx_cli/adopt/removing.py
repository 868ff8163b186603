"""Removing what goes: workloads let their pods finish first, everything else goes at once."""

from examx_cli import output
from examx_cli.adopt import facts
from examx_cli.adopt.aside import Aside
from examx_cli.adopt.hands import Hands
from examx_constructs.manifests import Object, ObjectId, text
from examx_constructs.settings.naming import LONGEST_TASK_ANNOTATION

_LONGEST_TASK = 3600
"""Seconds for the tasks of a worker that does not say how long they may take.

It is Celery's visibility timeout on Redis, after which they are handed to another worker anyway.
"""
_GRACE = 30


def remove(hands: Hands, key: ObjectId) -> None:
    """Remove one object. A Deployment's pods get the time that their tasks need."""
    live = hands.get(key)
    if key.kind == "Deployment":
        aside = Aside(hands, key.name)
        # Without its Deployment, an earlier run was stopped in between.
        if live is not None:
            aside.orphan(live)
        sets = aside.replica_sets()
        grace = max((_grace(each) for each in sets), default=_GRACE)
        aside.retire(grace)
    elif live is not None:
        hands.delete(key)
    if live is not None:
        output.note(f"{key}: removed")


def _grace(replica_set: Object) -> int:
    own = facts.grace_of(replica_set)
    if not facts.is_celery(replica_set):
        return own
    # A ReplicaSet has the annotations of its Deployment.
    longest = text(replica_set, "metadata", "annotations", LONGEST_TASK_ANNOTATION)
    said = int(longest) if longest.isdigit() else facts.time_limit_of(replica_set)
    return max(own, said or _LONGEST_TASK)
