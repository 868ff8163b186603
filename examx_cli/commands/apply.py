"""`examx apply`."""

from pathlib import Path
from typing import Annotated

import typer

from examx_cli import open_media, output
from examx_cli.commands.arguments import Context, EnvironmentName, Json, Timeout
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.deploy.deployment import Done, Options, deploy, rehearse
from examx_cli.deploy.rules import refuse_broken, refuse_unpinned
from examx_cli.project import Project, manifests_path
from examx_constructs.settings import Duration


def apply(
    environment: EnvironmentName,
    *,
    context: Context = None,
    timeout: Timeout = "30m",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    prune_storage: Annotated[
        bool,
        typer.Option(
            "--prune-storage", help="Also remove PersistentVolumeClaims that are no longer rendered. Data goes."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Apply the manifests of an environment and wait until they run.

    What dist/ holds is applied server-side, in its order, after a dry run of all of it. What the cluster would refuse,
    such as another selector of a Deployment, stops it before anything is touched. Then every rollout is waited for.
    What this environment owned and no longer renders is removed; never a volume, a claim (unless told to), a namespace.

    The passwords of Redis are made once, before what needs them, in a Secret that is never read or written over.

    It can be run again at any time, and goes on where it was stopped.

        examx apply dev
        examx apply prod --context prod-admin --timeout 45m
    """
    version = working_tree(Project.around(Path.cwd()), environment)
    refuse_broken(version, manifests_path(environment))
    refuse_unpinned(environment, version)
    cluster = cluster_of(version, context)
    if not version.commit:
        output.warning(f"dist/{environment}.k8s.yaml is not committed as it is: no rollback can come back to it")
    open_media.warn(manifests_path(environment), version.manifests)
    if dry_run:
        report(rehearse(cluster, version.manifests, prune_storage=prune_storage), json=json, would="would be ")
        return
    report(deploy(cluster, version.manifests, version.entry(), Options(Duration(timeout), prune_storage)), json=json)


def report(done: Done, *, json: bool, would: str = "") -> None:
    """Say what a deployment did, or would do."""
    if json:
        told = ("made", "changed", "pruned", "left")
        output.say_json({name: [str(key) for key in getattr(done, name)] for name in told})
        return
    for name, word in (("made", "made"), ("changed", "changed"), ("pruned", "removed")):
        for key in getattr(done, name):
            output.say(f"{would}{word}: {key}")
    output.say(f"{len(done.changed)} objects {would}changed, {len(done.pruned)} {would}removed")
