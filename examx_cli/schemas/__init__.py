"""The schemas that an API server holds objects to, without an API server: those of Kubernetes, and those of CRDs."""

from collections.abc import Iterable, Iterator, Sequence

from examx_cli.schemas import kubernetes
from examx_cli.schemas.custom_resources import Definitions
from examx_constructs.manifests import Object, ObjectId, text

__all__ = ["Definitions", "findings", "has_schema"]

# Of custom resources without a definition the metadata alone can be judged, where it is known to be Kubernetes' own:
# files of other tools look like objects, and have another.
_GROUPS_OF_THE_HOUSE = frozenset({"keda.sh", "secrets-store.csi.x-k8s.io"})


def findings(
    objects: Iterable[Object], definitions: Definitions, versions: Sequence[str] = kubernetes.VERSIONS
) -> Iterator[tuple[ObjectId, str]]:
    """Yield what API servers of these versions would refuse, once for each line, with the versions that would."""
    for item in objects:
        refused: dict[str, list[str]] = {}
        for version in versions:
            for line in _findings(item, definitions, version):
                refused.setdefault(line, []).append(version)
        for line, by in refused.items():
            everywhere = len(by) == len(versions)
            yield ObjectId.of(item), line if everywhere else f"{line} (Kubernetes {', '.join(by)})"


def has_schema(item: Object, definitions: Definitions) -> bool:
    """Return whether anything is known of the form of an object: its kind is Kubernetes' own, or has a definition."""
    group = text(item, "apiVersion").rpartition("/")[0]
    return kubernetes.is_built_in(item) or group in _GROUPS_OF_THE_HOUSE or group in definitions.groups


def _findings(item: Object, definitions: Definitions, version: str) -> list[str]:
    if kubernetes.is_built_in(item):
        return kubernetes.findings(item, version)
    if not has_schema(item, definitions):
        return []
    return [*kubernetes.metadata_findings(item, version), *definitions.findings(item)]
