"""The checks on charts: the same rules that read dist/, on what a chart renders."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import jsii
from cdk8s import ApiObject, App, Chart
from constructs import IValidation

from examx_constructs import bare_texts
from examx_constructs.checks import Finding, Manifests, check, collisions
from examx_constructs.checks.finding import Severity
from examx_constructs.checks.waivers import Waiver, Waivers
from examx_constructs.manifests.versions import PINNED, Versions


def add_checks(
    app: App, charts: Sequence[Chart], *, waivers: Iterable[Waiver] = (), versions: Versions = PINNED
) -> None:
    """Check charts, each by itself and all together, when the app is synthesised: a finding that is an error stops it.

    Call it when the charts are complete, right before `app.synth()`. Each finding names the construct's path; warnings
    are told on standard error. `waivers` accept findings; one that accepts none is a finding itself. `versions` are
    those of the Kubernetes and the KEDA that will run what is rendered: rules judge by them.
    """
    # Rendered before the validation is there: cdk8s validates on every rendering, and jsii can not nest that.
    manifests = [Manifests.of(chart.to_json(), versions=versions) for chart in charts]
    misread = [list(bare_texts.misread(own)) for own in manifests]
    app.node.add_validation(_Checks(charts, manifests, misread, Waivers(waivers)))


@jsii.implements(IValidation)
class _Checks:
    """All rules over all charts. One for the app: cdk8s runs every validation again for every file that it writes."""

    def __init__(
        self,
        charts: Sequence[Chart],
        manifests: Sequence[Manifests],
        misread: Sequence[Sequence[Finding]],
        waivers: Waivers,
    ) -> None:
        self._messages = cache(lambda: list(_messages(charts, manifests, misread, waivers)))

    def validate(self) -> list[str]:
        return self._messages()


def _messages(
    charts: Sequence[Chart], manifests: Sequence[Manifests], misread: Sequence[Sequence[Finding]], waivers: Waivers
) -> Iterator[str]:
    """The errors, by construct; what is of all charts together, and of the waivers, comes last."""
    path_of: dict[int, str] = {}
    found: list[Finding] = []
    for chart, own, written in zip(charts, manifests, misread, strict=True):
        of_chart = [*check(own), *written]
        path_of |= zip(map(id, of_chart), _paths(of_chart, chart), strict=True)
        found += of_chart
    found += collisions({chart.node.id: own for chart, own in zip(charts, manifests, strict=True)})
    left = waivers.applied(found).findings
    return _errors((each, path_of.get(id(each))) for each in left)


def findings(chart: Chart, manifests: Manifests) -> list[str]:
    """What is wrong with what a chart renders: a line for each error, after the path of the construct."""
    found = check(manifests)
    return list(_errors(zip(found, _paths(found, chart), strict=True))) if found else []


def _errors(found: Iterable[tuple[Finding, str | None]]) -> Iterator[str]:
    """A line for each error; warnings go to standard error."""
    for each, path in found:
        line = f"{path}: {each}" if path else str(each)
        if each.severity is Severity.ERROR:
            yield line
        else:
            print(f"warning: {line}", file=sys.stderr)  # noqa: T201 - cdk8s has no place for what stops nothing


def _paths(found: Sequence[Finding], chart: Chart) -> list[str]:
    """The path of the construct that each finding is about."""
    if not found:
        return []
    objects = [each for each in chart.node.find_all() if isinstance(each, ApiObject)]
    paths = {(each.kind, each.name): each.node.path for each in objects}
    return [paths.get((each.object.kind, each.object.name), chart.node.path) for each in found]
