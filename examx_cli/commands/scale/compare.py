"""`examx scale compare`."""

from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Context, EnvironmentName, Json
from examx_cli.commands.groups import spread
from examx_cli.commands.scale import arguments as scale
from examx_cli.errors import CommandError
from examx_cli.scale import comparing
from examx_cli.scale.comparing import Work
from examx_cli.scale.live import live
from examx_cli.scale.refusals import refuse_idle, told
from examx_cli.scale.standard import levels, works
from examx_cli.scale.targets import Source, committed, environment, there
from examx_cli.scale.workloads import ONE_OF, Wish, workload
from examx_constructs.manifests import shown
from examx_constructs.manifests.versions import Asked
from examx_constructs.scaling import Workload

_HEAD = "HEAD"
_STANDARD = "standard workloads"


@spread
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
    wish: Wish,
    conditions: scale.Conditions,
    prices: scale.PriceFile = None,
    json: Json = False,
) -> None:
    """Say what a change of scaling figures does to waits and pod hours: dist/ of the checkout against a commit.

    Or, with `--cluster`, against what runs. The workload is that of `examx scale simulate`; without one, each queue has
    those that the environment promises something at (`service_levels`), as in `examx diff`. Both sides meet the same
    tasks, for the same time.

        examx scale compare prod --against origin/main
        examx scale compare prod --cluster --burst 500 --task 8s
        examx scale compare stg --exam-day 2000 --task 4s..20s --json
    """
    than = "what runs" if cluster else against or _HEAD
    with told():
        given = workload(wish) if wish.says_something else None
        of, around = conditions.versions, conditions.surroundings(prices)
        before, after = _before(name, against, of, cluster=cluster, context=context), environment(name, of)
        sides = there(before, queue), there(after, queue)
        if not any(sides):
            of_what = "queue that is scaled" if queue is None else f"queue {shown(queue)}"
            raise CommandError(f"neither {before.name} nor {name} of the checkout has a {of_what}")
        conditions.refuse_idle_start([*sides[0], *sides[1]])
        said = given.said if given else _STANDARD
        comes = _each_alike(given) if given else _promised(name)
        found = comparing.changes(*sides, comes, around)
        if not found:
            raise CommandError(f"{name} names no standard workload for it; give {ONE_OF}")
    if json:
        output.say_json(comparing.document(name, than, said, found))
    else:
        output.say(comparing.text(name, than, said, found))


def _each_alike(tasks: Workload) -> Callable[[str], Iterable[Work]]:
    """Return the same for every queue."""
    return lambda _: (Work(tasks),)


def _promised(name: str) -> Callable[[str], Iterable[Work]]:
    """Return the standard workloads of a queue; a queue without one is named, and not compared."""
    known = levels(name)

    def of(queue: str) -> Iterable[Work]:
        if queue in known:
            return works(known[queue])
        output.warning(f"{queue} is not compared: {name} names no standard workload for it; give {ONE_OF}")
        return ()

    return of


def _before(name: str, against: str | None, of: Asked, *, cluster: bool, context: str | None) -> Source:
    """Return what the checkout is compared with. Raises CommandError and LoadError."""
    if not cluster:
        refuse_idle("--cluster, which is not given", {"--context": context}, given=False)
        return committed(name, against or _HEAD, of)
    if against is not None:
        raise CommandError(f"--against {against} and --cluster exclude each other: there is one before")
    return live(name, context, of)
