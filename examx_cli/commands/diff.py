"""`examx diff`."""

import json
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from examx_cli import output, reading
from examx_cli.asked import AskedChange
from examx_cli.commands.arguments import Context, PricesFile, read_prices
from examx_cli.comparison.forecast import concerns_scaling
from examx_cli.credentials import redis
from examx_cli.diff import document, markdown, sources, text
from examx_cli.diff.sources import Comparison
from examx_cli.errors import REFUSED, CommandError
from examx_cli.kubectl import Kubectl
from examx_cli.project import Project, known_environment
from examx_constructs.environments import ENVIRONMENTS

if TYPE_CHECKING:
    from examx_constructs.scaling.prices import Prices


class Format(StrEnum):
    """For whom the answer is."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def diff(
    environments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ENV]",
            help=f"The environments: {', '.join(ENVIRONMENTS)}.",
            autocompletion=lambda: [*ENVIRONMENTS],
            show_default=False,
        ),
    ] = None,
    *,
    all: Annotated[bool, typer.Option("--all", help="All environments.")] = False,
    against: Annotated[
        str, typer.Option(metavar="REF|cluster", help="A commit, a branch, a tag; or `cluster`: what runs.")
    ] = "HEAD",
    of: Annotated[
        str | None,
        typer.Option(metavar="REF", help="The manifests of a commit, instead of the checkout's.", show_default=False),
    ] = None,
    context: Context = None,
    prices: PricesFile = None,
    format: Annotated[
        Format, typer.Option(help="Text for people, Markdown for a pull request, or JSON.")
    ] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as `--format json`.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with status 1 when something changes.")] = False,
    file: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write there instead.", show_default=False)
    ] = None,
) -> None:
    """Show what the manifests in dist/ would change, field by field, and what that does to a running system.

    The manifests are those of the checkout, committed or not. Each change says what it does: nothing, something without
    a restart, scaling, a restart with its pods, a stop. It also says what would be refused, or costs data.

        examx diff dev
        examx diff prod --against cluster
        examx diff --all --against main --format markdown --output comment.md

    Where scaling figures change, it says what becomes of the standard workloads that the environment names, simulated:
    p95 waits, pod hours, and whether a service level is kept.

    Where the requests of all pods change, it says how much CPU and memory they are at rest and at most, before and
    after. With `--prices`, also per month.

    With `--of` nothing of that commit is run or checked out: its manifests are read out of git, as data.

    A branch that is named `cluster` is `refs/heads/cluster`.
    """
    project = Project.around(Path.cwd())
    if of is not None and against == sources.CLUSTER:
        raise CommandError("--of is of a commit, and --against cluster compares what is checked out: say --against REF")
    chosen = _chosen(environments or [], all=all)
    paid = read_prices(prices)
    compared = [_summed(_foretold(_compare(project, each, against, of, context)), paid) for each in chosen]
    _write(compared, Format.JSON if as_json else format, file)
    if exit_code and any(each.difference for each in compared):
        raise typer.Exit(REFUSED)


def _chosen(environments: list[str], *, all: bool) -> list[str]:
    if all == bool(environments):
        raise CommandError(f"name the environments, or say --all; known are {', '.join(ENVIRONMENTS)}")
    return list(ENVIRONMENTS) if all else [known_environment(each) for each in dict.fromkeys(environments)]


def _compare(project: Project, environment: str, against: str, of: str | None, context: str | None) -> Comparison:
    if against != sources.CLUSTER:
        if context is not None:
            raise CommandError(
                f"--context is of a cluster, and --against is {against}: say --against {sources.CLUSTER}"
            )
        return sources.against_commit(project, environment, against, of)
    kubectl = Kubectl(context)
    with output.waiting(f"asking the cluster of {environment}"):
        compared = sources.against_cluster(project, environment, kubectl)
        made = redis.foretold(kubectl, reading.read(project.manifests(environment)))
    for each in made:
        output.note(f"{each.key}: no manifest holds it; `examx apply {environment}` would make it")
    return compared


def _foretold(compared: Comparison) -> Comparison:
    """Add what it does to waits and pod hours, where scaling figures change."""
    if compared.sides is None or not concerns_scaling(compared.difference):
        return compared
    from examx_cli.scale.forecasting import forecast  # noqa: PLC0415 - a simulator, which few changes need

    return replace(compared, forecast=forecast(compared.environment, *compared.sides()))


def _summed(compared: Comparison, prices: "Prices | None") -> Comparison:
    """Add what it asks for in all, where that changes and nothing of it is unseen."""
    if compared.sides is None or not compared.difference or compared.difference.not_compared:
        return compared
    return replace(compared, asked=AskedChange.between(*compared.sides(), prices))


def _write(compared: Sequence[Comparison], format: Format, file: Path | None) -> None:
    if file is not None:
        try:
            file.write_text(_rendered(compared, format), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}") from error
    elif format is Format.TEXT:
        output.show(text.report(compared))
    else:
        output.say(_rendered(compared, format))


def _rendered(compared: Sequence[Comparison], format: Format) -> str:
    match format:
        case Format.TEXT:
            return f"{text.report(compared).plain}\n"
        case Format.MARKDOWN:
            return markdown.report(compared)
        case _:
            return json.dumps(document.report(compared), indent=2, ensure_ascii=False, default=str) + "\n"
