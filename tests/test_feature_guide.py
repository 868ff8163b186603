"""FEATURE_ENVIRONMENTS.md: what it tells a developer to type, and what it says of names, figures and fields."""

import re
from datetime import UTC, datetime

import pytest
from cdk8s import App

from examx_cli.commands.feature.look import HEADINGS
from examx_cli.features import lifetime
from examx_constructs import ExamxChart
from examx_constructs.environments import Feature, feature
from examx_constructs.environments.dev import dev
from examx_constructs.environments.feature import host_of, namespace_of
from examx_constructs.settings import ImageReference
from examx_constructs.settings.branch import slug
from tests.conftest import FIXED_IMAGE
from tests.guides import PROJECT, Guide, assert_containers_exist, assert_examx_knows, find, named_objects, option
from tests.support import Manifest
from tests.workflows.runner import read_workflow

GUIDE = Guide("FEATURE_ENVIRONMENTS.md")
IMAGE = ImageReference.parse(FIXED_IMAGE)
LOGIN = Feature(branch="feature/login", image=IMAGE, owner="ada", expires=datetime(2030, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def login() -> list[Manifest]:
    """The manifests of the environment that the guide is about."""
    return ExamxChart(App(), feature(LOGIN)).to_json()


@pytest.mark.parametrize("command", GUIDE.commands("kubectl"), ids=" ".join)
def test_what_kubectl_is_asked_about_is_there(login: list[Manifest], command: list[str]) -> None:
    assert option(command, "--namespace") == LOGIN.namespace
    for kind, name in named_objects(command):
        assert_containers_exist(command, find(login, kind, name))


@pytest.mark.parametrize("command", GUIDE.commands("examx"), ids=" ".join)
def test_examx_knows_the_commands(command: list[str]) -> None:
    assert_examx_knows(command)


def test_there_are_commands_to_test() -> None:
    assert len(GUIDE.commands("kubectl")) >= 9
    assert len(GUIDE.commands("examx")) >= 7


def test_the_addresses_are_those_of_the_branches() -> None:
    rows = re.findall(r"^\| `(.+)` \| `https://(.+)` \| `(feat-.+)` \|$", GUIDE.text, re.MULTILINE)
    assert len(rows) == 2
    for branch, host, namespace in rows:
        assert (host, namespace) == (host_of(slug(branch)), namespace_of(slug(branch)))


def test_the_form_has_these_fields() -> None:
    form = read_workflow(PROJECT / ".github/workflows/cd-feat.yaml")["on"]["workflow_dispatch"]["inputs"]
    table = GUIDE.text[GUIDE.text.index("| field |") : GUIDE.text.index("New commits?")]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(form)
    for days in form["days"]["options"]:
        lifetime.lifetime(f"{days}d")
    assert f"{form['days']['default']}d" == lifetime.DEFAULT == "7d"
    assert f"The most is {lifetime.LONGEST.days} days" in GUIDE.text


def test_what_is_different_from_dev() -> None:
    here, there = feature(LOGIN), dev(IMAGE)
    assert f"| {there.backend.workers} processes | {here.backend.workers} process, half the memory |" in GUIDE.text
    assert 2 * here.backend.resources.memory_limit.amount == there.backend.resources.memory_limit.amount
    for name, value in here.variables.items():
        assert name in GUIDE.text
        if name in ("DJANGO_DEBUG", "FEATURE_ENV"):
            assert re.search(rf"`{name}(=|` \| .* \| `){value}", GUIDE.text), name
    assert {queue.replicas.minimum for queue in here.queues} == {0}


def test_every_queue_and_its_worker_is_named() -> None:
    for queue in feature(LOGIN).queues:
        assert re.search(rf"`{queue.name}`\s+is\s+`{queue.worker}`", GUIDE.text), queue.name


def test_the_list_looks_like_this() -> None:
    (heading,) = [line for line in GUIDE.lines("console") if line.startswith("branch ")]
    assert re.split(r"\s{2,}", heading) == list(HEADINGS)
