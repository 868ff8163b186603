"""Who owns which field of a live object, and what an apply may take from whom. Pure: nothing is read or written here.

The API server records each field's owners in `metadata.managedFields` (Kubernetes, "Server-Side Apply"). A server-side
apply removes only what its own manager applied before. So whatever kubectl, Helm or a person put into an object stays
for ever beside what is rendered. `take_over` says how that record must be written anew so that the next apply leaves
the object as rendered. It says what is not taken because a controller owns it.
"""

from examx_cli.ownership.managers import FIELD_MANAGER, RESTARTED_AT, RESTARTER
from examx_cli.ownership.takeover import OTHER_VERSION_MANAGER, Foreign, Takeover, staying, take_over

__all__ = [
    "FIELD_MANAGER",
    "OTHER_VERSION_MANAGER",
    "RESTARTED_AT",
    "RESTARTER",
    "Foreign",
    "Takeover",
    "staying",
    "take_over",
]
