"""Environments as they are rendered, and clusters that lack nothing for them."""

from collections.abc import Callable
from functools import cache

import pytest

from examx_cli.doctor import Verdict, examine
from examx_cli.doctor.needs import Needs
from tests.cli.doctor import eks
from tests.guides import objects_in, rendered

Examination = Callable[[str, Callable[[eks.Played], object]], dict[str, Verdict]]


@cache
def needs_of(environment: str) -> Needs:
    """What a fixed environment needs; or a feature environment, as tests/environments keeps it."""
    if environment != "feature":
        return Needs.of(environment, rendered(environment))
    return Needs.of("feature", objects_in("feat-login-examxv2"))


def cluster_for(needs: Needs) -> eks.Played:
    """A cluster that lacks nothing."""
    return eks.sound(needs.namespace, needs.secret_accounts[0])


@pytest.fixture
def examined() -> Examination:
    """The verdicts on an environment's cluster, after a change of it, by topic and precondition."""

    def examination(environment: str, change: Callable[[eks.Played], object]) -> dict[str, Verdict]:
        needs = needs_of(environment)
        played = cluster_for(needs)
        change(played)
        return {f"{each.topic}: {each.what}": each for each in examine(needs, played)}

    return examination
