"""What would change in a cluster: what runs there, against what the API server makes of the manifests.

A dry run fills in what the manifests leave to the server, and keeps what others own, so that only what would really
change is left. Where it is not allowed or refused, only the fields of the manifests are compared.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from examx_cli.cluster import Cluster
from examx_cli.deploy.pruning import NAMESPACED
from examx_cli.diff.difference import Difference, NotCompared, compare
from examx_cli.kubectl import is_forbidden
from examx_cli.objects import Object, ObjectKey, text
from examx_cli.processes import ProcessError


def compare_with_cluster(cluster: Cluster, wanted: Sequence[Object]) -> Difference:
    """What applying these objects, and removing what they no longer hold, would change. Raises ProcessError.

    A claim that is no longer rendered is not part of it: claims are only removed by hand.
    """
    live = cluster.read(wanted)
    trial = cluster.try_apply([each for each in wanted if ObjectKey.of(each) in live.objects])
    before, after = dict(live.objects), {ObjectKey.of(each): each for each in wanted}
    for key in live.unseen:
        del after[key]
    for key in trial.refused.keys() | trial.forbidden.keys():
        before[key] = rendered_part(before[key], after[key])
    not_compared = [NotCompared(str(key), "this identity may not read it") for key in sorted(live.unseen)]
    left, unread = _leftovers(cluster, after)
    return compare(
        [*before.values(), *left],
        {**after, **trial.accepted}.values(),
        refused=trial.refused,
        not_compared=[*not_compared, *unread],
    )


def _leftovers(cluster: Cluster, wanted: Mapping[ObjectKey, Object]) -> tuple[list[Object], list[NotCompared]]:
    """What was applied earlier and is no longer rendered."""
    try:
        owned = cluster.owned(NAMESPACED)
    except ProcessError as error:
        if not is_forbidden(error):
            raise
        return [], [NotCompared("objects that are no longer rendered", "this identity may not list all kinds")]
    return [each for each in owned if ObjectKey.of(each) not in wanted], []


def rendered_part(live: Object, wanted: Object) -> Object:
    """As much of a live object as its manifest speaks of: what a server adds by itself is left out.

    A server leaves out most of what is empty (`storageClassName: ""`): that it does so is no change.
    """
    spoken_of = {name: _spoken_of(live[name], value) for name, value in wanted.items() if live.get(name) is not None}
    empty = {name: value for name, value in wanted.items() if name not in spoken_of and value in ("", False, [])}
    return {**spoken_of, **empty}


def _spoken_of(live: object, wanted: object) -> object:
    types = {type(live), type(wanted)}
    if types == {dict}:
        return rendered_part(cast("Object", live), cast("Object", wanted))
    if types == {list}:
        elements, partners = cast("list[object]", live), cast("list[object]", wanted)
        return [_spoken_of(each, _partner(each, number, partners)) for number, each in enumerate(elements)]
    return live


def _partner(element: object, number: int, wanted: Sequence[object]) -> object:
    """The element of the manifest that means the same: the one of its name, else the one at its place."""
    if name := text(element, "name"):
        return next((each for each in wanted if text(each, "name") == name), None)
    return wanted[number] if number < len(wanted) else None
