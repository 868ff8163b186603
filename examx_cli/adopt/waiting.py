"""Waiting for what was begun, and saying why it does not come about."""

from collections.abc import Sequence

from examx_cli import output
from examx_cli.adopt.hands import Hands
from examx_cli.deploy import diagnosis, display, rollouts
from examx_cli.errors import Refusal
from examx_constructs.manifests import ObjectId


def wait_for(hands: Hands, keys: Sequence[ObjectId]) -> None:
    """Wait for rollouts. Raises Refusal, with what their pods say, for those that fail."""
    with display.shown(keys) as board:
        failed = rollouts.wait(hands.cluster, keys, timeout=hands.timeout, tell=board.tell)
    if not failed:
        return
    for key, line in failed.items():
        with output.group(f"Why {key.name} is not ready"):
            for said in (line, *diagnosis.explain(hands.cluster, key)):
                output.note(said)
    names = ", ".join(key.name for key in failed)
    raise Refusal(
        f"not ready: {names}; the pods from before go on serving: mend it and run the same command again, or take it "
        "back with --undo"
    )
