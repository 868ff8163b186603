"""Where each figure of an environment comes from."""

import re
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from examx_cli.provenance import Figure, Source, environment_figures, figures
from examx_constructs import settings
from examx_constructs.environments import ENVIRONMENTS, EnvironmentSettingError
from examx_constructs.environments.dev import dev
from examx_constructs.environments.shared import DEV_STG_CLUSTER
from examx_constructs.features import Feature, feature
from examx_constructs.settings import (
    Access,
    ClientTlsPassthrough,
    ConfigurationError,
    Duration,
    Environment,
    ImageReference,
    IngressSettings,
    Replicas,
)
from tests.support import number_of
from tests.unit.cli import sources

PROJECT = Path(__file__).parents[3]
IMAGES = PROJECT / "images.yaml"


def marks() -> dict[str, dict[str, int]]:
    """The line of each figure of each function of sources.py, as its comments tell."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(Path(sources.__file__).read_text().splitlines(), start=1):
        for mark in line.partition("# <- ")[2].split():
            case, _, figure = mark.partition(".")
            found[case][figure] = number
    return found


MARKS = marks()


def by_name(found: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in found}


@pytest.mark.parametrize("case", MARKS)
def test_a_figure_is_followed_to_where_it_is_written(case: str) -> None:
    found = by_name(figures(getattr(sources, case)))
    places = {name: found[name].source for name in MARKS[case]}
    assert places == {name: Source("tests/unit/cli/sources.py", line) for name, line in MARKS[case].items()}


def line_of(source: Source) -> str:
    """The line, with those that its brackets go on over."""
    text, *others = (PROJECT / source.file).read_text().splitlines()[source.line - 1 :]
    while text.count("(") > text.count(")"):
        text += others.pop(0)
    return text


def is_written_in(line: str, value: object) -> bool:
    """Whether a line of Python holds a value, or the part of a text that a function of shared.py completes."""
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    match value:
        case str():
            return any(value.endswith(text) for text in texts if text) or f"{value}(" in line
        case Duration():
            return any(Duration(text) == value for text in texts if re.fullmatch(r"\d+[smh]", text))
        case tuple():
            return [str(each) for each in value] == texts or (not value and "()" in line)
        case None | bool() | int():
            written = {str(value), f"{value:_}"} if type(value) is int else {str(value)}
            return re.search(rf"(?<![\w.])({'|'.join(written)})(?![\w.])", line) is not None
        case ImageReference() | settings.Quantity():
            return str(value) in texts
    return "{}" in line and not value


def test_every_figure_of_every_environment_stands_on_its_line(environment_name: str) -> None:
    found = environment_figures(environment_name, IMAGES)
    assert len(found) > 100
    image = by_name(found)["image"]
    assert line_of(image.source) == f"{environment_name}: {image.value}"
    elsewhere = [each for each in found if each is not image and not is_written_in(line_of(each.source), each.value)]
    assert elsewhere == []


def test_what_an_environment_does_not_give_is_a_default_of_the_settings(environment_name: str) -> None:
    for figure in environment_figures(environment_name, IMAGES):
        folder = "examx_constructs/settings/" if figure.source.default else "examx_constructs/environments/"
        assert figure.source.file.startswith(folder) or figure.name == "image", figure


def test_the_figures_are_the_whole_environment_and_nothing_else(environment_name: str) -> None:
    image = ImageReference.parse("registry.example.com/app:v1")
    environment = ENVIRONMENTS[environment_name](image)
    found = figures(ENVIRONMENTS[environment_name], image)
    leaves = [figure for figure in found if not any(other.name.startswith(f"{figure.name}.") for other in found)]
    assert {figure.name: figure.value for figure in leaves} == dict(flat((), environment))
    assert len(by_name(found)) == len(found)


def flat(path: tuple[str, ...], value: object):
    """The leaves of a setting by attrs' own way through it."""
    match value:
        case ImageReference():
            yield ".".join(path), value
        case tuple() if value and attrs.has(type(value[0])):
            for number, item in enumerate(value):
                yield from flat((*path, getattr(item, "name", str(number))), item)
        case _ if attrs.has(type(value)):
            for name, inner in attrs.asdict(value, recurse=False).items():
                yield from flat((*path, name), inner)
        case _ if hasattr(value, "items") and value:
            for name, inner in value.items():
                yield from flat((*path, name), inner)
        case _:
            yield ".".join(path), value


def figure_of(name: str, environment: str) -> Figure:
    return by_name(environment_figures(environment, IMAGES))[name]


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [
        # given by the environment itself
        ("backend.replicas.maximum", "examx_constructs/environments/dev.py", " replicas=Replicas.between("),
        # passed through a function of shared.py
        ("queues.default.concurrency", "examx_constructs/environments/dev.py", "gevent_concurrency="),
        ("queues.bulk_upload.replicas.maximum", "examx_constructs/environments/dev.py", "bulk_upload=Replicas"),
        # a constant, completed by a function, the same for all
        ("cluster", "examx_constructs/environments/shared.py", f'= "{DEV_STG_CLUSTER}"'),
        ("env_file.arn", "examx_constructs/environments/dev.py", "env_file=SecretsManagerSecret("),
        (
            "queues.bulk_upload.longest_task",
            "examx_constructs/environments/shared.py",
            'name="bulk_upload" ... longest_task=',
        ),
        # one of several kinds
        ("redis", "examx_constructs/environments/dev.py", "redis=StandaloneRedis("),
        # defaults: of a field, of a default's own field, a constant, an entry of a constant
        ("backend.threads", "examx_constructs/settings/workloads.py", "threads: int"),
        ("backend.utilization.cpu", "examx_constructs/settings/autoscaling.py", "cpu: int | None"),
        ("redis.image", "examx_constructs/settings/redis.py", "REDIS_IMAGE = "),
        ("network.external_flows.smtp.port", "examx_constructs/settings/network.py", "port=587"),
        ("ingress.client_tls", "examx_constructs/settings/ingress.py", "client_tls: ClientTls"),
    ],
)
def test_the_source_of(name: str, file: str, text: str) -> None:
    source = figure_of(name, "dev").source
    assert source == Source(file, number_of(PROJECT / file, text), default="/settings/" in file)
    assert str(source) == f"{file}:{source.line}"


