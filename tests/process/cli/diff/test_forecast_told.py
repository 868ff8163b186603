"""What a change does to waits, as the command tells it and as mermaid draws it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from examx_cli.comparison.forecast import Curve, Forecast, Outcome
from examx_cli.diff import markdown, text
from examx_cli.scale import forecasting
from tests.process.cli.diff.conftest import RECORDED, StandIn
from tests.process.cli.diff.test_command import Checkout, checkout, examx
from tests.unit.cli.diff.support import Manifest, find, put, release
from tests.unit.cli.diff.test_forecast import FEWER, PROJECT, changed, comparison, foretold

__all__ = ["checkout"]

MERMAID = PROJECT / "node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"


def test_the_simulator_is_not_loaded_before_it_is_wanted() -> None:
    program = "import sys, examx_cli.commands.diff; print('examx_constructs.scaling' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_a_change_in_a_checkout_is_told(checkout: Checkout) -> None:
    checkout.change("prod", FEWER)
    done = examx("prod")
    assert done.exit_code == 0
    told = done.stdout.partition("\nwaits and pod hours, simulated at the standard workloads\n")[2]
    line = told.splitlines()[0]
    assert line.startswith("  bulk_upload, burst of 30: p95 wait 60 s -> ")
    (found,) = json.loads(examx("prod", "--json").stdout)["environments"]
    (outcome,) = found["forecast"]
    assert f"  {outcome['queue']}, {outcome['workload']}: {outcome['said']}" == line
    assert outcome["keeps_level"] is False
    assert found["not_foretold"] == []


def test_a_change_of_a_commit_is_told(checkout: Checkout) -> None:
    base = checkout.git("rev-parse", "HEAD")
    checkout.change("prod", FEWER)
    commit = checkout.commit("fewer")
    checkout.git("checkout", "--quiet", base)
    assert "p95 wait 60 s -> " in examx("prod", "--of", commit, "--against", base).stdout
    assert "p95 wait" not in examx("prod").stdout


def test_a_release_says_nothing_of_waits(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(forecasting, "forecast")
    items = changed("prod", *release())
    (checkout.root / "dist" / "prod.k8s.yaml").write_text(yaml.safe_dump_all(items), encoding="utf-8")
    assert "pod hours" not in examx("prod").stdout


def test_a_cluster_that_runs_other_figures(
    checkout: Checkout, cluster: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def forecast(environment: str, before: Sequence[Manifest], after: Sequence[Manifest]) -> Forecast:
        requests = [
            find(side, "Deployment celery-beat")["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
            for side in (before, after)
        ]
        asked.append((environment, *(each["cpu"] for each in requests)))
        return Forecast(not_foretold=("the forecast",))

    monkeypatch.setattr(forecasting, "forecast", forecast)
    file = checkout.root / "dist" / "dev.k8s.yaml"
    file.write_text(yaml.safe_dump_all(RECORDED["manifests"]), encoding="utf-8")
    cluster.compare()
    assert "the forecast" not in examx("dev", "--against", "cluster").stdout
    put("Deployment celery-beat", "spec.template.spec.containers[celery-beat].resources.requests.cpu", "7")(
        cluster.answers["live"]
    )
    cluster.compare()
    assert "\n  the forecast\n" in examx("dev", "--against", "cluster").stdout
    assert asked == [("dev", "7", "1")]


def blocks(report: str) -> list[str]:
    """The pictures of a comment, as a reader of Markdown finds them."""
    return [each.content for each in MarkdownIt().parse(report) if each.type == "fence" and each.info == "mermaid"]


def drawn(pictures: Sequence[str]) -> list[str]:
    """What mermaid takes each for."""
    if not MERMAID.is_file():
        pytest.skip("node_modules has no mermaid; `npm ci` brings it")
    command = [os.environ["JSII_NODE"], str(Path(__file__).with_name("mermaid.mjs")), str(MERMAID)]
    done = subprocess.run(command, input=json.dumps(pictures), check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_the_comment_says_it_unfolded_and_draws_it() -> None:
    found = foretold("prod", FEWER)
    report = markdown.report([comparison(found, FEWER)])
    words = report[: report.index("<details>")]
    assert "**prod: waits and pod hours, simulated at the standard workloads**" in words
    (line,) = [each for each in words.splitlines() if each.startswith("- ")]
    assert line.startswith("- :warning: `bulk_upload`, burst of 30: p95 wait 60 s -&gt; ")
    pictures = blocks(report)
    assert len(pictures) == len(found.outcomes[0].curves) == 2
    assert drawn(pictures) == ["xychart"] * 2


NASTY = 'a"] --> `b` ```\n%%{init}%% <img src=x> @all [x](http://a)'


def test_nothing_breaks_out_of_the_comment() -> None:
    outcome = Outcome(NASTY, NASTY, NASTY, keeps_level=False, seconds=900.0, curves=(Curve(NASTY, (0, 1), (1, 0)),))
    report = markdown.report([comparison(Forecast((outcome,), (NASTY,)), FEWER)])
    tokens = MarkdownIt().parse(report)
    parts = [part for each in tokens for part in each.children or ()]
    assert {part.type for part in parts} <= {"text", "strong_open", "strong_close", "code_inline", "softbreak"}
    assert not [part for part in parts if part.type == "text" and "@all" in part.content]
    assert drawn(blocks(report)) == ["xychart"]
    assert "\n" not in text.report([comparison(Forecast((outcome,)), FEWER)]).plain.splitlines()[-1]
