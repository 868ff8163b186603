"""Arguments of other types: each construct refuses them in one line, by the name of the argument."""

import inspect

import pytest
from cdk8s import Chart

import examx_constructs
from examx_constructs import CeleryWorker, DjangoApp, ScheduledTask
from examx_constructs.settings import ImageReference
from tests.unit.constructs.conftest import QUEUE, RESOURCES
from tests.unit.settings.support import refusal

_VALUES = {"Mount"}
"""What is made by the library's own functions, of parts that are typed already."""
CONSTRUCTS = [
    each
    for name in examx_constructs.__all__
    if name not in _VALUES and inspect.isclass(each := getattr(examx_constructs, name))
]


def _parameters(kind: type) -> list[str]:
    return list(inspect.signature(kind.__init__).parameters)[1:]


def _place(kind: type, chart: Chart) -> tuple[object, ...]:
    return tuple(value for name, value in (("scope", chart), ("id", "a")) if name in _parameters(kind))


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        pytest.param(kind, each, id=f"{kind.__name__}.{each}")
        for kind in CONSTRUCTS
        for each in _parameters(kind)
        if each not in ("scope", "id")
    ],
)
def test_an_argument_of_another_type_is_refused(chart: Chart, kind: type, argument: str) -> None:
    message = refusal(lambda: kind(*_place(kind, chart), **{argument: 1.5j}))
    assert message.startswith(f"{kind.__name__}.{argument} is 1.5j; it must be ")


@pytest.mark.parametrize("kind", CONSTRUCTS)
def test_an_argument_of_no_known_name_is_refused(chart: Chart, kind: type) -> None:
    assert f"{kind.__name__}.no_such is 1; there is no such argument" in refusal(
        lambda: kind(*_place(kind, chart), no_such=1)
    )


def test_what_is_missing_is_named(chart: Chart) -> None:
    message = refusal(lambda: CeleryWorker(chart, "a"))  # pyright: ignore[reportCallIssue]
    assert message == "CeleryWorker.app is missing; it has no default and must be given"


def test_a_text_is_no_image() -> None:
    message = refusal(lambda: DjangoApp(image="shop:latest"))  # pyright: ignore[reportArgumentType]
    assert message == 'DjangoApp.image is "shop:latest"; it must be ImageReference'


def test_a_mapping_is_no_value_and_a_construct_needs_its_place(chart: Chart, image: ImageReference) -> None:
    app = DjangoApp(image=image)
    task = {"name": "clean"}
    message = refusal(lambda: ScheduledTask(chart, "a", app=app, settings=task))  # pyright: ignore[reportArgumentType]
    assert message == "ScheduledTask.settings is {'name': 'clean'}; it must be ScheduledTaskSettings"
    message = refusal(
        lambda: CeleryWorker("chart", "a", app=app, queue=QUEUE, resources=RESOURCES)  # pyright: ignore[reportArgumentType]
    )
    assert message == 'CeleryWorker.scope is "chart"; it must be Construct'
