"""Whether the broker moves: whether the pods of today send their tasks to another Redis than ours will. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from examx_cli.adopt.facts import broker_of, is_celery, is_inside
from examx_cli.adopt.inventory import Inventory
from examx_constructs.manifests import Object, ObjectId


class Broker(StrEnum):
    """What becomes of the tasks that wait in the Redis of today."""

    STAYS = "stays"
    MOVES = "moves"
    ASSUMED = "assumed"
    """Only a `.env` says where it is today; ours is outside of the cluster, and taken for the same."""


@dataclass(frozen=True, slots=True)
class Redis:
    """What is known of the broker. `today` is empty where only a `.env` says where it is."""

    state: Broker
    today: tuple[str, ...]
    ours: tuple[str, ...]
    why: str

    @property
    def moves(self) -> bool:
        """Whether the queues of today must be drained."""
        return self.state is Broker.MOVES


def redis_of(inventory: Inventory, wanted: Sequence[Object]) -> Redis:
    """Compare the broker of the workloads that run with that of the same workloads as they are rendered."""
    before: set[str] = set()
    after: set[str] = set()
    hidden: list[str] = []
    for ours in wanted:
        key = ObjectId.of(ours)
        address = broker_of(ours) if key.kind == "Deployment" else None
        if not address:
            continue
        after |= address
        today = inventory.objects.get(key)
        if today is not None:
            known = broker_of(today)
            before |= known or set()
            hidden += [] if known else [key.name]
    return _judged(inventory, before, after, hidden)


def _judged(inventory: Inventory, before: set[str], after: set[str], hidden: Sequence[str]) -> Redis:
    today, ours = tuple(sorted(before)), tuple(sorted(after))
    if before and before != after:
        why = f"pods of today use {', '.join(today)}; ours will use {', '.join(ours)}"
        return Redis(Broker.MOVES, today, ours, why)
    if not hidden:
        return Redis(Broker.STAYS, today, ours, "the Redis of today is kept" if today else "nothing uses a Redis today")
    names = ", ".join(hidden)
    if any(is_inside(each, inventory.namespace) for each in after) and not before:
        why = f"only the .env of {names} says which Redis they use, and ours is a new one in the namespace"
        return Redis(Broker.MOVES, today, ours, why)
    return Redis(
        Broker.ASSUMED,
        today,
        ours,
        f"only the .env of {names} says which Redis they use: make sure that it is {', '.join(ours)}",
    )


def foreign_readers(staying: Sequence[Object]) -> list[Object]:
    """Return the Celery workloads of others that go on, and on reading the Redis of today."""
    return [each for each in staying if is_celery(each)]


def by_name(wanted: Sequence[Object], kind: str) -> Mapping[str, Object]:
    """Return the objects of a kind, by name."""
    return {ObjectId.of(each).name: each for each in wanted if ObjectId.of(each).kind == kind}
