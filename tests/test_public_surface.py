import subprocess
import sys
from importlib import import_module
from inspect import getdoc
from types import ModuleType

import pytest

import examx_constructs
from examx_constructs import settings


@pytest.mark.parametrize("package", [examx_constructs, settings])
def test_the_public_names_are_sorted_documented_and_there(package: ModuleType) -> None:
    names: list[str] = package.__all__
    assert names == sorted(names)
    for name in names:
        assert getdoc(getattr(package, name)), name


@pytest.mark.parametrize("package", [examx_constructs, settings])
def test_every_lazy_name_is_public_and_comes_from_its_home(package: ModuleType) -> None:
    homes: dict[str, str] = package._HOME_OF
    assert sorted(homes) == package.__all__
    for name, home in homes.items():
        assert hasattr(import_module(f"{package.__name__}.{home}"), name)


@pytest.mark.parametrize("package", [examx_constructs, settings])
def test_an_unknown_name_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'Nothing'"):
        _ = package.Nothing


def test_constructs_that_take_part_in_a_chart_are_public() -> None:
    chart = import_module("examx_constructs.chart")
    used = {
        name
        for name, value in vars(chart).items()
        if isinstance(value, type)
        and value.__module__.startswith("examx_constructs.")
        and "settings" not in value.__module__
    }
    assert used <= set(examx_constructs.__all__)


@pytest.mark.parametrize("package", ["settings", "environments", "checks"])
def test_it_loads_without_node(package: str) -> None:
    node = "[name for name in sys.modules if name.startswith(('jsii', 'cdk8s'))]"
    program = f"import sys, examx_constructs.{package}; print({node})"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
