"""Each parameter of what is public is told of in the reference, from where the source tells it."""

import inspect
from dataclasses import dataclass
from types import ModuleType

import pytest
from constructs import Construct

import examx_constructs
from examx_constructs import checks, environments, settings
from examx_constructs.settings import Duration, Utilization
from tools.parameters import COMMON, described, names

PACKAGES = (examx_constructs, settings, environments, checks)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_each_parameter_is_told_of(package: ModuleType) -> None:
    """Where one lacks, write a text behind the field, or a sentence of the docstring that begins with the name."""
    things = {name: getattr(package, name) for name in package.__all__}
    taking = {name: thing for name, thing in things.items() if inspect.isclass(thing) or inspect.isroutine(thing)}
    assert sum(len(names(thing)) for thing in taking.values()) >= len(taking)
    lacking = {
        name: [each for each in names(thing) if each not in described(thing).parameters]
        for name, thing in taking.items()
    }
    assert {name: each for name, each in lacking.items() if each} == {}


class Sample(Construct):
    """Something. It has a `title` for `first` and other readers.

    `first` is one of several,
    named here. It goes on. `second`: as well; `third` and `fourth` come together. Raises nothing.

    What it does is told here.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        first: str,
        second: str,
        third: str,
        fourth: str,
        title: str,
        sizes: Utilization | None,
        wait: Duration,
        untold: str,
    ) -> None:
        super().__init__(scope, id)


@dataclass
class Value:
    """A value: `a` and more."""

    a: int
    """The first
    of all."""
    b: int


@dataclass
class Derived(Value):
    """One that has more."""

    c: int = 0
    """The last."""


def test_where_a_parameter_is_told_of() -> None:
    told = described(Sample)
    assert told.parameters == {
        "scope": COMMON["scope"],
        "id": COMMON["id"],
        "first": "One of several, named here. It goes on.",
        "second": "As well; `third` and `fourth` come together.",
        "third": "`second`: as well; `third` and `fourth` come together.",
        "fourth": "`second`: as well; `third` and `fourth` come together.",
        "title": "It has a `title` for `first` and other readers.",
        "sizes": "Average CPU and memory use that the autoscaler aims at, in percent of the pods' requests.",
    }
    assert [each for each in names(Sample) if each not in told.parameters] == ["wait", "untold"]


def test_a_paragraph_leaves_the_text_where_all_of_it_is_of_parameters() -> None:
    assert "`first` is one of several" in described(Sample).text  # `Raises nothing.` is of none
    text = described(settings.Queue).text
    assert text.startswith("One queue, the Redis list of the same name")
    assert "`more_lists` are" not in text
    assert "within `replicas`" in text


def test_a_text_behind_a_field_comes_first_and_is_inherited() -> None:
    assert described(Value).parameters == {"a": "The first of all."}
    assert described(Derived).parameters == {"a": "The first of all.", "c": "The last."}


def test_functions_and_classes_without_a_constructor() -> None:
    def made(first: str, last: str) -> None:
        """Return nothing.

        `first` is not used.
        """

    assert described(made).parameters == {"first": "Not used."}
    assert names(made) == ["first", "last"]
    assert names(type("Bare", (), {})) == []
