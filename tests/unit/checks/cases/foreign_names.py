"""Cases of names that others fill in, and of objects that are read by a program, or only add to others."""
# ruff: noqa: E501 - messages are quoted whole

from tests.unit.checks.support import Case, Object, obj, workload

SPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: _}\n"
NAME = "lower case letters, digits, - and ., at most 253 characters; the API server refuses it"


def custom(name: str | None) -> Object:
    metadata = {"name": name} if name else {"namespace": "dev"}
    return {"apiVersion": "install.example.com/v1", "kind": "Installation", "metadata": metadata}


CASES = [
    Case(
        "name-is-valid",
        "names that a program fills in",
        [
            obj("ConfigMap", "$(app-name)"),
            obj("ConfigMap", "web-$$name$$"),
            obj("ConfigMap", "alerts-((TEAM_NAME))"),
            obj("ConfigMap", "{RELEASE}-web"),
            obj("ConfigMap", "REPLACEME-web"),
            obj("ConfigMap", "APP_NAME-active"),
        ],
    ),
    Case(
        "name-is-valid",
        "capitals that nobody fills in",
        [obj("ConfigMap", "WEB-active"), obj("ConfigMap", "Web_Name-active")],
        [
            f'ConfigMap dev/WEB-active: metadata.name is "WEB-active"; allowed: {NAME}',
            f'ConfigMap dev/Web_Name-active: metadata.name is "Web_Name-active"; allowed: {NAME}',
        ],
    ),
    Case(
        "name-is-valid",
        "the Namespace that a kustomization names",
        {"kustomization.yaml": "namespace: shop\nresources: [namespace.yaml]\n", "namespace.yaml": SPACE},
    ),
    Case(
        "name-is-valid",
        "the same without a kustomization",
        {"namespace.yaml": SPACE},
        [
            'Namespace _: metadata.name is "_"; allowed: lower case letters, digits and -, at most 63 characters; the API server refuses it'
        ],
    ),
    Case("name-is-valid", "a custom kind of any name", [custom("web")]),
    Case("container-name-is-valid", "a name that a program fills in", [workload("web", "name: REPLACEME")]),
]
