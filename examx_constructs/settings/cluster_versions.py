"""What runs in a cluster, by which its manifests are judged."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import KEDA_VERSION_ANNOTATION, KUBERNETES_VERSION_ANNOTATION
from examx_constructs.settings.versions import USUAL_KEDA, USUAL_KUBERNETES, keda_version, kubernetes_version


@value
class ClusterVersions:
    """The minor versions of Kubernetes and of KEDA in a cluster, such as `1.34` and `2.17`.

    A manifest is right or wrong for one of each: rules and simulations go by them. Raise them before the cluster is
    upgraded: the next synth tells what of its manifests the new versions refuse, ignore or read otherwise.
    """

    kubernetes: str = setting(kubernetes_version, default=USUAL_KUBERNETES)
    """Of the API server, major and minor version."""
    keda: str = setting(keda_version, default=USUAL_KEDA)
    """Of its operator, major and minor version."""

    @property
    def annotations(self) -> dict[str, str]:
        """What a Namespace says of them: those that are not the usual ones, which rules take without a word."""
        said = (
            (KUBERNETES_VERSION_ANNOTATION, self.kubernetes, USUAL_KUBERNETES),
            (KEDA_VERSION_ANNOTATION, self.keda, USUAL_KEDA),
        )
        return {annotation: version for annotation, version, usual in said if version != usual}
