"""`examx scale record`."""

import time
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Context
from examx_cli.commands.scale import arguments as scale
from examx_cli.credential import Credential
from examx_cli.errors import CommandError
from examx_cli.prometheus import TOKEN_VARIABLE, Prometheus
from examx_cli.scale import amounts, words
from examx_cli.scale.record_chosen import in_pods, rendered, running
from examx_cli.scale.record_loop import Source, record
from examx_cli.scale.record_prometheus import Past
from examx_cli.scale.record_redis import PASSWORD_VARIABLE, Address, Server
from examx_cli.scale.record_rows import Rows, Target
from examx_cli.scale.record_scaled import Scaled, add_past
from examx_cli.scale.refusals import refuse_idle
from examx_constructs.environments import ENVIRONMENTS

_SHORTEST = 0.1
_SINCE = "24h"
_WATCHED = "a list that is watched, and Prometheus is asked for what was"
_FROM = "an environment, --redis or --prometheus"


def record_list(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[ENV]",
            help=f"The environment ({', '.join(ENVIRONMENTS)}) whose Redis is asked, in its pods.",
            autocompletion=lambda: [*ENVIRONMENTS],
            show_default=False,
        ),
    ] = None,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="CSV", help="The file, which must not be there.")],
    queue: scale.Queue = None,
    every: Annotated[str, typer.Option(metavar="TIME", help="From one row to the next.")] = "5s",
    duration: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="So long; else until it is interrupted.")
    ] = None,
    context: Context = None,
    redis: Annotated[
        str | None, typer.Option(metavar="URL", help="A Redis that is reached from here: redis://HOST:6379/0.")
    ] = None,
    master: Annotated[
        str | None, typer.Option(metavar="NAME", help="The hosts of --redis are Sentinels, and the master is this.")
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"What logs in to Redis; else the variable {PASSWORD_VARIABLE}."),
    ] = None,
    prometheus: Annotated[
        str | None, typer.Option(metavar="URL", help="A Prometheus, whose past is read: http://localhost:9090.")
    ] = None,
    query: Annotated[str | None, typer.Option(metavar="PROMQL", help="The length of the list, as one series.")] = None,
    counts: Annotated[
        bool, typer.Option("--counts", help="The query tells how many tasks came within each step: increase(...).")
    ] = False,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="How far back Prometheus is asked; else 24h.")
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"A token for Prometheus; else the variable {TOKEN_VARIABLE}."),
    ] = None,
) -> None:
    """Write down what comes to a list, as a file that `simulate`, `compare` and `tune` take with `--arrivals`.

    A Redis is asked for the lengths of the queue's lists, again and again, until the time is over or Ctrl-C. What there
    is then, is kept. While nobody answers, as in a failover, the rows are empty, and a warning says from when to when.
    Prometheus is asked once, for what was.

    Where an environment is named, the file has the replicas of the queue's workload beside the list. A JSON file beside
    it has the ScaledObject, and what pods use. Together they are a recording for `examx scale replay`. The environment
    may be named with `--redis` too; or with `--prometheus`, where kube-state-metrics tells of the replicas.

        examx scale record prod --queue default --for 2h --out friday.csv
        examx scale record --redis redis://localhost:6379 --queue default --every 1s
        examx scale record --prometheus http://localhost:9090 --query 'sum(waiting)'
        examx scale record prod --queue default --redis redis://localhost:6379

    What comes and is taken between two looks does not show in a length, so look often where tasks are short.
    """
    step = amounts.seconds("--every", every)
    if step < _SHORTEST:
        raise amounts.refused("--every", every, "0.1s or more", "the server has other work to do")
    if all(each is None for each in (name, redis, prometheus)) or None not in (redis, prometheus):
        raise CommandError(f"one place is recorded: give {_FROM}, and one of them")
    asked = {"--query": query, "--token-file": token_file, "--counts": counts, "--since": since}
    refuse_idle("--prometheus, which is not asked", asked, given=prometheus is not None)
    login = {"--master": master, "--password-file": password_file}
    refuse_idle("--redis, which is not asked", login, given=redis is not None)
    of_cluster = name is not None and prometheus is None
    refuse_idle("an environment's cluster, which is not asked", {"--context": context}, given=of_cluster)
    refuse_idle(_WATCHED, {"--for": duration}, given=prometheus is None)
    refuse_idle(_WATCHED, {"--queue": queue}, given=prometheus is None or name is not None)
    scaled = None if name is None else rendered(name, queue)
    listed = queue if scaled is None else scaled.queue
    if prometheus is not None:
        if query is None:
            raise CommandError("--query is missing; allowed: PromQL that tells the length of the list, as one series")
        if counts and scaled is not None:
            raise CommandError("--counts and an environment exclude each other: a replay goes by the list's length")
        target = _target(out, scaled)
        server = Prometheus(prometheus, Credential(TOKEN_VARIABLE, token_file))
        past = partial(_past, server, now=time.time(), since=amounts.seconds("--since", since or _SINCE), step=step)
        rows = past(query, counts=counts)
        if scaled is not None:
            add_past(rows, scaled, past)
        target.write(rows)
    else:
        seconds = None if duration is None else amounts.seconds("--for", duration)
        _target(out, scaled)
        scaled = None if scaled is None else running(scaled, context)
        source = (
            in_pods(name or "", context, listed or "")
            if redis is None
            else _server(redis, master, listed, password_file)
        )
        rows = record(source, _target(out, scaled), every=step, seconds=seconds, scaler=scaled)
    _tell(out, rows)


def _target(out: Path, scaled: Scaled | None) -> Target:
    """Return the files that are written. Raises CommandError where they could not be."""
    target = Target(out, about=None if scaled is None else scaled.about)
    target.check()
    return target


def _past(server: Prometheus, query: str, *, now: float, since: float, step: float, counts: bool = False) -> Rows:
    return Past(server, query).rows(now=now, since=since, step=step, counts=counts)


def _server(url: str, master: str | None, queue: str | None, password_file: Path | None) -> Source:
    if not queue:
        raise CommandError("--queue is missing; allowed: the name of a list of the Redis")
    password = Credential(PASSWORD_VARIABLE, password_file)
    password.read()
    return Server(Address.parse(url, master), queue, password)


def _tell(out: Path, rows: Rows) -> None:
    gaps = rows.gaps
    for first, end in gaps:
        output.warning(f"{out}: nothing is known from {first:g} s to {end:g} s")
    missing = f", {len(rows.figures) - rows.known} of them empty" if gaps else ""
    output.say(f"{out}: {words.counted(len(rows.figures), 'row')} of {words.time(rows.step)}{missing}")
