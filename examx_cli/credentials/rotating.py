"""A rotation: the new password beside the old one, then in its place, and much later the old one forgotten.

Nobody is locked out at any moment. Servers take the new password before any client has it, and the old one as long as a
client may hold it. Each step begins when every server goes by the one before. The Secret alone says how far it is. So
the next run goes on with one that was stopped, and two at once do it together.
"""

import json
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.credentials import changes, servers
from examx_cli.credentials.holders import holders
from examx_cli.credentials.keys import Keys
from examx_cli.credentials.random_secret import MANAGER, RandomSecret, encoded
from examx_cli.credentials.servers import Server, Servers
from examx_cli.credentials.telling import reason, told
from examx_cli.errors import CommandError, Interruption, Refusal
from examx_cli.kubectl import is_missing, is_outdated
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object
from examx_constructs.settings.redis import EXPORTER_USER

CLIENTS = "application"
"""The user whose password pods of clients hold as a variable too."""
HELD = (CLIENTS, EXPORTER_USER)
"""The users whose passwords pods hold as variables; the exporter's are those of the servers themselves."""

_ROUNDS = 20
_MAY_NOT = 'cannot patch resource "secrets"'


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation of the passwords of some users, in one Secret, against a deadline of the monotonic clock."""

    environment: str
    cluster: Cluster
    rendered: Sequence[Object]
    secret: RandomSecret
    users: Sequence[str]
    deadline: float

    @property
    def _servers(self) -> Servers:
        return Servers(self.cluster, self.rendered, self.secret)

    def _keys(self) -> Keys:
        return Keys.of(self.cluster.kubectl, self.secret)

    def rehearse(self) -> list[str]:
        """Return what a run would do. Raises Refusal for what it would refuse."""
        self._servers.check()
        keys = self._keys()
        if keys.rotating:
            return [f"would go on with the rotation of {', '.join(keys.rotating)}"]
        self._refuse_unforgotten(keys)
        lacking = keys.lacking(self.users)
        known = [each for each in self.users if each not in lacking]
        return [
            *([f"would give {', '.join(lacking)} a password for the first time"] if lacking else []),
            *([f"would rotate: {', '.join(known)}"] if known else []),
        ]

    def run(self) -> list[str]:
        """Rotate, or go on with what was begun; returns the users whose password is another now.

        Raises Refusal for what must be done before, and where a server does not follow in time. Everybody can log in
        then, and the next run goes on. Raises Interruption when it is stopped, with the same left.
        """
        with _stoppable(self.environment):
            self._servers.check()
            return self._rotate()

    def _rotate(self) -> list[str]:
        users: list[str] = []
        values = changes.new_values(self.users)
        for _ in range(_ROUNDS):
            keys = self._keys()
            if not keys.rotating:
                if users:  # Another run has ended what this one went on with.
                    return users
                self._refuse_unforgotten(keys)
                self._change(changes.begun(keys, self.users, values), list(values.values()))
                continue
            if not users and not set(self.users) <= set(keys.rotating):
                output.note(f"goes on with the rotation of {', '.join(keys.rotating)}, which was begun before")
            users = keys.rotating
            waiting = keys.with_next(users)
            if not self._arrived(keys):
                continue
            if waiting:
                if self._change(changes.promoted(keys, users)):
                    output.note(f"clients get the new passwords of {', '.join(waiting)} from now on")
            elif self._change(changes.ended(keys)):
                return users
        raise self._busy()

    def _refuse_unforgotten(self, keys: Keys) -> None:
        if left := keys.with_previous(self.users):
            since = f" on {keys.changed:%Y-%m-%d %H:%M:%S %Z}" if keys.changed else ""
            raise Refusal(
                f"nothing was rotated: {', '.join(left)} got a new password{since}, and the one from before is taken "
                f"still, for pods that started with it: `examx restart {self.environment}`, then "
                f"`examx rotate {self.environment} --forget`, then again"
            )

    def forget(self) -> list[str]:
        """Take the previous passwords away; returns the users that had one. Raises Refusal where a pod may need it."""
        with _stoppable(self.environment):
            self._servers.check()
            for _ in range(_ROUNDS):
                keys = self._keys()
                self._check_forgetting(keys)
                gone = keys.with_previous(self.users)
                # All servers must have the new ones, and what is forgotten must reach them before the next rotation.
                if self._arrived(keys) and (not gone or self._change(changes.forgotten(keys, gone))):
                    self._wait_for_all()
                    return gone
            raise self._busy()

    def _wait_for_all(self) -> None:
        for _ in range(_ROUNDS):
            if self._arrived(self._keys()):
                return
        raise self._busy()

    def rehearse_forgetting(self) -> list[str]:
        """Return what forgetting would do. Raises Refusal for what it would refuse."""
        keys = self._keys()
        self._check_forgetting(keys)
        gone = keys.with_previous(self.users)
        return [f"would forget the previous password of {', '.join(gone)}"] if gone else []

    def _check_forgetting(self, keys: Keys) -> None:
        if keys.rotating:
            raise Refusal(
                f"nothing was forgotten: the rotation of {', '.join(keys.rotating)} has not ended; "
                f"`examx rotate {self.environment}` goes on with it"
            )
        users = [each for each in HELD if each in keys.with_previous(self.users)]
        if not users:
            return
        if keys.changed is None:
            output.warning("when the password was changed is not known: make sure that all pods started since")
            return
        place = f"--namespace={self.secret.namespace}"
        pods = self.cluster.kubectl.objects("get", "pods", place, "--ignore-not-found")
        for user in users:
            if found := sorted(holders(pods, self.secret.name, user, keys.changed)):
                raise Refusal(
                    f"nothing was forgotten: {len(found)} pods started with the previous password of {user} and hold "
                    f"it as a variable ({', '.join(found)}): {' and '.join(self.restarts([user]))} first"
                )

    def restarts(self, users: Sequence[str]) -> list[str]:
        """Return the commands that replace the pods that hold the passwords of these users as variables."""
        servers = " ".join(self._servers.names)
        commands = {CLIENTS: f"`examx restart {self.environment}`"}
        if servers:
            commands[EXPORTER_USER] = f"`examx restart {self.environment} {servers}`"
        return [command for user, command in commands.items() if user in users]

    def _change(self, patch: changes.Patch, values: Sequence[str] = ()) -> bool:
        """Change the Secret; returns whether it was in the state that the change is over. Raises Refusal."""
        options = ("--type=json", "--patch-file=/dev/stdin", f"--field-manager={MANAGER}", "-o", "name")
        place = f"--namespace={self.secret.namespace}"
        try:
            self.cluster.kubectl.run("patch", self.secret.key.resource, place, *options, stdin=json.dumps(patch))
        except ProcessError as error:
            if is_outdated(error):
                return False
            may_not = _MAY_NOT in error.said
            # Where nothing new is written, what is there may still be shown, and nobody here knows it.
            said = told(error, [*values, *map(encoded, values)]) if values or may_not or is_missing(error) else ""
            said = said or reason(error)
        else:
            return True
        raise Refusal(
            f"{self.secret.key} could not be changed: {said}"
            + ("; an administrator of the namespace rotates, with this same command" if may_not else "")
        )

    def _arrived(self, keys: Keys) -> bool:
        """Wait until every server goes by these keys. False where others are there meanwhile. Raises Refusal."""
        known: set[Server] = set()
        said = ""
        while why := self._servers.have(keys, known):
            if time.monotonic() > self.deadline:
                raise Refusal(
                    f"not every server goes by the passwords in time: {why}; nobody is locked out, and the same "
                    "command goes on"
                )
            if why != said:
                output.note(f"waiting: {why}")
                said = why
            time.sleep(servers.PAUSE)
            if self._keys().version != keys.version:
                return False
        return self._keys().version == keys.version

    def _busy(self) -> CommandError:
        return CommandError(
            f"{self.secret.key} changed {_ROUNDS} times meanwhile: see who changes it, and run it again"
        )


@contextmanager
def _stoppable(environment: str) -> Generator[None]:
    """Tell what state it leaves when somebody stops a rotation."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise Interruption(
            "interrupted: servers take the old passwords and the new ones, so nobody is locked out; the same command "
            f"goes on (`examx rotate {environment}`)"
        ) from stop
