"""Whose fields are taken over, and whose stay.

A *tool* writes what a person or a repository wants an object to be. What a tool wrote and is not rendered goes: git
says what an object is. Everybody else is taken for a controller, whose fields are the cluster's own business and stay.
"""

import re
from collections.abc import Mapping

FIELD_MANAGER = "examx"
"""The name under which the API server records what this command applies."""

EARLIER_MANAGERS = frozenset({"examx-handover"})
"""Names that earlier versions of this command applied under, beside its own."""

RESTARTER = "examx-restart"
"""The name under which `examx restart` asks for a restart. An apply leaves that as it is, and says nothing of it."""

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""The annotation of a pod template by which kubectl asks for a restart: another value makes another template."""

# Field managers are what a program calls itself, else the first word of its User-Agent.
_TOOLS = re.compile(
    r"""
    kubectl(-.*)?               # kubectl-client-side-apply, kubectl-edit, kubectl-set ...; `kubectl` server-side
    | before-first-apply        # the API server: what was there before the first server-side apply
    | helm(-controller)? | Helm | helmfile
    | argocd(-.*)? | argo-cd(-.*)?
    | kustomize-controller | flux(-.*)?
    | [Tt]erraform(-.*)? | HashiCorp | pulumi(-.*)? | OpenAPI-Generator | ansible(-.*)?
    | skaffold | tilt | werf | kapp(-.*)? | k9s | Lens | node-fetch | Mozilla
    | dashboard | kubernetes-dashboard | rancher
    """,
    re.VERBOSE,
)


def is_tool(manager: str) -> bool:
    """Return whether a field manager is a tool of people or of a delivery, by its name."""
    return manager in EARLIER_MANAGERS or _TOOLS.fullmatch(manager) is not None


MARKS: Mapping[str, str] = {
    "eks.amazonaws.com/": "the IAM role of a ServiceAccount: without it no pod can read its secrets",
    "autoscaling.keda.sh/": "an autoscaler that somebody paused",
    RESTARTED_AT: "a restart that was asked for: without it the pods restart once more",
}
"""Annotations that people and tools set by hand and controllers act on.

They stay, no matter who set them; with the reason.

A name that ends in a slash means all that begin with it.
"""


def mark(annotation: str) -> str | None:
    """Return why an annotation that is not rendered stays; None where it goes."""
    for name, reason in MARKS.items():
        if annotation == name or (name.endswith("/") and annotation.startswith(name)):
            return reason
    return None
