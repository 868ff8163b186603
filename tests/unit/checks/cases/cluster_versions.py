"""Cases of the rule on the versions that Namespaces name, and of rules that judge by them."""
# ruff: noqa: E501 - messages are quoted whole

from tests.unit.checks.support import Case, Object, hpa, obj, workload

RULE = "cluster-versions-are-known"


def space(name: str = "dev", **annotations: str) -> Object:
    """A Namespace whose cluster runs other versions than the usual ones."""
    made = obj("Namespace", name)
    made["metadata"]["annotations"] = {f"examx.ai/{key.replace('_', '-')}": text for key, text in annotations.items()}
    return made


TOLERANT = "maxReplicas: 3\nbehavior: {scaleDown: {tolerance: '0.05'}}"

CASES = [
    Case(
        RULE,
        "versions that rules do not know, one of them a number",
        [
            space(kubernetes_version="1.99"),
            {**space("stg"), "metadata": {"name": "stg", "annotations": {"examx.ai/keda-version": 2.2}}},
        ],
        [
            'Namespace dev: metadata.annotations[examx.ai/kubernetes-version] is "1.99"; allowed: 1.30 to 1.37, in quotes; rules know no other Kubernetes, and judge by 1.34',
            "Namespace stg: metadata.annotations[examx.ai/keda-version] is 2.2; allowed: 2.17 to 2.21, in quotes; rules know no other KEDA, and judge by 2.17",
        ],
    ),
    Case(
        RULE,
        "two versions of one cluster",
        [space(cluster="one", keda_version="2.20"), space("stg", cluster="one", keda_version="2.21")],
        [
            'Namespace stg: metadata.annotations[examx.ai/keda-version] is "2.21"; allowed: 2.20, as Namespace dev has it; cluster one runs one KEDA'
        ],
    ),
    Case(
        RULE,
        "known ones, as tools print them, each of its own cluster",
        [
            space(cluster="one", kubernetes_version="v1.35.2-eks-1a2b3c4", keda_version="2.20.1"),
            space("stg", cluster="two", kubernetes_version="1.36", keda_version="2.17"),
        ],
    ),
    Case(
        "tolerance-is-kept",
        "in a namespace whose cluster says that it keeps it",
        [space(kubernetes_version="1.35"), workload(), hpa(spec=TOLERANT)],
    ),
    Case(
        "tolerance-is-kept",
        "in a namespace beside it that says nothing",
        [space("other", kubernetes_version="1.35"), workload(), hpa(spec=TOLERANT)],
        [
            'HorizontalPodAutoscaler dev/web: spec.behavior.scaleDown.tolerance is "0.05"; allowed: nothing on Kubernetes 1.34; 1.35 and later keep it; the API server drops it in silence, and the tolerance stays 10 %'
        ],
    ),
]
