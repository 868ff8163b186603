"""The commands of the guide to clusters name what is there: objects of dist/, containers, commands that exist."""

import pytest

from tests.guides import (
    Guide,
    assert_containers_exist,
    assert_examx_knows,
    find,
    named_objects,
    objects_in,
    option,
)

GUIDE = Guide("docs/cluster.md")
KUBECTL = GUIDE.commands("kubectl")
EXAMX = GUIDE.commands("examx")


@pytest.mark.parametrize("command", KUBECTL, ids=" ".join)
def test_what_kubectl_is_asked_about_is_there(command: list[str]):
    objects = objects_in(option(command, "--namespace") or "")
    for kind, name in named_objects(command):
        assert_containers_exist(command, find(objects, kind, name))


@pytest.mark.parametrize("command", EXAMX, ids=" ".join)
def test_the_commands_of_examx_exist(command: list[str]):
    assert_examx_knows(command)


def test_there_are_commands_to_test():
    assert len(KUBECTL) >= 12
    assert len(EXAMX) >= 6
