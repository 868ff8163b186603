"""`examx scale tune`."""

from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import EnvironmentName, Json
from examx_cli.commands.groups import spread
from examx_cli.commands.scale import arguments as scale
from examx_cli.errors import Refusal
from examx_cli.scale import amounts, tuning_report
from examx_cli.scale.refusals import told
from examx_cli.scale.targets import chosen, environment
from examx_cli.scale.tuned import subject, tuned, wanted
from examx_cli.scale.tuning import MOST_TRIES
from examx_cli.scale.workloads import Wish, workloads


@spread
def tune(
    name: EnvironmentName,
    *,
    queue: scale.OneQueue,
    p95: Annotated[
        str | None,
        typer.Option("--p95", metavar="TIME", help="What 95 of 100 tasks may wait at most; else what is promised."),
    ] = None,
    wish: Wish,
    most: Annotated[
        int | None,
        typer.Option("--most", metavar="PODS", help="As many there may be; else twice the maximum of today.", min=1),
    ] = None,
    tries: Annotated[int, typer.Option(metavar="SETTINGS", help="As many are tried at most.", min=1)] = MOST_TRIES,
    conditions: scale.Conditions,
    json: Json = False,
) -> None:
    """Search the figures of a queue that hold a wait at the fewest pod hours, and say what to write where.

    It changes list length, bounds, and how fast the queue follows up and down. Each of `--burst`, `--ramp`, `--daily`,
    `--exam-day` and `--arrivals` is a workload of its own. The wait has to hold in all of them, and their pod hours
    count together. Without one, and without `--p95`, it is what the environment promises of the queue. No task may be
    left or cut more than today, and the most pods are never fewer. What it proposes has passed the rules that a change
    has to pass; it writes nothing. The same call proposes the same.

        examx scale tune prod --queue default
        examx scale tune prod --queue bulk_upload --p95 60s --burst 100 --task 20s
        examx scale tune prod --queue default --p95 5s --exam-day 5000

    Exit status 1: no setting that was tried holds the wait; the nearest is shown.
    """
    with told():
        of = conditions.versions
        around = conditions.surroundings()
        level = None if p95 is None else amounts.seconds("--p95", p95)
        comes = workloads(wish) if wish.says_something else []
        where = environment(name, of)
        found = chosen(where, queue)
        conditions.refuse_idle_start(found)
        whose = subject(name, where, found, queue)
        level, comes = wanted(whose, level, comes)
        with output.waiting(f"Trying settings of {whose.queue.name} ..."):
            proposed = tuned(whose, where, comes, around, level=level, most=most, tries=tries)
    if json:
        output.say_json(tuning_report.document(proposed))
    elif proposed.holds:
        output.say(tuning_report.text(proposed))
    if not proposed.holds:
        raise Refusal(tuning_report.refusal(proposed))
