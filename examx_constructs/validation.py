"""The checks as cdk8s validations: the same rules that read dist/, run while charts are synthesised."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import jsii
from cdk8s import ApiObject, App, Chart
from constructs import IValidation

from examx_constructs.checks import Finding, Manifests, check, collisions


def add_checks(app: App, charts: Iterable[Chart]) -> None:
    """Check charts, each by itself and all together, when the app is synthesised: a finding stops the synth.

    Call it when the charts are complete, right before `app.synth()`. Each finding names the construct's path.
    """
    # Rendered before any validation is there: cdk8s validates on every rendering, and jsii can not nest that.
    rendered = {chart.node.id: (chart, Manifests.of(chart.to_json())) for chart in charts}
    for chart, manifests in rendered.values():
        chart.node.add_validation(_ManifestChecks(chart, manifests))
    app.node.add_validation(_CollisionChecks({name: manifests for name, (_, manifests) in rendered.items()}))


@jsii.implements(IValidation)
class _ManifestChecks:
    """All rules over one chart's objects."""

    def __init__(self, chart: Chart, manifests: Manifests) -> None:
        # cdk8s asks again for every file that it writes.
        self._findings = cache(lambda: _with_construct_paths(check(manifests), chart))

    def validate(self) -> list[str]:
        return self._findings()


@jsii.implements(IValidation)
class _CollisionChecks:
    """Refuses charts of one cluster that render the same object: each would overwrite the other's."""

    def __init__(self, charts: Mapping[str, Manifests]) -> None:
        self._findings = cache(lambda: [str(finding) for finding in collisions(charts)])

    def validate(self) -> list[str]:
        return self._findings()


def _with_construct_paths(findings: Sequence[Finding], chart: Chart) -> list[str]:
    if not findings:
        return []
    objects = [each for each in chart.node.find_all() if isinstance(each, ApiObject)]
    paths = {(each.kind, each.name): each.node.path for each in objects}
    return [f"{paths.get((each.object.kind, each.object.name), chart.node.path)}: {each}" for each in findings]
