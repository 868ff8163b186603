from importlib import import_module
from inspect import getdoc
from pathlib import Path
from types import ModuleType

import pytest

import examx_constructs
from examx_constructs import settings
from examx_constructs._lazy import homes_of


@pytest.mark.parametrize("package", [examx_constructs, settings])
def test_the_public_names_are_sorted_documented_and_there(package: ModuleType) -> None:
    names: list[str] = package.__all__
    assert names == sorted(names)
    for name in names:
        assert getdoc(getattr(package, name)), name


@pytest.mark.parametrize("package", [examx_constructs, settings])
def test_every_lazy_name_is_public_and_comes_from_its_home(package: ModuleType) -> None:
    homes = homes_of(package.__name__)
    assert sorted(homes) == package.__all__ == dir(package)
    for name, home in homes.items():
        assert home.startswith(f"{package.__name__}.")
        assert hasattr(import_module(home), name)


@pytest.mark.parametrize("package", [examx_constructs, settings])
def test_an_unknown_name_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'Nothing'"):
        _ = package.Nothing


@pytest.mark.parametrize("fault", ["AttributeError('no Lost')", "ImportError('no Lost')", "RuntimeError('no Lost')"])
def test_the_error_of_a_module_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Python says of an AttributeError here only `cannot import name`, as if there were no such name."""
    package = tmp_path / f"lazy_{fault.partition('(')[0].lower()}"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from examx_constructs._lazy import lazy\n__getattr__, __dir__, __all__ = lazy(__name__)\n"
    )
    (package / "__init__.pyi").write_text(f"from {package.name}.home import Thing as Thing\n")
    (package / "home.py").write_text(f"raise {fault}\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises((ImportError, RuntimeError), match="no Lost"):
        exec(f"from {package.name} import Thing")


def test_a_name_that_its_module_has_not_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lazy_stale").mkdir()
    (tmp_path / "lazy_stale" / "__init__.py").write_text(
        "from examx_constructs._lazy import lazy\n__getattr__, __dir__, __all__ = lazy(__name__)\n"
    )
    (tmp_path / "lazy_stale" / "__init__.pyi").write_text("from lazy_stale.home import Thing as Thing\n")
    (tmp_path / "lazy_stale" / "home.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        ImportError, match=r"lazy_stale\.Thing cannot be loaded: module 'lazy_stale\.home' has no attribute"
    ):
        exec("from lazy_stale import Thing")


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
