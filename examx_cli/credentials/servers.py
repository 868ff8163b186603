"""The servers that take the passwords of a Secret: whether each has the keys that are there now, and goes by them.

A server sees a changed Secret when its kubelet has written the files anew, which takes a minute or so (Kubernetes,
"Secrets", mounted Secrets are updated automatically). It takes it when its own loop has read them. Both are asked in
the pod. The files are replaced all at once, so their names tell which state of the Secret they are of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from examx_cli.cluster import Cluster
from examx_cli.credentials.keys import Keys
from examx_cli.credentials.random_secret import RandomSecret
from examx_cli.errors import CommandError, Refusal
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, at, items, mapping, text
from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION

PAUSE = 2.0
"""Seconds between two looks at all servers."""

ACCEPTS = "/etc/redis/accepts.sh"
"""The server's own answer whether it takes the passwords of a user that its files hold now."""

LOOK = f"""
ls "$1" || exit 1
shift
[ -f {ACCEPTS} ] || {{ echo '?'; exit 0; }}
for user; do sh {ACCEPTS} "$user" >/dev/null 2>&1 || {{ echo "!$user"; exit 0; }}; done
echo =
"""
"""What is run in a pod, with the directory and the users. Says the names of the files, and then `=` where all users are
taken, `!USER` where one is not, `?` where nobody can tell."""


@dataclass(frozen=True, slots=True)
class Server:
    """A container that mounts the Secret: where, and since which start."""

    pod: str
    container: str
    mount: str
    start: str


@dataclass(slots=True)
class Servers:
    """The pods of the StatefulSets that mount a Secret."""

    cluster: Cluster
    rendered: Sequence[Object]
    secret: RandomSecret

    @property
    def _sets(self) -> list[Object]:
        return [
            each
            for each in self.rendered
            if text(each, "metadata", "annotations", MADE_SECRET_ANNOTATION) == self.secret.name
            and text(each, "metadata", "namespace") == self.secret.namespace
        ]

    @property
    def names(self) -> list[str]:
        """What they are called, as `examx restart` takes them."""
        return [text(each, "metadata", "name") for each in self._sets]

    def check(self) -> None:
        """Raise Refusal where there is no server whose answer could be waited for."""
        if not self.cluster.read(self._sets).objects:
            raise Refusal(f"no server that takes {self.secret.key} runs: `examx apply` starts them")
        for each in self._pods():
            if not _mounts(each, self.secret.name):
                raise Refusal(
                    f"{text(each, 'metadata', 'name')} was made before Redis had users and does not mount "
                    f"{self.secret.key}: `examx apply` first"
                )

    def have(self, keys: Keys, known: set[Server]) -> str:
        """Look at each server once. Why one does not go by these keys yet; empty where all do.

        `known`: those that are known to, which are not asked again; it grows. Raises Refusal where nobody can ask.
        """
        users = [each for each in self.secret.keys if each in keys.names]
        pods = self._pods()
        waiting = list(self._missing(pods))
        for each in self._running(pods):
            if isinstance(each, str):
                waiting.append(each)
            elif each not in known:
                if why := self._ask(each, keys, users):
                    waiting.append(f"{each.pod} {why}")
                else:
                    known.add(each)
        return "; ".join(waiting)

    def _pods(self) -> list[Object]:
        place = f"--namespace={self.secret.namespace}"
        found = self.cluster.kubectl.objects("get", "pods", place, "--ignore-not-found")
        return [
            each
            for each in found
            if not text(each, "metadata", "deletionTimestamp") and any(_is_of(each, one) for one in self._sets)
        ]

    def _missing(self, pods: Sequence[Object]) -> Iterator[str]:
        """Yield what of the pods is not there that shall be."""
        for key, item in self.cluster.read(self._sets).objects.items():
            wanted, there = at(item, "spec", "replicas"), sum(_is_of(each, item) for each in pods)
            if isinstance(wanted, int) and there < wanted:
                yield f"{key} has {there} of {wanted} pods"

    def _running(self, pods: Sequence[Object]) -> Iterator[Server | str]:
        """Yield each server that runs, and a line for each pod that does not run one."""
        for pod in pods:
            name = text(pod, "metadata", "name")
            found = _mounts(pod, self.secret.name)
            if not found:
                yield f"{name} does not mount {self.secret.key}"
                continue
            container, mount = found[0]
            statuses = {text(each, "name"): each for each in items(pod, "status", "containerStatuses")}
            started = text(statuses.get(container, {}), "state", "running", "startedAt")
            identity = text(pod, "metadata", "uid")
            yield Server(name, container, mount, f"{identity} {started}") if started else f"{name} does not run"

    def _ask(self, server: Server, keys: Keys, users: Sequence[str]) -> str:
        """Return why a server does not go by these keys yet; empty where it does."""
        where = (server.pod, f"--namespace={self.secret.namespace}", f"--container={server.container}")
        try:
            said = self.cluster.kubectl.run("exec", *where, "--", "sh", "-c", LOOK, "sh", server.mount, *users)
        except ProcessError as error:
            if is_forbidden(error):
                raise Refusal(
                    f"this identity may not ask {server.pod} (create pods/exec) whether it takes the passwords: an "
                    "administrator of the namespace rotates them, with this same command"
                ) from None
            return f"cannot be asked: {(error.said.splitlines() or ['it said nothing'])[-1]}"
        except CommandError as error:  # It did not end in time, such as on a node that is lost.
            return f"cannot be asked: {error}"
        *files, answer = said.split() or [""]
        if answer == "?":
            raise Refusal(
                f"{server.pod} has no {ACCEPTS}, so it is of an older release that takes no new password while it "
                "runs: `examx apply` first"
            )
        if frozenset(files) != keys.names:
            return "has not got the files of the Secret as it is now"
        return "" if answer == "=" else f"does not take the passwords of {answer.lstrip('!')} yet"


def _is_of(pod: Object, stateful_set: Object) -> bool:
    owners = {text(each, "name") for each in items(pod, "metadata", "ownerReferences")}
    labels = mapping(stateful_set, "spec", "selector", "matchLabels")
    return ObjectId.of(stateful_set).name in owners and labels.items() <= mapping(pod, "metadata", "labels").items()


def _mounts(pod: Object, secret: str) -> list[tuple[str, str]]:
    """Return the containers that mount the whole Secret, and where."""
    volumes = {
        text(each, "name")
        for each in items(pod, "spec", "volumes")
        if text(each, "secret", "secretName") == secret and not items(each, "secret", "items")
    }
    return [
        (text(container, "name"), text(mount, "mountPath"))
        for container in items(pod, "spec", "containers")
        for mount in items(container, "volumeMounts")
        if text(mount, "name") in volumes and not text(mount, "subPath")
    ]
