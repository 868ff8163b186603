"""`examx scale simulate`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Context, Json
from examx_cli.commands.groups import spread
from examx_cli.commands.scale import arguments as scale
from examx_cli.errors import CommandError
from examx_cli.project import known_environment
from examx_cli.scale import pictures, report
from examx_cli.scale.live import live
from examx_cli.scale.refusals import refuse_idle, told
from examx_cli.scale.simulating import simulated
from examx_cli.scale.targets import Source, chosen, source
from examx_cli.scale.workloads import Wish, workload
from examx_constructs.manifests.versions import Asked


@spread
def simulate(
    targets: scale.Targets,
    *,
    cluster: scale.Cluster = False,
    context: Context = None,
    queue: scale.Queue = None,
    wish: Wish,
    concurrency: scale.Concurrency = None,
    conditions: scale.Conditions,
    prices: scale.PriceFile = None,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Draw it there.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Draw it there, in one file, to zoom into.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what an autoscaler makes of a workload: waits, pods and hours, computed without a cluster.

    Of one queue it shows how it went over time; of several it compares the figures. What is given of `--burst`,
    `--ramp`, `--daily`, `--exam-day` and `--arrivals` comes at once. The same call prints the same.

        examx scale simulate prod --queue default --burst 500 --task 8s
        examx scale simulate prod --exam-day 2000 --zones 0,1.5 --html exam.html
        examx scale simulate ../their-service/k8s --arrivals friday.csv --task 8s
        examx scale simulate prod --cluster --burst 500 --task 8s
        kubectl get so,hpa,deploy -o yaml | examx scale simulate - --burst 500

    How close the model comes to a cluster says `examx scale replay`.
    """
    with told():
        tasks = workload(wish)
        of = conditions.versions
        around = conditions.surroundings(prices)
        where = _source(targets, of, cluster=cluster, context=context)
        found = chosen(where, queue, concurrency=concurrency)
        conditions.refuse_idle_start(found)
        runs = simulated(found, tasks, around)
    title = f"{where.name}: {tasks.said}"
    if svg:
        pictures.write_svg(svg, title, runs)
    if html:
        pictures.write_html(html, title, runs)
    if json:
        output.say_json(report.document(where.name, tasks.said, runs))
    else:
        output.say(report.text(where.name, tasks.said, runs, around.prices))


def _source(targets: Sequence[str], of: Asked, *, cluster: bool, context: str | None) -> Source:
    """Return where the manifests come from. Raises CommandError and LoadError."""
    if not cluster:
        refuse_idle("--cluster, which is not given", {"--context": context}, given=False)
        return source(targets, of)
    if len(targets) != 1:
        raise CommandError(f"--cluster reads one environment; {len(targets)} targets are given")
    return live(known_environment(targets[0]), context, of)
