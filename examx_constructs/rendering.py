"""From an environment to the text of its manifests, judged by every rule. The part of a synth that needs Node."""

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass

from cdk8s import App
from jsii.errors import JSIIError

from examx_constructs import _yaml
from examx_constructs.chart import ExamxChart
from examx_constructs.chart_checks import findings
from examx_constructs.checks import Manifests
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.environments.errors import in_rendering
from examx_constructs.features.environment import feature
from examx_constructs.features.slug import PREFIX
from examx_constructs.settings import ConfigurationError, Environment

# jsii raises a plain RuntimeError for what JavaScript threw, such as a name that is taken twice in a chart.
_JSII_ERRORS = (JSIIError, RuntimeError)


@dataclass(frozen=True)
class Rendered:
    """An environment's manifests: the objects, as YAML too, and the errors and warnings of the rules, a line each."""

    name: str
    objects: list[dict[str, _yaml.Json]]
    text: str
    errors: list[str]
    warnings: str


def rendered(environment: Environment) -> Rendered:
    """Render one environment in an app of its own: to render one chart cdk8s goes through all of its app.

    Raises EnvironmentSettingError, also for what cdk8s refuses, with the line of the setting where it can be told.
    """
    try:
        chart = ExamxChart(App(), environment)
        objects = chart.to_json()
    except (ConfigurationError, *_JSII_ERRORS) as mistake:
        raise in_rendering(environment, _made_by(environment), mistake) from mistake
    with contextlib.redirect_stderr(io.StringIO()) as warnings:
        errors = findings(chart, Manifests.of(objects))
    # What cdk8s rendered for the checks is what is written: it would render all of it again.
    return Rendered(environment.name, objects, _yaml.dump(objects), errors, warnings.getvalue())


def _made_by(environment: Environment) -> Callable[..., Environment] | None:
    """Return the function whose source has the environment. Another project may have one of the same name."""
    if environment.name.startswith(PREFIX):
        return feature
    make = ENVIRONMENTS.get(environment.name)
    try:
        return make if make and make(environment.image) == environment else None
    except ConfigurationError:
        return None
