"""What time it is where the environments are: by the API server, which stamps what it makes and which all share.

A machine whose clock is wrong would remove what others still need, and promise times that do not hold.
"""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from examx_cli import output
from examx_cli.errors import CommandError
from examx_cli.features import lifetime
from examx_cli.kubectl import Kubectl
from examx_cli.processes import ProcessError

TOLERANCE = timedelta(minutes=1)
"""How far two clocks may be apart before somebody is told."""

# kubectl shows the headers of an answer from -v=8 on. They are lines of the log until 1.32, and an indented block since
# 1.33 (k8s.io/client-go, transport/round_trippers.go; tried with 1.27 to 1.37). Every answer has the moment that it was
# made at (RFC 9110, 6.6.1; net/http of Go), and anybody may ask for the version (ClusterRole
# system:public-info-viewer).
_ASK = ("get", "--raw", "/version", "-v=8")
_FORM = r"(?P<date>[A-Za-z]{3}, \d\d [A-Za-z]{3} \d{4} [\d:]{8} GMT)"
_DATE = re.compile(rf"^(?:I\d{{4}} .*\] {{5}}|\t)Date: {_FORM}\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that was read once and goes on from there, whatever happens to the machine's own."""

    moment: datetime
    read: float

    @classmethod
    def of(cls, kubectl: Kubectl, *, or_own: bool = False) -> Self:
        """Return the API server's clock; says where this machine's differs.

        `or_own`: where the API server's cannot be told, to look at things with this machine's. Raises CommandError.
        """
        try:
            served = _served(kubectl)
        except CommandError as error:
            if not or_own:
                raise
            output.warning(f"{error}; this machine's clock is taken")
            return cls(lifetime.now(), time.monotonic())
        apart = lifetime.now() - served
        if abs(apart) > TOLERANCE:
            which = "ahead of" if apart > timedelta() else "behind"
            output.warning(
                f"this machine's clock is {lifetime.length(abs(apart))} {which} the API server's, "
                "which is the one that counts"
            )
        return cls(served, time.monotonic())

    def now(self) -> datetime:
        """Return the present moment, to the second."""
        gone = timedelta(seconds=time.monotonic() - self.read)
        return (self.moment + gone).replace(microsecond=0)


def _served(kubectl: Kubectl) -> datetime:
    try:
        said = kubectl.listen(*_ASK).said
    except ProcessError as error:
        # The last line is what kubectl says; those before are its log.
        last = (error.said.splitlines() or ["it said nothing"])[-1]
        raise CommandError(f"what time it is for the API server is not known: {last}") from None
    found = _DATE.search(said)
    if found is None:
        asked = f"{kubectl.binary} {' '.join(_ASK)}"
        raise CommandError(f"what time it is for the API server is not known: `{asked}` shows no Date of its answer")
    try:
        return datetime.strptime(found["date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        raise CommandError(f'what time it is for the API server is not known: it says "{found["date"]}"') from None
