"""Cases of objects that only add to others of their name, and of files to choose from."""

from tests.unit.checks.support import Case, Object, obj, workload

GROUP = "apiextensions.k8s.io/v1"


def definition(spec: Object) -> Object:
    """A CustomResourceDefinition, or a patch of one."""
    return {
        "apiVersion": GROUP,
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "shops.example.com"},
        **({"spec": spec} if spec else {}),
    }


WHOLE = definition({"group": "example.com", "names": {"kind": "Shop", "plural": "shops"}})
HOOK = definition({"conversion": {"strategy": "Webhook"}})
SELECTOR = "selector: {matchLabels: {app: web}}"

CASES = [
    Case(
        "environments-do-not-collide",
        "patches of a definition",
        {"shop.yaml": [WHOLE], "authority.yaml": [definition({})], "hook.yaml": [HOOK]},
    ),
    Case(
        "environments-do-not-collide",
        "two whole definitions",
        {"shop.yaml": [WHOLE], "stall.yaml": [WHOLE]},
        [
            (
                'CustomResourceDefinition shops.example.com: metadata.name is "shops.example.com"; allowed: a name of'
                " its own in the cluster; shop.yaml defines it as well as stall.yaml; each would overwrite the"
                " other's, and removing one removes it for both"
            )
        ],
    ),
    Case(
        "selector-matches-no-other-pods",
        "a Deployment, or a DaemonSet instead",
        {"deployment/web.yaml": [workload("web")], "daemon-set/web.yaml": [workload("web", kind="DaemonSet")]},
    ),
    Case(
        "selector-matches-no-other-pods",
        "a Deployment and a DaemonSet in one folder",
        {"web.yaml": [workload("web")], "node.yaml": [workload("web", kind="DaemonSet", spec=SELECTOR)]},
        [
            (
                "Deployment dev/web: spec.selector is app=web; allowed: labels that no other workload of the namespace"
                " gives its pods; DaemonSet dev/web has them too, so each would count the other's pods"
            ),
            (
                "DaemonSet dev/web: spec.selector is app=web; allowed: labels that no other workload of the namespace"
                " gives its pods; Deployment dev/web has them too, so each would count the other's pods"
            ),
        ],
    ),
    Case("object-exists-once", "a definition and its patch", {"shop.yaml": [WHOLE], "patch.yaml": [HOOK]}),
    Case("object-exists-once", "a name of two kinds", [obj("Service"), workload("web")]),
]
