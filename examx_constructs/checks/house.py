"""How much advice weighs: this project holds itself to it, and tells others."""

from examx_constructs.checks.finding import Severity
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.settings.naming import CLUSTER_ANNOTATION


def weight_of_advice(manifests: Manifests, node: Node) -> Severity:
    """Return an error in a namespace of this project (one with `examx.ai/cluster`), a warning anywhere else.

    For what is sound in many places, and unsafe in some that manifests do not tell from the others.
    """
    scope = manifests.scope_of(node)
    space = manifests.find("Namespace", scope.namespace, Scope(scope.cluster, "", "", scope.unit))
    own = space is not None and space.annotations[CLUSTER_ANNOTATION].present
    return Severity.ERROR if own else Severity.WARNING
