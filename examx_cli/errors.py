"""What ends a command early, and with which exit status.

Exit statuses are the same for every command. 0: done, or nothing to do. 1: the answer is no (findings, a refused
change, a wrong password, a failed rollout). 2: unusable input, and everything else that keeps a command from its work.
130: interrupted.
"""

REFUSED = 1
UNUSABLE = 2
INTERRUPTED = 130


class CommandError(Exception):
    """A command cannot do its work: the message is all that a person needs to know."""

    status = UNUSABLE


class Refusal(CommandError):  # noqa: N818 - an answer, not an error
    """The command did its work, and the answer is no."""

    status = REFUSED


class Interruption(CommandError):  # noqa: N818 - somebody's wish, not an error
    """Somebody stopped the command: the message says what state that leaves."""

    status = INTERRUPTED
