"""What would change in a cluster: what runs there, against what the API server makes of the manifests.

A dry run fills in what the manifests leave to the server, and keeps what controllers own. So only what would really
change is left. What others wrote and is not rendered is named: what goes, and what stays. Where a dry run is not
allowed or refused, only the fields of the manifests are compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from examx_cli.cluster import Cluster
from examx_cli.comparison.difference import Difference, NotCompared, NotOurs, compare
from examx_cli.comparison.fields import Path, by_key
from examx_cli.kubectl import is_forbidden
from examx_cli.owned_kinds import NAMESPACED
from examx_cli.ownership import staying, take_over
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId


def compare_with_cluster(cluster: Cluster, wanted: Sequence[Object]) -> Difference:
    """Return what applying these objects, and removing what they no longer hold, would change. Raises ProcessError.

    A claim that is no longer rendered is not part of it: claims are only removed by hand.
    """
    live = cluster.read(wanted)
    trial = cluster.try_apply([each for each in wanted if ObjectId.of(each) in live.objects], live.objects)
    before, after = dict(live.objects), {ObjectId.of(each): each for each in wanted}
    for key in live.unseen:
        del after[key]
    for key in trial.refused.keys() | trial.forbidden.keys():
        before[key] = rendered_part(before[key], after[key])
    not_compared = [NotCompared(str(key), "this identity may not read it") for key in sorted(live.unseen)]
    left, unread = _leftovers(cluster, after)
    rendered = {ObjectId.of(each): each for each in wanted}
    return compare(
        [*before.values(), *left],
        {**after, **trial.accepted}.values(),
        refused=trial.refused,
        not_compared=[*not_compared, *unread],
        not_ours=[
            each
            for key, item in live.objects.items()
            for each in _not_ours(key, item, trial.accepted.get(key), rendered[key])
        ],
    )


def running(cluster: Cluster, wanted: Sequence[Object]) -> Sequence[Object]:
    """Return what is there of these objects, and what was applied earlier and is not rendered now.

    Raises ProcessError.
    """
    left, _ = _leftovers(cluster, {ObjectId.of(each): each for each in wanted})
    return [*{**cluster.read(wanted).objects, **{ObjectId.of(each): each for each in left}}.values()]


def _not_ours(key: ObjectId, live: Object, after: Object | None, wanted: Object) -> Iterator[NotOurs]:
    """Yield what others wrote into an object: what an apply takes out of it, and what stays."""
    gone: set[str] = set()
    for each in take_over(live, wanted).taken:
        # What is in there again afterwards is a default of the API server.
        if each.is_no_default if after is None else not each.is_in(after):
            gone.add(each.shown)
            yield NotOurs(key, each.shown, each.manager, stays=False)
    for each in staying(live if after is None else after, wanted):
        if each.shown not in gone:
            yield NotOurs(key, each.shown, each.manager, stays=True, why=each.why)


def _leftovers(cluster: Cluster, wanted: Mapping[ObjectId, Object]) -> tuple[list[Object], list[NotCompared]]:
    """Return what was applied earlier and is no longer rendered."""
    try:
        owned = cluster.owned(NAMESPACED)
    except ProcessError as error:
        if not is_forbidden(error):
            raise
        return [], [NotCompared("objects that are no longer rendered", "this identity may not list all kinds")]
    return [each for each in owned if ObjectId.of(each) not in wanted], []


def rendered_part(live: Object, wanted: Object, path: Path = ()) -> Object:
    """Return as much of a live object as its manifest speaks of: what a server adds by itself is left out.

    A server leaves out most of what is empty (`storageClassName: ""`): that it does so is no change.
    """
    spoken_of = {
        name: _spoken_of(live[name], value, (*path, name))
        for name, value in wanted.items()
        if live.get(name) is not None
    }
    empty = {name: value for name, value in wanted.items() if name not in spoken_of and value in ("", False, [])}
    return {**spoken_of, **empty}


def _spoken_of(live: object, wanted: object, path: Path) -> object:
    types = {type(live), type(wanted)}
    if types == {dict}:
        return rendered_part(cast("Object", live), cast("Object", wanted), path)
    if types == {list}:
        return _elements_spoken_of(cast("list[object]", live), cast("list[object]", wanted), path)
    return live


def _elements_spoken_of(live: list[object], wanted: list[object], path: Path) -> list[object]:
    """Return each element next to the one of the manifest that means the same.

    It is that of its key, else that of its place.
    """
    live_by_key, wanted_by_key = by_key(live, path), by_key(wanted, path)
    if live_by_key is None or wanted_by_key is None:
        partners = [*wanted, *live[len(wanted) :]]
        return [_spoken_of(each, partner, path) for each, partner in zip(live, partners, strict=False)]
    return [_spoken_of(each, wanted_by_key.get(key, each), path) for key, each in live_by_key.items()]
