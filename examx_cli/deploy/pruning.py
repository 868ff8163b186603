"""Removing what an environment owned and no longer renders."""

from collections.abc import Iterable, Sequence

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.owned_kinds import NAMESPACED, STORAGE
from examx_constructs.manifests import Object, ObjectId


def leftovers(cluster: Cluster, wanted: Iterable[Object], *, storage: bool = False) -> list[ObjectId]:
    """Return what this command applied to the namespace earlier, and what is no longer rendered.

    Ours is what the API server records as applied by our field manager: what operators and people made stays. Kinds
    that may not be listed are told of: a CronJob that is left runs on, with the image of its day.
    """
    kept = {ObjectId.of(each) for each in wanted}
    kinds = (*NAMESPACED, *STORAGE) if storage else NAMESPACED
    unseen: list[str] = []
    owned = [ObjectId.of(each) for each in cluster.owned(kinds, unseen.append)]
    if unseen:
        output.note(
            f"{' and '.join(unseen)}: this identity may not list them; those of an earlier version would stay, and an"
            " administrator has to remove them"
        )
    return sorted((key for key in owned if key not in kept), key=lambda key: (_rank(key, kinds), key))


def _rank(key: ObjectId, kinds: Sequence[str]) -> int:
    plural = {each.partition(".")[0]: rank for rank, each in enumerate(kinds)}
    kind = key.kind.lower()
    return next(plural[form] for form in (f"{kind}s", f"{kind}es", f"{kind[:-1]}ies") if form in plural)
