"""Counts a queue's lists in an environment's own Redis, in the pods of its servers, by kubectl.

Nothing of Redis is reached from outside of a cluster, so its servers are asked where they run. `cli.sh` of their pods
logs in by the password that the pod has, and none leaves it. Who may not run a program in them (create pods/exec)
cannot record so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from examx_cli import redis_servers
from examx_cli.cluster import Cluster
from examx_cli.errors import CommandError
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.scale.record_lists import lists_of
from examx_cli.scale.record_loop import Unanswered
from examx_constructs.manifests import Object

_MASTER = "master"


@dataclass(slots=True)
class Pods:
    """The servers of a Redis that is rendered. The one that led last is asked first; who follows is not believed."""

    cluster: Cluster
    rendered: Sequence[Object]
    queue: str
    database: int = 0
    _leader: tuple[str, str] | None = None

    def check(self) -> None:
        """Raise CommandError where the environment has no Redis of its own."""
        if not self._sets:
            raise CommandError(
                f"the Redis of {self.cluster.target.namespace} runs elsewhere; give --redis, or --prometheus"
            )

    def length(self) -> int:
        """Return how many tasks wait, at the server that leads. Raises Unanswered."""
        said: list[str] = []
        for pod, container in self._order():
            try:
                role, length = self._ask(pod, container)
            except (ProcessError, CommandError) as error:
                if isinstance(error, ProcessError) and is_forbidden(error):
                    raise Unanswered(f"this identity may not ask {pod} (create pods/exec)") from None
                said.append(f"{pod}: {_line(error)}")
                continue
            if role == _MASTER:
                self._leader = (pod, container)
                return length
            said.append(f"{pod} does not lead")
        self._leader = None
        raise Unanswered("; ".join(said) or "no server of Redis runs")

    @property
    def _sets(self) -> list[tuple[Object, str]]:
        return redis_servers.stateful_sets(self.rendered)

    def _order(self) -> Iterator[tuple[str, str]]:
        """Yield the one that led, then all that run now."""
        led = self._leader
        if led is not None:
            yield led
        namespace = f"--namespace={self.cluster.target.namespace}"
        try:
            pods = self.cluster.kubectl.objects("get", "pods", namespace, "--ignore-not-found")
        except CommandError as error:
            raise Unanswered(_line(error)) from None
        yield from (each for each in redis_servers.running(self._sets, pods) if each != led)

    def _ask(self, pod: str, container: str) -> tuple[str, int]:
        """Return the role of a server, and the length of the lists there. Raises CommandError."""
        database = ("-n", str(self.database)) if self.database else ()
        where = (pod, f"--namespace={self.cluster.target.namespace}", f"--container={container}")
        said = self.cluster.kubectl.run(
            "exec", "-i", *where, "--", "sh", redis_servers.CLI, *database, stdin=_commands(self.queue)
        )
        *lengths, role = [line for line in said.splitlines() if line.strip()][: len(lists_of(self.queue)) + 1] or [""]
        if len(lengths) != len(lists_of(self.queue)) or not all(map(str.isdecimal, lengths)):
            strange = next((each for each in (*lengths, role) if not each.isdecimal()), "nothing")
            raise CommandError(f"the server says {strange[:100]}")
        return role, sum(map(int, lengths))


def _commands(queue: str) -> str:
    """Return what redis-cli reads from its input, a command in each line.

    ROLE prints whether the server leads first.
    """
    return "".join(f"LLEN {quoted(each)}\n" for each in lists_of(queue)) + "ROLE\n"


def quoted(name: str) -> str:
    """Return a word as redis-cli reads it (sdssplitargs): in quotes, with whatever is no letter as its bytes."""
    plain = name.replace("-", "").replace("_", "").replace(".", "").replace(":", "")
    if plain.isascii() and plain.isalnum():
        return name
    return '"' + "".join(f"\\x{byte:02x}" for byte in name.encode()) + '"'


def _line(error: CommandError) -> str:
    said = error.said if isinstance(error, ProcessError) else str(error)
    return (said.splitlines() or ["it said nothing"])[-1]
