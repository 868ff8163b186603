"""What the workflows need of their repository on GitHub: `examx doctor ENV --github`. Read, never changed."""

from examx_cli.doctor.hub import environments, rights
from examx_cli.doctor.hub.repository import Repository
from examx_cli.doctor.hub.workflows import Workflows
from examx_cli.doctor.precondition import Precondition

__all__ = ["SETTINGS", "Repository", "Workflows"]

SETTINGS: tuple[Precondition[Repository], ...] = (
    environments.present,
    environments.restricted,
    environments.reviewed,
    environments.secrets,
    environments.complete,
    rights.protection,
    rights.token,
    rights.actions,
    rights.forks,
)
"""In the order in which they are told."""
