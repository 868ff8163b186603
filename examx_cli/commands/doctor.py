"""`examx doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.cluster import check_identity
from examx_cli.commands.arguments import Context
from examx_cli.commands.diff import Format
from examx_cli.doctor import Seen, State, asking, examine, report
from examx_cli.doctor.aws import Account
from examx_cli.doctor.hub import Repository, Workflows
from examx_cli.doctor.needs import FEATURE, Needs
from examx_cli.doctor.sample import sample
from examx_cli.errors import REFUSED, CommandError
from examx_cli.kubectl import Kubectl
from examx_cli.project import Project, known_environment
from examx_cli.reading import read
from examx_constructs.environments import ENVIRONMENTS


def _known(name: str) -> str:
    try:
        return name if name == FEATURE else known_environment(name)
    except CommandError as error:
        raise typer.BadParameter(f"{error}, and {FEATURE} for those of branches") from error


def doctor(
    environment: Annotated[
        str,
        typer.Argument(
            metavar="ENV",
            help=f"The environment: {', '.join(ENVIRONMENTS)}; or {FEATURE}, for those of branches.",
            callback=_known,
            autocompletion=lambda: [*ENVIRONMENTS, FEATURE],
        ),
    ],
    *,
    context: Context = None,
    aws: Annotated[
        bool, typer.Option("--aws", help="Also ask AWS, by the program `aws`: certificates, nodes, firewall, images.")
    ] = False,
    github: Annotated[
        bool, typer.Option("--github", help="Also ask GitHub, by the program `gh`: environments, secrets, protection.")
    ] = False,
    format: Annotated[Format, typer.Option(help="Text for people, Markdown, or JSON.")] = Format.TEXT,
) -> None:
    """Ask a cluster whether it has what an environment needs. Exit status 1 where something is missing.

    Each precondition that the manifests of the checkout call for is looked for. These are the drivers of secrets and
    volumes and their versions, KEDA, the load balancer controller, and the metrics APIs. They are also the enforcement
    of network policies, DNS, nodes, roles and rights. What does not hold is said with what breaks without it and what
    mends it. What this identity may not look at, and what Kubernetes does not know, is `unknown` and no failure.

    Of AWS and GitHub, `--aws` and `--github` ask the programs `aws` and `gh` with the identity that they are signed in
    as. What they do not show is `unknown`, with the command that shows it. EXAMX_AWS and EXAMX_GH name other programs.

    It changes nothing. An administrator sees most; before the first `examx apply` as well as after it.

        examx doctor dev
        examx doctor prod --format json
        examx doctor prod --aws --github
        examx doctor feature
    """
    project = Project.around(Path.cwd())
    kubectl = Kubectl(context)
    needs = Needs.of(environment, sample(project) if environment == FEATURE else read(project.manifests(environment)))
    check_identity(kubectl, needs.cluster)
    seen = Seen(kubectl, needs.namespace)
    account = Account(asking.aws(needs.region), seen) if aws else None
    repository = Repository(asking.github(), Workflows.of(project.root)) if github else None
    if account:
        account.check_identity(needs)
    with output.waiting(f"asking the cluster of {environment}"):
        verdicts = list(examine(needs, seen, account=account, repository=repository))
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
