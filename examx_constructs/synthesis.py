"""From environments to files: render, check, and only then publish."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from cdk8s import App
from jsii.errors import JSIIError

from examx_constructs import _yaml
from examx_constructs.chart import ExamxChart
from examx_constructs.chart_checks import findings
from examx_constructs.checks import Collisions, Manifests
from examx_constructs.environments import PREFIX, EnvironmentSettingError
from examx_constructs.publishing import EVERYTHING, SUFFIX, PublishingError, publish
from examx_constructs.settings import ConfigurationError, Environment

FEATURES = f"{PREFIX}*{SUFFIX}"
# jsii raises a plain RuntimeError for what JavaScript threw, such as a name that is taken twice in a chart.
_JSII_ERRORS = (JSIIError, RuntimeError)


class CheckError(ConfigurationError):
    """Manifests that would break in the cluster: a line for each finding, with the construct's path and the reason."""


def synthesize(
    environments: Iterable[Environment], *folders: Path, replaces: str | None = EVERYTHING
) -> dict[Path, list[Path]]:
    """Render every environment and publish the files to each folder; returns what changed in each.

    `replaces`: the pattern of the files that are stale in a folder unless they were rendered now; None for no file.
    Nothing is written before all environments have passed every check. Raises EnvironmentSettingError, CheckError and
    PublishingError.
    """
    with tempfile.TemporaryDirectory(prefix="examx-synth-") as scratch:
        render(environments, Path(scratch))
        return {folder: publish(Path(scratch), folder, replaces) for folder in folders}


def render(environments: Iterable[Environment], folder: Path) -> None:
    """One file per environment, `<name>.k8s.yaml`. Raises EnvironmentSettingError and CheckError."""
    together = Collisions()
    wrong: list[str] = []
    colliding: list[str] = []
    for chart in _charts(environments):
        objects = _rendered(chart)
        manifests = Manifests.of(objects)
        wrong += findings(chart, manifests)
        colliding += map(str, together.add(chart.environment.name, manifests))
        # What cdk8s rendered for the checks is what is written: it would render all of it again.
        _write(folder / f"{chart.environment.name}{SUFFIX}", _yaml.dump(objects))
    if wrong or colliding:
        raise CheckError("\n  ".join(["Validation failed with the following errors:", *wrong, *colliding]))


def _write(file: Path, content: str) -> None:
    try:
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise PublishingError(f"{file} can not be written: {error.strerror}; nothing was published") from error


def _charts(environments: Iterable[Environment]) -> Iterator[ExamxChart]:
    """A chart for each environment, in an app of its own: to render one chart cdk8s goes through all of its app."""
    names: set[str] = set()
    for environment in environments:
        if environment.name in names:
            raise EnvironmentSettingError(
                environment.name, "it is there twice; each needs a name, and so a file, of its own"
            )
        names.add(environment.name)
        try:
            chart = ExamxChart(App(), environment)
        except (ConfigurationError, *_JSII_ERRORS) as mistake:
            raise EnvironmentSettingError(environment.name, str(mistake)) from mistake
        yield chart


def _rendered(chart: ExamxChart) -> list[dict[str, _yaml.Json]]:
    try:
        return chart.to_json()
    except _JSII_ERRORS as error:
        raise CheckError(str(error).removeprefix("Error: ")) from error
