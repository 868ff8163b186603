"""Names are resolved from every pod of an environment, wherever the cluster resolves them."""

import pytest
from attrs import evolve
from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.checks import Manifests, check
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import ImageReference
from tests.conftest import FIXED_IMAGE
from tests.support import of_kind, one

NODE_LOCAL = "169.254.20.10/32"


@pytest.mark.parametrize("name", ["stg", "prod"])
def test_the_cache_of_the_node_is_open_to_every_pod(name: str) -> None:
    environment = ENVIRONMENTS[name](ImageReference.parse(FIXED_IMAGE))
    settings = evolve(environment, network=evolve(environment.network, dns_cidrs=(NODE_LOCAL,)))
    manifests = ExamxChart(App(), settings).to_json()
    policy = one(manifests, "NetworkPolicy", "allow-dns")["spec"]
    # Without a selector: backend, workers, beat, Redis, its Sentinels, and guests.
    assert policy["podSelector"] == {}
    assert {"ipBlock": {"cidr": NODE_LOCAL}} in policy["egress"][0]["to"]
    # No other policy has to know of it, for policies add up.
    others = [each for each in of_kind(manifests, "NetworkPolicy") if NODE_LOCAL in str(each)]
    assert [each["metadata"]["name"] for each in others] == ["allow-dns"]
    assert check(Manifests.of(manifests)) == []
