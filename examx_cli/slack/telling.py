"""Tells Slack of an outcome. A Slack that is not set up, down or slow is a warning, and fails nothing."""

import os
from typing import TYPE_CHECKING

from examx_cli import output
from examx_cli.github import Run
from examx_cli.slack.outcome import Outcome

if TYPE_CHECKING:
    from examx_cli.slack.message import Payload

WEBHOOK = "SLACK_WEBHOOK_URL"
"""The environment variable with the address of the channel's incoming webhook, which is a credential."""
SECONDS = 30.0
"""How long Slack may take, with all tries."""


def payload(outcome: Outcome, environment: str) -> "Payload":
    """Make the message of an outcome, in the name of who runs this."""
    # Not above: Slack's package would take a fifth of the start of every other command.
    from examx_cli.slack import message  # noqa: PLC0415

    run = Run.current(os.environ)
    who = run.actor if run else os.environ.get("USER", "")
    return message.payload(outcome, environment, who, run)


def tell(outcome: Outcome, environment: str, *, seconds: float = SECONDS) -> bool:
    """Send it, within so many seconds; return whether Slack took it. Where it did not, a warning says why."""
    from examx_cli.slack import webhook  # noqa: PLC0415 - as above

    try:
        webhook.post(payload(outcome, environment), os.environ.get(WEBHOOK, ""), seconds=seconds)
    except webhook.Undelivered as why:
        output.warning(f"Slack was not told ({WEBHOOK}): {why}")
        return False
    return True
