"""What `examx diff` says of the requests of all pods: before, after, and per month."""

import json
from pathlib import Path

import pytest
import yaml

from examx_cli import reading
from tests.process.cli.diff.conftest import RECORDED, StandIn
from tests.process.cli.diff.test_command import Checkout, checkout, examx
from tests.unit.cli.diff.support import Edit, find, manifests, put, remove

__all__ = ["checkout"]

BEAT = "Deployment celery-beat"
REQUESTS = "spec.template.spec.containers[celery-beat].resources.requests"
SUMS = "requests of all pods, at rest..at most\n"
HOURS_A_MONTH = 730


def test_a_larger_request_is_summed_at_rest_and_at_most(checkout: Checkout) -> None:
    requested = find(manifests("dev"), BEAT)["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
    checkout.change("dev", put(BEAT, f"{REQUESTS}.cpu", f"{int(requested['cpu']) + 2}"))

    before, after = requests(checkout)
    for level in ("at_rest", "at_most"):
        assert after[level]["cpu"] - before[level]["cpu"] == pytest.approx(2)
        assert after[level]["memory"] == before[level]["memory"]
    told = examx("dev").stdout.partition(SUMS)[2]
    assert told == (
        f"  CPU: {before['at_rest']['cpu']:.1f}..{before['at_most']['cpu']:.1f}"
        f" -> {after['at_rest']['cpu']:.1f}..{after['at_most']['cpu']:.1f}\n"
    )


def test_a_higher_maximum_costs_nothing_at_rest(checkout: Checkout) -> None:
    scaler = "ScaledObject celery-worker-default-scaler"
    maximum = find(manifests("dev"), scaler)["spec"]["maxReplicaCount"]
    worker = find(manifests("dev"), "Deployment celery-worker-default")["spec"]["template"]["spec"]
    cpu = float(worker["containers"][0]["resources"]["requests"]["cpu"])
    checkout.change("dev", put(scaler, "spec.maxReplicaCount", maximum + 5))

    before, after = requests(checkout)
    assert after["at_rest"] == before["at_rest"]
    assert after["at_most"]["cpu"] - before["at_most"]["cpu"] == pytest.approx(5 * cpu)


def test_prices_make_a_month_of_it(checkout: Checkout) -> None:
    checkout.change("dev", put(BEAT, f"{REQUESTS}.cpu", "3"))
    prices = checkout.root / "prices.yaml"
    prices.write_text("currency: EUR\ncpu_hour: 0.5\ngib_hour: 0\n")

    before, after = requests(checkout, "--prices", str(prices))
    more = after["at_rest"]["cpu"] - before["at_rest"]["cpu"]
    assert after["at_rest"]["per_month"] - before["at_rest"]["per_month"] == pytest.approx(more * 0.5 * HOURS_A_MONTH)
    assert after["at_rest"]["currency"] == "EUR"
    assert "  EUR a month: " in examx("dev", "--prices", str(prices)).stdout
    assert "- EUR a month: " in examx("dev", "--format", "markdown", "--prices", str(prices)).stdout


def test_prices_that_are_none_are_refused(checkout: Checkout) -> None:
    prices = checkout.root / "prices.yaml"
    prices.write_text("cpu_hour: -1\n")
    done = examx("dev", "--prices", str(prices))
    assert done.exit_code == 2
    assert "prices.yaml: cpu_hour is -1; allowed: a number, 0 or more" in done.stderr


def test_what_leaves_the_sums_is_not_told(checkout: Checkout) -> None:
    checkout.change("dev", put(BEAT, "spec.template.spec.terminationGracePeriodSeconds", 31))
    assert SUMS not in examx("dev").stdout
    assert json.loads(examx("dev", "--json").stdout)["environments"][0]["requests"] is None


@pytest.mark.parametrize(
    "edit",
    [
        put(BEAT, f"{REQUESTS}.cpu", "1e999"),
        put(BEAT, "spec", "text"),
        put("ScaledObject celery-worker-default-scaler", "spec", None),
        put("ScaledObject celery-worker-default-scaler", "spec.maxReplicaCount", 1 << 70),
    ],
)
def test_figures_that_no_server_takes_are_summed_too(checkout: Checkout, edit: Edit) -> None:
    checkout.change("dev", edit)
    checkout.commit("of anybody")
    done = examx("dev", "--of", "HEAD", "--against", "HEAD^")
    assert done.exit_code == 0, done.stderr
    assert SUMS in done.stdout


def test_a_new_environment_asks_for_nothing_before(checkout: Checkout) -> None:
    file = checkout.root / "dist" / "stg.k8s.yaml"
    content = file.read_bytes()
    file.unlink()
    checkout.commit("without stg")
    file.write_bytes(content)
    assert examx("stg").stdout.partition(SUMS)[2].startswith("  CPU: 0 -> ")


def test_what_runs_and_is_no_longer_rendered_counts_before(checkout: Checkout, cluster: StandIn) -> None:
    remove(BEAT)(cluster.manifests)
    write(checkout, cluster)
    freed = examx("dev", "--against", "cluster", "--json")
    was, will_be = sides(freed.stdout)
    beat = find(RECORDED["manifests"], BEAT)["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
    assert was["at_rest"]["cpu"] - will_be["at_rest"]["cpu"] == pytest.approx(float(beat["cpu"]))


def test_what_may_not_be_read_is_in_no_sum(checkout: Checkout, cluster: StandIn) -> None:
    cluster.change(BEAT, f"{REQUESTS}.cpu", "3")
    cluster.answers["no_get"] = ["PersistentVolume"]
    write(checkout, cluster)
    done = examx("dev", "--against", "cluster")
    assert "not compared" in done.stdout
    assert SUMS not in done.stdout


def requests(checkout: Checkout, *arguments: str) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    assert reading.read(checkout.root / "dist/dev.k8s.yaml") != manifests("dev")
    return sides(examx("dev", "--json", *arguments).stdout)


def sides(answer: str) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    found = json.loads(answer)["environments"][0]["requests"]
    return found["before"], found["after"]


def write(checkout: Checkout, cluster: StandIn) -> None:
    file: Path = checkout.root / "dist" / "dev.k8s.yaml"
    file.write_text(yaml.safe_dump_all(cluster.manifests), encoding="utf-8")
    cluster.compare()
