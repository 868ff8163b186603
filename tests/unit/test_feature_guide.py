"""FEATURE_ENVIRONMENTS.md: what it says of names, figures and fields. Its commands are tested with all others."""

import re
from datetime import UTC, datetime

from examx_cli.commands.feature.list import HEADINGS
from examx_cli.features import lifetime
from examx_constructs.environments.dev import dev
from examx_constructs.features import Feature, feature
from examx_constructs.features.slug import Slug
from examx_constructs.settings import ImageReference
from tests.conftest import FIXED_IMAGE
from tests.guides import PROJECT, Guide, option
from tests.unit.workflows.runner import read_workflow

GUIDE = Guide("FEATURE_ENVIRONMENTS.md")
IMAGE = ImageReference.parse(FIXED_IMAGE)
LOGIN = Feature(branch="feature/login", image=IMAGE, owner="ada", expires=datetime(2030, 1, 1, tzinfo=UTC))


def test_one_environment_is_looked_into() -> None:
    commands = GUIDE.commands("kubectl")
    assert len(commands) >= 9
    assert {option(command, "--namespace") for command in commands} == {LOGIN.slug.namespace}


def test_the_addresses_are_those_of_the_branches() -> None:
    rows = re.findall(r"^\| `(.+)` \| `https://(.+)` \| `(feat-.+)` \|$", GUIDE.text, re.MULTILINE)
    assert len(rows) == 2
    for branch, host, namespace in rows:
        assert (host, namespace) == (Slug.of(branch).host, Slug.of(branch).namespace)


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
    assert f"| several processes | {here.backend.workers} process, less memory |" in GUIDE.text
    assert there.backend.workers > here.backend.workers
    assert there.backend.resources.memory_limit > here.backend.resources.memory_limit
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
