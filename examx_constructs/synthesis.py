"""From environments to files: render, check, and only then publish."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from cdk8s import App
from jsii.errors import JSIIError

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import EnvironmentSettingError
from examx_constructs.settings import ConfigurationError, Environment
from examx_constructs.validation import add_checks

SUFFIX = ".k8s.yaml"
# jsii raises a plain RuntimeError for what JavaScript threw, such as a name that is taken twice in a chart.
_JSII_ERRORS = (JSIIError, RuntimeError)


class CheckError(ConfigurationError):
    """Manifests that would break in the cluster: a line for each finding, with the construct's path and the reason."""


def synthesize(environments: Iterable[Environment], *folders: Path) -> dict[Path, list[Path]]:
    """Render every environment and publish the files to each folder; returns what changed in each.

    Nothing is written before all environments have passed every check. Raises EnvironmentSettingError and CheckError.
    """
    with tempfile.TemporaryDirectory(prefix="examx-synth-") as scratch:
        render(environments, Path(scratch))
        return {folder: publish(Path(scratch), folder) for folder in folders}


def render(environments: Iterable[Environment], folder: Path) -> None:
    """One file per environment, `<name>.k8s.yaml`. Raises EnvironmentSettingError and CheckError."""
    app = App(outdir=str(folder))
    add_checks(app, [_chart(app, environment) for environment in environments])
    try:
        app.synth()
    except _JSII_ERRORS as error:
        # cdk8s puts the path of the validated construct before each message: the app's, which is empty.
        raise CheckError(str(error).removeprefix("Error: ").replace("\n  [] ", "\n  ")) from error


def _chart(app: App, environment: Environment) -> ExamxChart:
    try:
        return ExamxChart(app, environment)
    except (ConfigurationError, *_JSII_ERRORS) as mistake:
        raise EnvironmentSettingError(environment.name, str(mistake)) from mistake


def publish(rendered: Path, folder: Path) -> list[Path]:
    """Make a folder's manifests the rendered ones: files replaced whole, stale ones removed; returns what changed."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = {file.name: file.read_bytes() for file in sorted(rendered.glob(f"*{SUFFIX}"))}
    stale = [file for file in sorted(folder.glob(f"*{SUFFIX}")) if file.name not in fresh]
    changed = [folder / name for name, content in fresh.items() if not _holds(folder / name, content)]
    for file in changed:
        _replace(file, fresh[file.name])
    for file in stale:
        file.unlink()
    return [*changed, *stale]


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.read_bytes() == content


def _replace(file: Path, content: bytes) -> None:
    beside = file.with_suffix(".tmp")
    beside.write_bytes(content)
    beside.replace(file)
