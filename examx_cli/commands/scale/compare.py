"""`examx scale compare`."""

from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Context, EnvironmentName, Json
from examx_cli.commands.scale import arguments as scale
from examx_cli.errors import CommandError
from examx_cli.scale import comparing
from examx_cli.scale.live import live
from examx_cli.scale.refusals import told
from examx_cli.scale.targets import Source, committed, environment, there
from examx_cli.scale.workloads import DEFAULT_START, Wish, workload
from examx_constructs.manifests import shown
from examx_constructs.manifests.versions import PINNED, Versions

_HEAD = "HEAD"


def compare(
    name: EnvironmentName,
    *,
    against: Annotated[
        str | None, typer.Option(metavar="REF", help="A commit, a branch, a tag; else HEAD.", show_default=False)
    ] = None,
    cluster: Annotated[
        bool, typer.Option("--cluster", help="Against what runs: what a deployment of this checkout would change.")
    ] = False,
    context: Context = None,
    queue: scale.Queue = None,
    burst: scale.Burst = None,
    over: scale.Over = "0s",
    ramp: scale.Ramp = None,
    daily: scale.Daily = None,
    exam_day: scale.ExamDay = None,
    zones: scale.Zones = "0",
    arrivals: scale.Arrivals = None,
    task: scale.Task = None,
    at: scale.At = DEFAULT_START,
    seed: scale.Seed = 0,
    pod_start: scale.PodStart = scale.POD_START,
    room: scale.Room = None,
    node_delay: scale.NodeDelay = scale.NODE_DELAY,
    start: scale.Start = None,
    prices: scale.PriceFile = None,
    kubernetes_version: scale.KubernetesVersion = PINNED.kubernetes,
    keda_version: scale.KedaVersion = PINNED.keda,
    json: Json = False,
) -> None:
    """Say what a change of scaling figures does to waits and pod hours: dist/ of the checkout against a commit.

    Or, with `--cluster`, against what runs. The workload is that of `examx scale simulate`; both sides meet the same
    tasks, for the same time.

        examx scale compare prod --against origin/main --burst 500 --task 8s
        examx scale compare prod --cluster --burst 500 --task 8s
        examx scale compare stg --exam-day 2000 --task 4s..20s --json
    """
    than = "what runs" if cluster else against or _HEAD
    wish = Wish(task, burst, over, ramp, daily, exam_day, zones, arrivals, at, seed)
    with told():
        tasks = workload(wish)
        of = scale.versions(kubernetes_version, keda_version)
        around = scale.surroundings(
            of, pod_start=pod_start, room=room, node_delay=node_delay, start=start, prices=prices
        )
        before, after = _before(name, against, of, cluster=cluster, context=context), environment(name, of)
        sides = there(before, queue), there(after, queue)
        if not any(sides):
            of_what = "queue that is scaled" if queue is None else f"queue {shown(queue)}"
            raise CommandError(f"neither {before.name} nor {name} of the checkout has a {of_what}")
        found = comparing.changes(*sides, tasks, around)
    if json:
        output.say_json(comparing.document(name, than, tasks.said, found))
    else:
        output.say(comparing.text(name, than, tasks.said, found))


def _before(name: str, against: str | None, of: Versions, *, cluster: bool, context: str | None) -> Source:
    """What the checkout is compared with. Raises CommandError and LoadError."""
    if not cluster:
        if context is not None:
            raise CommandError("--context is of --cluster, which is not given; no cluster is asked")
        return committed(name, against or _HEAD, of)
    if against is not None:
        raise CommandError(f"--against {against} and --cluster exclude each other: there is one before")
    return live(name, context, of)
