"""The cdk8s app of the shop: in each environment the library's chart, and one of its own beside it."""

from cdk8s import App
from environments import live, test
from search import SearchChart

from examx_constructs import ExamxChart
from examx_constructs.chart_checks import add_checks

app = App()
charts = [
    chart
    for environment in (test(), live())
    for chart in (
        ExamxChart(app, environment),
        SearchChart(app, f"{environment.name}-search", environment=environment),
    )
]
add_checks(app, charts)
app.synth()
