"""`examx restart`."""

from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.commands.arguments import Context, EnvironmentName, Json, Timeout
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.deploy.history import History
from examx_cli.errors import Refusal
from examx_cli.project import Project
from examx_cli.restart import report
from examx_cli.restart.plan import Choice, Plan, plan
from examx_cli.restart.rolling import Restart
from examx_cli.rotation.holding import look_at
from examx_constructs.manifests import ObjectId
from examx_constructs.settings import Duration

_SHORT_COMMIT = 10


def restart(
    environment: EnvironmentName,
    workloads: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORKLOAD]", help="Only these, such as celery-beat or statefulset/redis.", show_default=False
        ),
    ] = None,
    *,
    context: Context = None,
    secret: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only what takes this SecretProviderClass or Secret.", show_default=False),
    ] = None,
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Only what holds an older value of a secret than is known.")
    ] = False,
    timeout: Timeout = "30m",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    json: Json = False,
) -> None:
    """Replace pods, so that what was rotated in the secret store reaches the application.

    What takes a secret is restarted. First what restarts without a missing pod where the strategy allows it, then what
    is down meanwhile, such as beat, which never runs twice. Each step is waited for; one that fails keeps the next from
    being touched. What keeps data, such as a Redis, restarts only when it or a secret that it reads at its start is
    named. Its servers take new passwords while they run (`examx rotate`).

    Before and after, it says which pods hold an older value, as far as the Secrets Store driver has seen a newer one.

    It changes nothing else: the next apply leaves it, and diff and drift do not tell of it.

        examx restart dev --dry-run
        examx restart prod --outdated --context prod-admin
        examx restart stg celery-beat celery-worker-default
        examx restart prod --secret redis-auth
    """
    seconds = Duration(timeout).seconds
    version = working_tree(Project.around(Path.cwd()), environment)
    cluster = cluster_of(version, context)
    _warn_of_deployment(cluster)
    with output.waiting("Asking the cluster what runs ..."):
        made = plan(cluster, version.manifests, Choice(workloads or (), secret, outdated))
    _tell(made)
    wanted = Restart.now(cluster, made)
    difference = wanted.rehearse()
    if dry_run:
        _say(list(report.rehearsed(made, difference)), report.document(made, made.look), json=json)
        return
    if made.keys:
        output.note(difference.summary())
    wanted.run(seconds)
    after = look_at(cluster, version.manifests)
    _say(list(report.done(made, after)), report.document(made, after), json=json)
    if late := sorted({each.workload.name for each in after.outdated if each.workload in made.keys}):
        raise Refusal(
            f"restarted, but pods of {', '.join(late)} hold an older value: it changed once more; run the command again"
        )


def _warn_of_deployment(cluster: Cluster) -> None:
    begun = History.of(cluster).begun
    if begun is not None:
        what = begun.commit[:_SHORT_COMMIT] or "files that are not committed"
        output.warning(f"a deployment of {what} was begun and has not ended well: what it left is what restarts")


def _tell(made: Plan) -> None:
    for name in made.unsettled:
        output.warning(
            f"{name}: pods have several versions of it mounted, and each node writes its own into the Secret that "
            "variables are taken from: wait until they agree, or some pods may start with the older value"
        )
    for key in made.foreign:
        output.note(f"{key}: not rendered here, and takes one of these secrets too; {_by_hand(key)} restarts it")


def _by_hand(key: ObjectId) -> str:
    return f"`kubectl rollout restart {key.resource} --namespace={key.namespace}`"


def _say(lines: list[str], document: dict[str, object], *, json: bool) -> None:
    if json:
        output.say_json(document)
    else:
        output.say("\n".join(lines))
