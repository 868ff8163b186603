"""Where findings are: the line and the column of their fields."""

from collections.abc import Iterable

from examx_constructs.checks.finding import Finding
from examx_constructs.manifests import Manifests


def placed(findings: Iterable[Finding], _manifests: Manifests) -> list[Finding]:
    """The findings with their lines."""
    return list(findings)
