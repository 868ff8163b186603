"""The load balancers that feature environments share, and the one of each."""

from hashlib import sha256

from examx_constructs.features.slug import Slug

LOAD_BALANCERS = ("examx-cloud",)
"""The IngressGroups that feature environments are spread over. Each is a load balancer, and none is that of dev: what
is wrong with one member stops its whole group."""

ROOM = 90
"""How many feature environments a load balancer gets. Each takes one of its 100 rules and one of its 100 target groups
(AWS, ALB quotas); the controller's own code (v3.5.0) had room for the targets of 95. Some are left for those who ask at
the same moment, because one too many stops all."""


def load_balancer(slug: Slug, load_balancers: tuple[str, ...] = LOAD_BALANCERS) -> str:
    """Return the load balancer of a slug: always the same.

    A further one only takes its share of all (rendezvous hashing).
    """
    return max(load_balancers, key=lambda name: sha256(f"{name} {slug}".encode()).digest())
