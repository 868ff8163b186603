"""How much a Redis server may keep, so that its container never needs more memory than it requests.

A node that runs out of memory ends the pods first that use more than they request (Kubernetes documentation,
Node-pressure Eviction). A Redis that outgrows its request is the first of all that run there. So what counts is the
request, not the limit, and it is shared out like this:

- 40 % is the data, with the backlog of replication and the buffers of clients, which Redis counts as data: `maxmemory`;
- 40 % is the same once more. While a fork writes the append-only file anew, or a copy for a replica, each page that
  changes is there twice. In the worst case all (Redis documentation, Redis administration, Memory);
- 10 % is what waits for replicas beyond the backlog: not counted by `maxmemory` (Redis 7.4 and Valkey 9, evict.c,
  freeMemoryGetNotCountedMemory). So it has a limit of its own, and a replica that is further behind copies anew;
- 10 % is the process itself, what waits for the disk, and the gaps between pieces of data.
"""

from collections.abc import Mapping
from fractions import Fraction

from examx_constructs.settings import Resources

DATA_SHARE = Fraction(4, 10)
REPLICA_BUFFER_SHARE = Fraction(1, 10)


def memory_bounds(resources: Resources) -> Mapping[str, str]:
    """Return the bounds of `redis.conf`, of a server with these resources, in MiB, which Redis calls mb."""
    shares = {"maxmemory": DATA_SHARE, "replica_buffer": REPLICA_BUFFER_SHARE}
    return {name: f"{(resources.memory_request * share).floor_to('Mi')}mb" for name, share in shares.items()}
