"""Arguments and options that several of the commands have."""

from typing import Annotated

import typer

from examx_cli.features import lifetime
from examx_cli.features.owner import OWNER_VARIABLE

Branch = Annotated[str, typer.Argument(metavar="BRANCH", help="The branch of the backend, as `git branch` lists it.")]
BranchOrSlug = Annotated[
    str, typer.Argument(metavar="BRANCH", help="The branch, or its slug: what the host begins with.")
]
Context = Annotated[
    str | None,
    typer.Option(help="The context of kubeconfig to use; it must lead to the cluster of dev.", metavar="NAME"),
]
Owner = Annotated[
    str | None,
    typer.Option(
        metavar="LOGIN",
        help=f"Who you are. Default: ${OWNER_VARIABLE}, who started the workflow, or `git config github.user`.",
        show_default=False,
    ),
]
Lifetime = Annotated[
    str, typer.Option("--for", metavar="TIME", help=f"How long from now: 12h, 7d; at most {lifetime.LONGEST.days}d.")
]
UntilGone = Annotated[str, typer.Option("--timeout", help="How long to wait until all is gone.", metavar="DURATION")]
