"""From an environment to the text of its manifests, judged by every rule. The part of a synth that needs Node."""

import contextlib
import io
from dataclasses import dataclass

from cdk8s import App
from jsii.errors import JSIIError

from examx_constructs import _yaml
from examx_constructs.chart import ExamxChart
from examx_constructs.chart_checks import findings
from examx_constructs.checks import Manifests
from examx_constructs.environments import EnvironmentSettingError
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

    Raises EnvironmentSettingError, also for what cdk8s refuses.
    """
    try:
        chart = ExamxChart(App(), environment)
        objects = chart.to_json()
    except (ConfigurationError, *_JSII_ERRORS) as mistake:
        raise EnvironmentSettingError(environment.name, str(mistake).removeprefix("Error: ")) from mistake
    with contextlib.redirect_stderr(io.StringIO()) as warnings:
        errors = findings(chart, Manifests.of(objects))
    # What cdk8s rendered for the checks is what is written: it would render all of it again.
    return Rendered(environment.name, objects, _yaml.dump(objects), errors, warnings.getvalue())