FEATURE = Feature(
    branch="feature/results",
    image=ImageReference.parse("registry.example.com/team/app:feat-1"),
    owner="ada",
    expires=datetime(2030, 1, 31, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [
        ("backend.workers", "features/environment.py", "workers=1,"),
        ("backend.replicas.maximum", "features/environment.py", "_ONE = Replicas.between(1, 1)"),
        ("queues.default.replicas.minimum", "features/environment.py", "_NONE_OR_ONE = "),
        ("queues.default.cooldown", "features/environment.py", "cooldown=queue.longest_task"),
        ("queues.default.concurrency", "environments/dev.py", "gevent_concurrency="),
        ("queues.default.list_length", "environments/shared.py", 'name="default" ... list_length='),
        ("cluster", "environments/shared.py", f'= "{DEV_STG_CLUSTER}"'),
    ],
)
def test_an_environment_made_from_another_names_both(name: str, file: str, text: str) -> None:
    source = by_name(figures(feature, FEATURE))[name].source
    path = f"examx_constructs/{file}"
    assert source == Source(path, number_of(PROJECT / path, text))


def test_the_kind_of_a_setting_is_a_figure() -> None:
    assert figure_of("redis", "prod").value == "ReplicatedRedis"
    assert figure_of("ingress.client_tls", "prod").value == ClientTlsPassthrough.__name__
    assert figure_of("ingress.client_tls", "prod").source.default is False


def test_an_image_that_the_environment_pins_itself_does_not_come_from_images_yaml(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def pinned(image: ImageReference) -> Environment:
        return attrs.evolve(dev(image), image=ImageReference.parse("registry.example.com/app:dev-1"))

    monkeypatch.setitem(ENVIRONMENTS, "dev", pinned)
    assert "image=ImageReference.parse(" in line_of(figure_of("image", "dev").source)


def test_another_environment_may_be_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: ImageReference) -> Environment:
        raise ConfigurationError("broken")

    monkeypatch.setitem(ENVIRONMENTS, "prod", broken)
    assert figure_of("name", "dev").value == "dev"
    with pytest.raises(EnvironmentSettingError, match=r"^tests/unit/cli/test_provenance\.py:\d+: prod: broken$"):
        environment_figures("prod", IMAGES)


def test_a_folder_elsewhere_is_shown_whole(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.py"
    file.write_text(
        "from examx_constructs.settings import Replicas\n\n\ndef make():\n    return Replicas.between(1, 2)\n"
    )
    assert figures(function_in(file, str(file)))[0].source == Source(str(file), 5)


def test_without_source_the_line_of_the_function_is_all(tmp_path: Path) -> None:
    file = tmp_path / "gone.py"
    file.write_text(
        "from examx_constructs.settings import Replicas\n\n\ndef make():\n    most = 2\n"
        "    return Replicas(\n        minimum=1,\n        maximum=most,\n    )\n"
    )
    places = {figure.name: figure.source for figure in figures(function_in(file, "<gone>"))}
    assert places == {"minimum": Source("<gone>", 4), "maximum": Source("<gone>", 4)}


def function_in(file: Path, name: str) -> Callable[[], object]:
    namespace: dict[str, Callable[[], object]] = {"__name__": "elsewhere"}  # type: ignore[dict-item]
    exec(compile(file.read_text(), name, "exec"), namespace)
    return namespace["make"]


def test_nothing_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A debugger, a profiler and the measuring of coverage keep their places, and see what they always see."""

    def refuse(_: object) -> None:
        raise AssertionError("somebody watches how settings are made")

    for module, name in ((sys, "setprofile"), (sys, "settrace"), (threading, "setprofile"), (threading, "settrace")):
        monkeypatch.setattr(module, name, refuse)
    assert by_name(figures(sources.keywords))["minimum"].value == 1


def test_a_mistake_comes_through() -> None:
    def broken() -> Replicas:
        return Replicas.between(2, 1)

    with pytest.raises(ConfigurationError, match=r"^Replicas\.minimum is 2;"):
        figures(broken)


def test_settings_that_were_made_meanwhile_and_dropped_confuse_nobody() -> None:
    """The id of a value that is gone may be that of a new one."""

    def make() -> IngressSettings:
        for number in range(200):
            Access(service_account=f"dropped-{number}")
        return IngressSettings(host="exams.example.com")

    (host, *_) = figures(make)
    assert line_of(host.source).strip() == 'return IngressSettings(host="exams.example.com")'
