"""The checks on charts: the same rules that read dist/, on what a chart renders."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import cast

import jsii
from cdk8s import ApiObject, App, Chart, YamlOutputType
from constructs import IValidation

from examx_constructs import bare_texts
from examx_constructs.checks import Finding, Manifests, check, collisions
from examx_constructs.checks.finding import Severity
from examx_constructs.checks.waivers import Waiver, Waivers
from examx_constructs.manifests import ObjectId
from examx_constructs.manifests.versions import UNASKED, Asked, Versions


def add_checks(
    app: App, charts: Sequence[Chart], *, waivers: Iterable[Waiver] = (), versions: Versions | Asked = UNASKED
) -> None:
    """Check charts when the app is synthesised: a finding that is an error stops it.

    Charts of one namespace are read as one, as the cluster has them: what one names, another may define. Where several
    of them bring the Namespace, as for clusters that name theirs alike, each is read by itself. Call it when the charts
    are complete, right before `app.synth()`. Each finding names the construct's path; warnings are told on standard
    error. `waivers` accept findings; one that accepts none is a finding itself. `versions` are those of the Kubernetes
    and the KEDA that will run what is rendered: rules judge by them. Without any, rules judge by those that its
    Namespace names, as RestrictedNamespace does, else by the usual ones. Objects for which cdk8s has one file between
    them, and keeps the last, are an error too.
    """
    # Rendered before the validation is there: cdk8s validates on every rendering, and jsii cannot nest that.
    rendered = {chart: cast("list[_Object]", chart.to_json()) for chart in charts}
    sets = [
        _Set(together, Manifests.of([each for chart in together for each in rendered[chart]], versions=versions))
        for together in _namespaces(rendered)
    ]
    apart = {chart.node.id: Manifests.of(objects, versions=versions) for chart, objects in rendered.items()}
    app.node.add_validation(_Checks(sets, apart, Waivers(waivers), list(_overwritten(app))))


_Object = dict[str, object]


class _Set:
    """Charts that are read together, what they render, and which texts of it some reader takes for something else."""

    def __init__(self, charts: Sequence[Chart], manifests: Manifests) -> None:
        self.charts, self.manifests = charts, manifests
        self.misread = list(bare_texts.misread(manifests))


def _namespaces(rendered: Mapping[Chart, list[_Object]]) -> list[list[Chart]]:
    """Return the charts of each namespace, in their order."""
    groups: dict[str | Chart, list[Chart]] = {}
    for chart in rendered:
        groups.setdefault(chart.namespace or chart, []).append(chart)
    return [part for group in groups.values() for part in _parts(group, rendered)]


def _parts(charts: list[Chart], rendered: Mapping[Chart, list[_Object]]) -> list[list[Chart]]:
    namespaces = [each for chart in charts for each in rendered[chart] if each.get("kind") == "Namespace"]
    return [charts] if len(namespaces) < 2 else [[chart] for chart in charts]  # noqa: PLR2004 - more than one


@jsii.implements(IValidation)
class _Checks:
    """All rules over all charts. One for the app: cdk8s runs every validation again for every file that it writes."""

    def __init__(
        self,
        sets: Sequence[_Set],
        apart: Mapping[str, Manifests],
        waivers: Waivers,
        further: Sequence[str],
    ) -> None:
        self._messages = cache(lambda: [*_messages(sets, apart, waivers), *further])

    def validate(self) -> list[str]:
        return self._messages()


def _overwritten(app: App) -> Iterator[str]:
    """Yield a line for each file of several objects, where an app is to write one for each.

    cdk8s calls such a file by kind and name: without the namespace, the API group, and what is no usual character of a
    file's name. Each object replaces the one before it, without a word. With a folder for each chart, it is the name
    before patches (cdk8s 2.70.115, `App.synth`).
    """
    layout = app.yaml_output_type
    in_folders = layout is YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE
    if not in_folders and layout is not YamlOutputType.FILE_PER_RESOURCE:
        return
    extension = app.output_file_extension
    files: dict[tuple[str, str], list[str]] = {}
    for each in app.node.find_all():
        if isinstance(each, ApiObject):
            kind, name = each.kind, each.metadata.name
            if not in_folders:
                _, kind, _, name = ObjectId.of(cast("_Object", each.to_json()))
            file = re.sub(r"[^0-9a-zA-Z_.-]", "", f"{kind}.{name}")
            folder = each.chart.node.path if in_folders else ""
            files.setdefault((folder, f"{file}{extension}"), []).append(each.node.path)
    for (_, file), paths in files.items():
        if len(paths) > 1:
            yield (
                f"{' and '.join(paths)}: their file is {file}; allowed: one object in a file, or another "
                f"YamlOutputType than {layout.name}; cdk8s names files by kind and name, and keeps the last"
            )


def _messages(sets: Sequence[_Set], apart: Mapping[str, Manifests], waivers: Waivers) -> Iterator[str]:
    """Return the errors, by construct; what is of all charts together, and of the waivers, comes last."""
    path_of: dict[int, str] = {}
    found: list[Finding] = []
    for each in sets:
        of_set = [*check(each.manifests), *each.misread]
        path_of |= zip(map(id, of_set), _paths(of_set, *each.charts), strict=True)
        found += of_set
    found += collisions(apart)
    left = waivers.applied(found).findings
    return _errors((each, path_of.get(id(each))) for each in left)


def findings(chart: Chart, manifests: Manifests) -> list[str]:
    """Return what is wrong with what a chart renders: a line for each error, after the path of the construct."""
    found = check(manifests)
    return list(_errors(zip(found, _paths(found, chart), strict=True))) if found else []


def _errors(found: Iterable[tuple[Finding, str | None]]) -> Iterator[str]:
    """Yield a line for each error; warnings go to standard error."""
    for each, path in found:
        line = f"{path}: {each}" if path else str(each)
        if each.severity is Severity.ERROR:
            yield line
        else:
            print(f"warning: {line}", file=sys.stderr)  # noqa: T201 - cdk8s has no place for what stops nothing


def _paths(found: Sequence[Finding], *charts: Chart) -> list[str]:
    """Return the path of the construct that each finding is about."""
    if not found:
        return []
    objects = [each for chart in charts for each in chart.node.find_all() if isinstance(each, ApiObject)]
    paths = {(each.kind, each.name): each.node.path for each in objects}
    return [paths.get((each.object.kind, each.object.name), charts[0].node.path) for each in found]
