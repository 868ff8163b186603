"""Why kubectl does not get to a cluster, in one line that says what to run.

kubectl says it in a dozen lines, most of them from its log. The texts are those of kubectl 1.32 to 1.37: cmd/util/
helpers.go, and client-go's tools/clientcmd, rest and plugin/pkg/client/auth/exec.
"""

import re
from collections.abc import Sequence

from examx_cli.processes import ProcessError

_LOG_LINE = re.compile(r"^[EWIF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\] .*(?:\n|$)", re.MULTILINE)
_NO_CONFIGURATION = re.compile(
    r"current-context must exist|current-context is not set|no configuration has been provided"
)
_NO_CONTEXT = re.compile(
    r"(?:cannot locate context|context was not found for specified context:|no context exists with the name:?)"
    r" \"?([^\"\s]+)"
)
_NO_LOGIN = re.compile(
    r"You must be logged in to the server|server has asked for the client to provide credentials"
    r"|getting credentials: .*|Please enter (?:Username|Password)"
)
_NO_ANSWER = re.compile(
    r"The connection to the server (?P<refused>\S+) was refused"
    r"|(?:Unable to connect to the server: |(?:Get|Post|Put|Patch|Delete) \"https?://[^\"\n]+\": )(?P<why>[^\n]*)"
)
# Where kubectl has no kubeconfig at all it asks a server of its own machine.
_NOWHERE = frozenset({"localhost:8080", "127.0.0.1:8080", "[::1]:8080"})
_ADD = "`aws eks update-kubeconfig --name CLUSTER` adds that of a cluster"
_LIST = "`kubectl config get-contexts` lists those that it has"


class UnreachedError(ProcessError):
    """kubectl did not get to the cluster: why, and what to run."""

    def __init__(self, command: Sequence[str], error: ProcessError, message: str) -> None:
        super().__init__(command, error.status_of_program, error.said, error.printed)
        self.args = (message,)


def explained(command: Sequence[str], error: ProcessError) -> ProcessError:
    """Return kubectl's error without the lines of its log, in plain words where it did not get to a cluster."""
    said = _LOG_LINE.sub("", error.said).strip() or error.said
    clean = ProcessError(command, error.status_of_program, said, error.printed)
    message = _message(said)
    return UnreachedError(command, clean, message) if message else clean


def _message(said: str) -> str | None:
    answer = _NO_ANSWER.search(said)
    refused = answer["refused"] if answer else None
    if _NO_CONFIGURATION.search(said) or refused in _NOWHERE:
        return f"kubectl has no kubeconfig with a current context: name one with --context ({_LIST}); {_ADD}"
    if found := _NO_CONTEXT.search(said):
        return f'kubectl knows no context "{found[1]}": {_LIST}, {_ADD}'
    if found := _NO_LOGIN.search(said):
        return (
            f"the cluster does not know who asks ({_line(found[0])}): log in again, with `aws sso login` or as you do"
        )
    if answer:
        why = "it refuses the connection" if refused else _line(answer["why"])
        place = f" at {refused}" if refused else ""
        return f"the cluster{place} does not answer ({why}): is its address right, and is the network or the VPN up?"
    return None


def _line(text: str) -> str:
    return " ".join(text.split()).removeprefix("error: ")[:200]
