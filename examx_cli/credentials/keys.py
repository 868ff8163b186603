"""The keys of a Secret of passwords, and what they say of a rotation. Its values stay in the cluster.

`NAME` is the password that clients log in with. `NAME.next` is one that shall be, `NAME.previous` one that was; servers
take all three. So the keys alone say how far a rotation is, wherever a run was stopped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from examx_cli.credentials.random_secret import MANAGER, RandomSecret
from examx_cli.errors import Refusal
from examx_cli.kubectl import Kubectl, is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.rotation.statuses import moment
from examx_constructs.settings.redis import ALL_REDIS_USERS

ROTATING = "examx.ai/rotating"
"""On the Secret: the users whose rotation was begun and has not ended."""

# A template is not told what the values are, and kubectl prints nothing else of the object. It is given managedFields
# whatever --show-managed-fields says, which is of JSON and YAML (kubectl 1.34, cli-runtime json_yaml_flags.go).
_TEMPLATE = (
    "version {{.metadata.resourceVersion}}\n"
    "{{range $name, $value := .data}}key {{$name}}\n{{end}}"
    "{{range .metadata.managedFields}}"
    f'{{{{if eq .manager "{MANAGER}"}}}}time {{{{.time}}}}\n{{{{end}}}}'
    "{{end}}"
    "{{with .metadata.annotations}}annotated yes\n"
    f'{{{{with index . "{ROTATING}"}}}}rotating {{{{.}}}}\n{{{{end}}}}'
    "{{end}}"
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of the keys, and the state of the object that has them.

    `version`: of the object. `begun`: the users that it says are being rotated. `changed`: when this command last
    changed it, by the API server's clock; None where that is not known. `annotated`: whether it has annotations.
    """

    version: str
    names: frozenset[str]
    begun: frozenset[str] = frozenset()
    changed: datetime | None = None
    annotated: bool = True

    @classmethod
    def of(cls, kubectl: Kubectl, secret: RandomSecret) -> Self:
        """Return those that are there. Raises Refusal where there are none, or this identity may not know."""
        place = f"--namespace={secret.namespace}"
        try:
            printed = kubectl.run(
                "get", secret.key.resource, place, "--ignore-not-found", "-o", f"go-template={_TEMPLATE}"
            )
        except ProcessError as error:
            if is_forbidden(error):
                raise Refusal(
                    f"this identity may not read {secret.key} of {secret.namespace}, and who rotates must know its "
                    "keys: an administrator of the namespace does that, with this same command"
                ) from None
            raise
        if not printed.strip():
            raise Refusal(f"there is no {secret.key} in {secret.namespace}: `examx apply` makes it")
        return cls.read(printed)

    @classmethod
    def read(cls, printed: str) -> Self:
        """Return those that the template told."""
        lines = [line.split(" ", 1) for line in printed.splitlines() if " " in line]
        of = {name: [value for each, value in lines if each == name] for name, _ in lines}
        times = [time for each in of.get("time", []) if (time := moment(each)) is not None]
        return cls(
            version=next(iter(of.get("version", [])), ""),
            names=frozenset(of.get("key", [])),
            begun=frozenset(next(iter(of.get("rotating", [])), "").split(",")) & frozenset(ALL_REDIS_USERS),
            changed=max(times, default=None),
            annotated="annotated" in of,
        )

    @property
    def rotating(self) -> list[str]:
        """The users whose rotation has begun, by this command or by hand."""
        return [each for each in ALL_REDIS_USERS if each in self.begun or upcoming(each) in self.names]

    def lacking(self, users: Iterable[str]) -> list[str]:
        """Return those of these users that have no password."""
        return [each for each in users if each not in self.names]

    def with_next(self, users: Iterable[str]) -> list[str]:
        """Return those of these users that a new password waits for."""
        return [each for each in users if upcoming(each) in self.names]

    def with_previous(self, users: Iterable[str]) -> list[str]:
        """Return those of these users whose password from before is taken still."""
        return [each for each in users if previous(each) in self.names]


def upcoming(user: str) -> str:
    """Return the key of a user's new password."""
    return f"{user}.next"


def previous(user: str) -> str:
    """Return the key of a user's password from before."""
    return f"{user}.previous"
