"""`examx feature show`."""

import os
from typing import Annotated

import typer
from rich.table import Table

from examx_cli import output
from examx_cli.commands.arguments import Json
from examx_cli.commands.feature.arguments import BranchOrSlug, Context
from examx_cli.errors import Refusal
from examx_cli.features.existing import chosen
from examx_cli.features.registry import Registry
from examx_cli.features.summary import pods, summary
from examx_cli.features.viewers import entrance
from examx_cli.github import in_workflow
from examx_constructs.manifests import Object, text


def show(
    branch: BranchOrSlug,
    *,
    key: Annotated[bool, typer.Option("--key", help="The address that lets in all who open it; nothing else.")] = False,
    context: Context = None,
    json: Json = False,
) -> None:
    """Show one environment: its address, its figures, and what runs in it.

    Its address lets in who has its key. `--key` shows the address with the key in it, to be opened once in each
    browser, to those who may run commands in its pods. It does not in a workflow, whose log many read.

    By its branch, or by what its host begins with:

        examx feature show feature/login
        examx feature show feature-logi-h29f2w2
        examx feature show feature/login --key
    """
    if key and in_workflow(os.environ):
        raise Refusal("--key is for a terminal: everybody who may read the repository reads the log of a workflow")
    registry = Registry.of(context)
    environment = chosen(branch, registry.all())
    if key:
        address = entrance(registry.kubectl, environment.slug)
        if json:
            output.say_json({"name": environment.name, "entrance": address})
        else:
            output.say(address)
        return
    workloads = registry.workloads(environment)
    backend = next((each for each in workloads if _component(each) == "backend"), None)
    known = summary(environment, backend)
    if json:
        output.say_json({**known, "workloads": {text(each, "metadata", "name"): pods(each) for each in workloads}})
        return
    for name, value in known.items():
        output.say(f"{name:<10} {value or ''}".rstrip())
    table = Table(box=None, pad_edge=False)
    for heading in ("workload", "ready", "wanted"):
        table.add_column(heading)
    for each in workloads:
        number = pods(each)
        table.add_row(text(each, "metadata", "name"), str(number["ready"]), str(number["wanted"]))
    output.say("")
    output.show(table)


def _component(workload: Object) -> str:
    return text(workload, "metadata", "labels", "app.kubernetes.io/component")
