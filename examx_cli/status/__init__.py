"""What an environment does now, on one screen for the person on duty.

`look` reads it of the cluster, each thing for itself. What cannot be read is a value that says why, and keeps nothing
else from being shown. `words` says it, `screen` shows it, `document` gives it to machines.
"""

from examx_cli.status.look import look
from examx_cli.status.values import Status, Unread

__all__ = ["Status", "Unread", "look"]
