"""`examx doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Context, EnvironmentName
from examx_cli.commands.diff import Format
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.doctor import Seen, State, examine, report
from examx_cli.doctor.needs import Needs
from examx_cli.errors import REFUSED
from examx_cli.project import Project


def doctor(
    environment: EnvironmentName,
    *,
    context: Context = None,
    format: Annotated[Format, typer.Option(help="Text for people, Markdown, or JSON.")] = Format.TEXT,
) -> None:
    """Ask a cluster whether it has what an environment needs. Exit status 1 where something is missing.

    Each precondition that the manifests of the checkout call for is looked for: the drivers of secrets and volumes
    and their versions, KEDA, the load balancer controller, the metrics APIs, the enforcement of network policies,
    DNS, nodes, roles and rights. What does not hold is said with what breaks without it and what mends it. What this
    identity may not look at, and what Kubernetes does not know, is `unknown` and no failure.

    It changes nothing. An administrator sees most; before the first `examx apply` as well as after it.

        examx doctor dev
        examx doctor prod --format json
    """
    project = Project.around(Path.cwd())
    version = working_tree(project, environment)
    cluster = cluster_of(version, context)
    needs = Needs.of(environment, version.manifests)
    with output.waiting(f"asking the cluster of {environment}"):
        verdicts = list(examine(needs, Seen(cluster.kubectl, needs.namespace)))
    where = f"what {environment} needs of {needs.cluster}, for {needs.namespace}"
    match format:
        case Format.TEXT:
            output.say(report.text(where, verdicts))
        case Format.MARKDOWN:
            output.say(report.markdown(where, verdicts))
        case _:
            output.say_json(report.document(environment, needs.cluster, needs.namespace, verdicts))
    if any(each.state is State.MISSING for each in verdicts):
        raise typer.Exit(REFUSED)
