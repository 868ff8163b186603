"""`examx feature list` and `examx feature show`."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from examx_cli import output
from examx_cli.commands.arguments import Json
from examx_cli.commands.feature.arguments import BranchOrSlug, Context, Owner
from examx_cli.errors import Refusal
from examx_cli.features.clock import Clock
from examx_cli.features.existing import Existing, chosen
from examx_cli.features.lifetime import left
from examx_cli.features.owner import me
from examx_cli.features.registry import Registry, image_of
from examx_cli.features.viewers import entrance
from examx_cli.github import in_workflow
from examx_cli.images import tag_of
from examx_constructs.environments.feature import rfc3339
from examx_constructs.manifests import Object, at, text

HEADINGS = ("branch", "owner", "address", "expires in", "state", "image")


def list_features(
    *,
    mine: Annotated[bool, typer.Option("--mine", help="Only your own.")] = False,
    expired: Annotated[bool, typer.Option("--expired", help="Only those whose time is over.")] = False,
    owner: Owner = None,
    context: Context = None,
    json: Json = False,
) -> None:
    """List the feature environments of the cluster: whose each is, where, until when, and whether it runs.

    One's own, and for a script the branches of those that have expired:

        examx feature list --mine

        examx feature list --expired --json | jq -r '.[].branch'
    """
    registry = Registry.of(context)
    moment = Clock.of(registry.kubectl, or_own=True).now()
    whose = me(owner) if mine else None
    found = [
        each
        for each in registry.all()
        if (whose is None or each.is_of(whose)) and (not expired or each.has_expired(moment))
    ]
    backends = registry.backends()
    if json:
        output.say_json([_summary(each, backends.get(each.namespace)) for each in found])
    elif found:
        output.show(_table(found, backends, moment))
    else:
        output.note("no feature environments" + (" of that kind" if mine or expired else ""))


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
    summary = _summary(environment, backend)
    if json:
        output.say_json({**summary, "workloads": {text(each, "metadata", "name"): _pods(each) for each in workloads}})
        return
    for name, value in summary.items():
        output.say(f"{name:<10} {value or ''}".rstrip())
    table = Table(box=None, pad_edge=False)
    for heading in ("workload", "ready", "wanted"):
        table.add_column(heading)
    for each in workloads:
        pods = _pods(each)
        table.add_row(text(each, "metadata", "name"), str(pods["ready"]), str(pods["wanted"]))
    output.say("")
    output.show(table)


def _summary(environment: Existing, backend: Object | None) -> dict[str, object]:
    """Return what one wants to know of an environment first, for a machine."""
    return {
        "name": environment.name,
        "branch": environment.branch,
        "owner": environment.owner,
        "url": environment.url,
        "namespace": environment.namespace,
        "created": rfc3339(environment.created),
        "expires": rfc3339(environment.expires) if environment.expires else None,
        "env": "custom" if environment.env_secret else "default",
        "image": image_of(backend) or None,
        "state": _state(environment, backend),
    }


def _table(environments: list[Existing], backends: Mapping[str, Object], moment: datetime) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading, overflow="fold")
    for each in environments:
        backend = backends.get(each.namespace)
        tag = tag_of(image_of(backend))
        table.add_row(each.branch, each.owner, each.url, left(each.expires, moment), _state(each, backend), tag)
    return table


def _state(environment: Existing, backend: Object | None) -> str:
    """Return whether it can be used: by the backend, which is what people look at; workers sleep."""
    if environment.ending:
        return "being removed"
    if backend is None:
        return "incomplete"
    return "ready" if _pods(backend)["ready"] else "not ready"


def _pods(workload: Object) -> dict[str, int]:
    numbers = {"ready": at(workload, "status", "readyReplicas"), "wanted": at(workload, "spec", "replicas")}
    return {name: number if isinstance(number, int) else 0 for name, number in numbers.items()}


def _component(workload: Object) -> str:
    return text(workload, "metadata", "labels", "app.kubernetes.io/component")
