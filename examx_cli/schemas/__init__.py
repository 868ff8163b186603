"""The schemas that an API server holds objects to, without an API server: those of Kubernetes, and those of CRDs."""

from collections.abc import Iterable, Iterator, Sequence

from examx_cli.schemas import kubernetes
from examx_cli.schemas.custom_resources import Definitions
from examx_constructs.manifests import Object, ObjectId

__all__ = ["Definitions", "violations"]


def violations(
    objects: Iterable[Object], definitions: Definitions, versions: Sequence[str] = kubernetes.VERSIONS
) -> Iterator[tuple[ObjectId, str]]:
    """What API servers of these versions would refuse, once for each line, with the versions that would."""
    for item in objects:
        refused: dict[str, list[str]] = {}
        for version in versions:
            for line in _violations(item, definitions, version):
                refused.setdefault(line, []).append(version)
        for line, by in refused.items():
            everywhere = len(by) == len(versions)
            yield ObjectId.of(item), line if everywhere else f"{line} (Kubernetes {', '.join(by)})"


def _violations(item: Object, definitions: Definitions, version: str) -> list[str]:
    if kubernetes.is_built_in(item):
        return kubernetes.violations(item, version)
    return [*kubernetes.metadata_violations(item, version), *definitions.violations(item)]
