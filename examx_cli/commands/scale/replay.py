"""`examx scale replay`."""

from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Json
from examx_cli.scale import replaying
from examx_cli.scale.refusals import told


def replay(
    recordings: Annotated[
        list[Path], typer.Argument(metavar="NAME.json NAME.csv...", help="Recordings, or folders of them.")
    ],
    *,
    json: Json = False,
) -> None:
    """Hold the model against what a cluster did: it is given the recorded queue, and has to find the replicas.

    Of one recording it shows each step beside the model's; of several how far it is off, the worst first. When the
    controllers looked first no recording tells, so 15 moments are tried, and the best counts.

        examx scale replay prod-step.json prod-step.csv
        examx scale replay recordings/
    """
    with told():
        given = replaying.recordings(recordings)
        for each in given:
            for moment, action in each.unmodelled:
                output.warning(f'{each.name}: "{action}" at {moment:g} s is not modelled; what follows may be off')
        with output.waiting(f"Replaying {len(given)} ..."):
            found = replaying.replayed(given)
    if json:
        output.say_json(replaying.document(found))
    else:
        output.say(replaying.text(found))
