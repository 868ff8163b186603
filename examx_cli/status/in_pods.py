"""What programs in pods say, where this identity may run any there."""

from examx_cli.deploy.diagnosis.reader import last_line
from examx_cli.errors import CommandError
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.status.reading import Reading
from examx_cli.status.values import Unread


def said_in(reading: Reading, pod: str, container: str, *command: str) -> str | Unread | None:
    """Return what a command prints in a container; None where this identity may run none there."""
    where = (pod, f"--namespace={reading.cluster.target.namespace}", f"--container={container}")
    try:
        return reading.cluster.kubectl.run("exec", *where, "--", *command)
    except ProcessError as error:
        if is_forbidden(error) or not _may_run_programs(reading):
            return None
        return Unread(f"{pod} cannot be asked: {last_line(error)}")
    except CommandError as error:
        return Unread(f"{pod} cannot be asked: {error}")


def _may_run_programs(reading: Reading) -> bool:
    """Return whether this identity may: kubectl says of a refused WebSocket no more than that there is none (1.37)."""
    namespace = f"--namespace={reading.cluster.target.namespace}"
    try:
        return reading.cluster.kubectl.run("auth", "can-i", "create", "pods/exec", namespace).strip() == "yes"
    except CommandError:
        return False
