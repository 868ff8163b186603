"""The checks on charts: the same rules that read dist/, on what a chart renders."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import jsii
from cdk8s import ApiObject, App, Chart
from constructs import IValidation

from examx_constructs import bare_texts
from examx_constructs.checks import Finding, Manifests, check, collisions
from examx_constructs.manifests.versions import PINNED, Versions


def add_checks(app: App, charts: Sequence[Chart], *, versions: Versions = PINNED) -> None:
    """Check charts, each by itself and all together, when the app is synthesised: a finding stops the synth.

    Call it when the charts are complete, right before `app.synth()`. Each finding names the construct's path.
    `versions` are those of the Kubernetes and the KEDA that will run what is rendered: rules judge by them.
    """
    # Rendered before the validation is there: cdk8s validates on every rendering, and jsii can not nest that.
    manifests = [Manifests.of(chart.to_json(), versions=versions) for chart in charts]
    misread = [list(bare_texts.misread(own)) for own in manifests]
    app.node.add_validation(_Checks(charts, manifests, misread))


@jsii.implements(IValidation)
class _Checks:
    """All rules over all charts. One for the app: cdk8s runs every validation again for every file that it writes."""

    def __init__(
        self, charts: Sequence[Chart], manifests: Sequence[Manifests], misread: Sequence[Sequence[Finding]]
    ) -> None:
        self._messages = cache(lambda: list(_messages(charts, manifests, misread)))

    def validate(self) -> list[str]:
        return self._messages()


def _messages(
    charts: Sequence[Chart], manifests: Sequence[Manifests], misread: Sequence[Sequence[Finding]]
) -> Iterator[str]:
    for chart, own, written in zip(charts, manifests, misread, strict=True):
        yield from findings(chart, own)
        yield from _with_construct_paths(written, chart)
    yield from map(str, collisions({chart.node.id: own for chart, own in zip(charts, manifests, strict=True)}))


def findings(chart: Chart, manifests: Manifests) -> list[str]:
    """What is wrong with what a chart renders: a line for each finding, after the path of the construct."""
    found = check(manifests)
    return list(_with_construct_paths(found, chart)) if found else []


def _with_construct_paths(findings: Iterable[Finding], chart: Chart) -> Iterator[str]:
    objects = [each for each in chart.node.find_all() if isinstance(each, ApiObject)]
    paths = {(each.kind, each.name): each.node.path for each in objects}
    for finding in findings:
        yield f"{paths.get((finding.object.kind, finding.object.name), chart.node.path)}: {finding}"
