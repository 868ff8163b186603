"""Environments as they are rendered, and clusters that lack nothing for them."""

import copy
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pytest

from examx_cli.doctor import Verdict, admission, examine
from examx_cli.doctor.kept import wanted_secrets
from examx_cli.doctor.needs import Needs
from examx_constructs.settings.redis import REDIS_USERS
from tests.guides import objects_in, rendered
from tests.unit.cli.doctor import eks

Examination = Callable[..., dict[str, Verdict]]


@cache
def needs_of(environment: str) -> Needs:
    """What a fixed environment needs; or a feature environment, as tests/unit/environments keeps it."""
    if environment != "feature":
        return Needs.of(environment, rendered(environment))
    return Needs.of("feature", objects_in("feat-login-examxv2"))


def allowing(needs: Needs, cidrs: Sequence[str]) -> Needs:
    """The same, with networks that may be asked for names, as NetworkSettings.dns_cidrs renders them."""
    manifests: list[Any] = copy.deepcopy(list(needs.manifests))
    for each in manifests:
        if (each["kind"], each["metadata"]["name"]) == ("NetworkPolicy", "allow-dns"):
            each["spec"]["egress"][0]["to"] += [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]
    return Needs(needs.environment, needs.cluster, needs.namespace, manifests)


def cluster_for(needs: Needs) -> eks.Played:
    """A cluster that lacks nothing: what docs/cluster.md sets up, and what the first apply makes."""
    played = eks.sound(needs.namespace, needs.secret_accounts[0])
    played.secrets = dict.fromkeys(wanted_secrets(needs), len(REDIS_USERS))
    for kind, question in admission.ASKED.items():
        played.answers[question] = [*played.answers.get(question, []), *copy.deepcopy(needs.of_kind(kind))]
    return played


@pytest.fixture
def examined() -> Examination:
    """The verdicts on an environment's cluster, after a change of it, by topic and precondition."""

    def examination(
        environment: str, change: Callable[[eks.Played], object], *, dns_cidrs: tuple[str, ...] = ()
    ) -> dict[str, Verdict]:
        needs = allowing(needs_of(environment), dns_cidrs)
        played = cluster_for(needs)
        change(played)
        return {f"{each.topic}: {each.what}": each for each in examine(needs, played)}

    return examination
