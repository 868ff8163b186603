"""`examx notify`: what people read in Slack, and that no Slack, however it fails, fails or holds up a deployment."""

import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from slack_sdk.models.blocks import HeaderBlock, SectionBlock
from typer.testing import CliRunner, Result
from werkzeug import Request, Response

from examx_cli.app import app
from examx_cli.slack import webhook

PATH = "/services/invented-team/invented-channel/invented-webhook-key"
KEY = "invented-webhook-key"
IMAGE = "registry.example.com/examxv2-backend:prod-20260102-030405-abcdef0@sha256:" + "0" * 64
COMMIT = "0123456789abcdef0123456789abcdef01234567"
RUN = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_WORKFLOW": "cd-prod",
    "GITHUB_TRIGGERING_ACTOR": "somebody",
    "GITHUB_SERVER_URL": "https://github.example.com",
    "GITHUB_REPOSITORY": "team/constructs",
    "GITHUB_RUN_ID": "42",
}


@pytest.fixture(autouse=True)
def _no_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "SLACK_", "NEEDS")) or name.lower().endswith("_proxy") or name == "USER":
            monkeypatch.delenv(name)


def invoke(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
    return CliRunner().invoke(app, ["notify", *arguments], env=dict(env or {}))


def needs(**jobs: str | tuple[str, dict[str, str]]) -> str:
    """`toJSON(needs)`: each job's result, and its outputs where it has some."""
    pairs = {name: (job, {}) if isinstance(job, str) else job for name, job in jobs.items()}
    return json.dumps(
        {name: {"result": result, "outputs": outputs} for name, (result, outputs) in pairs.items()}, indent=2
    )


def message(environment: str = "prod", *arguments: str, env: Mapping[str, str] | None = None, **jobs: Any) -> Any:
    """What would be sent."""
    results = ("--results", "NEEDS") if jobs else ()
    done = invoke(environment, "--dry-run", *results, *arguments, env={**(env or {}), "NEEDS": needs(**jobs)})
    assert (done.exit_code, done.stderr) == (0, "")
    return json.loads(done.stdout)


RELEASED = ("success", {"image": IMAGE, "commit": COMMIT, "summary": "Deployment celery-beat: image"})
TAKEN_BACK = ("success", {"image": IMAGE, "commit": COMMIT})
MENTION = "<!channel> "
REFUSED = (
    "The deployment password was wrong or could not be checked, or the run is not one of `main`; the run says which. "
    "Ask who started it: if they did not, somebody else uses their account."
)
HALF_WAY = (
    "Unless it ended before the apply, as without an approval, the cluster may be half-way: see the run; "
    "`examx rollback prod` takes it back."
)
ROLLBACK_HALF_WAY = (
    "Unless it ended before the apply, as without an approval, the cluster may be half-way: roll back again."
)
NOT_DEPLOYED = (
    "`main` names the image, the cluster was not touched: deploy again, "
    "or put the old one back (`examx release prod --image OLD`)."
)
NOT_RECORDED = (
    "The cluster was taken back, `main` was not: the next deployment without a new image would undo it. "
    f"`examx release prod --image {IMAGE}` sets that right."
)
UNKNOWN_RELEASE = "The cluster was not touched; the run says whether `main` names the image."
SKIPPED = {"build": "skipped", "release": "skipped", "deploy": "skipped"}


STARTED_AGAIN = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_ACTOR": "somebody",
    "GITHUB_TRIGGERING_ACTOR": "somebody-else",
    "GITHUB_RUN_ATTEMPT": "2",
}


class TestARunThatIsStartedAgain:
    """Every job that could change something refuses it, so there is one thing to say: who did it."""

    @pytest.mark.parametrize(
        "jobs",
        [
            {**SKIPPED, "authorize": "failure"},
            {"authorize": "success", "build": "skipped", "release": RELEASED, "deploy": "failure"},
            {"authorize": "success", "show": "success", "rollback": "failure", "release": "skipped"},
        ],
    )
    def test_it_is_refused_in_the_name_of_who_did_it(self, jobs: dict[str, Any]) -> None:
        made = message(env=STARTED_AGAIN, **jobs)
        assert made["text"].startswith(":no_entry: prod: ")
        assert "Attempt 2 of a run that was started before" in made["text"]
        assert "half-way" not in made["text"]
        assert "*Who*\nsomebody-else" in json.dumps(made).replace("\\n", "\n")

    def test_a_look_may_be_repeated(self) -> None:
        assert (
            message(env=STARTED_AGAIN, drift="success")["text"] == ":white_check_mark: prod: look for drift succeeded."
        )


class TestWhatPeopleRead:
    @pytest.mark.parametrize(
        ("jobs", "title", "text"),
        [
            (
                {"authorize": "success", "build": "skipped", "release": RELEASED, "deploy": "success"},
                ":white_check_mark: prod: deployment succeeded",
                "The rollout is complete.",
            ),
            (
                {**SKIPPED, "authorize": "failure"},
                ":no_entry: prod: deployment refused",
                f"{MENTION}{REFUSED} Nothing was changed.",
            ),
            (
                {**SKIPPED, "authorize": "success", "build": "failure"},
                ":x: prod: deployment failed",
                f"{MENTION}It failed at `build`. Nothing was changed.",
            ),
            (
                {**SKIPPED, "authorize": "success", "release": "failure"},
                ":x: prod: deployment failed",
                f"{MENTION}It failed at `release`. {UNKNOWN_RELEASE}",
            ),
            (
                {"authorize": "success", "release": RELEASED, "validate": "failure", "deploy": "skipped"},
                ":x: prod: deployment failed",
                f"{MENTION}It failed at `validate`. {NOT_DEPLOYED}",
            ),
            (
                {"authorize": "success", "build": "success", "release": RELEASED, "deploy": "failure"},
                ":x: prod: deployment failed",
                f"{MENTION}It failed at `deploy`. {HALF_WAY}",
            ),
            (
                {"release": RELEASED, "deploy": "success", "smoke": "failure", "load": "failure"},
                ":x: prod: deployment failed",
                f"{MENTION}It failed at `smoke`, `load`. The rollout is complete.",
            ),
            (
                {**SKIPPED, "authorize": "cancelled"},
                ":warning: prod: deployment cancelled",
                "It was cancelled at `authorize`. Nothing was changed.",
            ),
            (
                {**SKIPPED, "authorize": "success", "release": "cancelled"},
                ":warning: prod: deployment cancelled",
                f"It was cancelled at `release`. {UNKNOWN_RELEASE}",
            ),
            (
                {"authorize": "success", "release": RELEASED, "deploy": "cancelled"},
                ":warning: prod: deployment cancelled",
                f"{MENTION}It was cancelled at `deploy`. {HALF_WAY}",
            ),
            (
                {"authorize": "success", "build": "skipped", "release": RELEASED, "deploy": "skipped"},
                ":warning: prod: deployment cancelled",
                f"It left out `deploy`. {NOT_DEPLOYED}",
            ),
            (
                {"authorize": "success", "rollback": TAKEN_BACK, "release": "success"},
                ":white_check_mark: prod: rollback succeeded",
                "The rollout is complete, and `main` names the image again.",
            ),
            (
                {"authorize": "failure", "rollback": "skipped", "release": "skipped"},
                ":no_entry: prod: rollback refused",
                f"{MENTION}{REFUSED} Nothing was changed.",
            ),
            (
                {"authorize": "success", "rollback": "failure", "release": "skipped"},
                ":x: prod: rollback failed",
                f"{MENTION}It failed at `rollback`. {ROLLBACK_HALF_WAY}",
            ),
            (
                {"authorize": "success", "rollback": TAKEN_BACK, "release": "failure"},
                ":x: prod: rollback failed",
                f"{MENTION}It failed at `release`. {NOT_RECORDED}",
            ),
            (
                {"authorize": "success", "rollback": TAKEN_BACK},
                ":white_check_mark: prod: rollback succeeded",
                NOT_RECORDED,
            ),
            (
                {"authorize": "success", "rollback": "cancelled", "release": "skipped"},
                ":warning: prod: rollback cancelled",
                f"{MENTION}It was cancelled at `rollback`. {ROLLBACK_HALF_WAY}",
            ),
        ],
    )
    def test_each_way_that_a_run_ends(self, jobs, title, text):
        made = message(**jobs)
        assert made["blocks"][0]["text"]["text"] == title
        assert made["blocks"][1]["text"]["text"] == text
        assert made["text"] == f"{title}. {text.removeprefix(MENTION)}"

    @pytest.mark.parametrize("environment", ["dev", "stg"])
    @pytest.mark.parametrize("job", ["authorize", "deploy"])
    def test_only_production_calls_everybody(self, environment, job):
        made = message(environment, **{"deploy": "skipped", job: "failure"})
        assert "<!" not in json.dumps(made)

    def test_the_whole_message(self):
        made = message(env=RUN, authorize="success", build="success", release=RELEASED, deploy="success")
        title = ":white_check_mark: prod: deployment succeeded"
        fields = [
            "*Who*\nsomebody",
            "*Run*\n<https://github.example.com/team/constructs/actions/runs/42|cd-prod>",
            "*Image*\n`prod-20260102-030405-abcdef0`",
            f"*Commit*\n<https://github.example.com/team/constructs/commit/{COMMIT}|0123456789>",
        ]
        assert made == {
            "text": f"{title}. The rollout is complete.",
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "emoji": True, "text": title}},
                {"type": "section", "text": markdown("The rollout is complete.")},
                {"type": "section", "fields": [markdown(field) for field in fields]},
                {"type": "section", "text": markdown("```Deployment celery-beat: image```")},
            ],
        }

    @pytest.mark.parametrize(
        ("status", "title", "text"),
        [
            ("success", ":white_check_mark: stg: deployment succeeded", []),
            ("failure", ":x: stg: deployment failed", []),
            ("cancelled", ":warning: stg: deployment cancelled", []),
            ("refused", ":no_entry: stg: deployment refused", [REFUSED]),
        ],
    )
    def test_by_hand(self, status, title, text):
        made = message("stg", "--status", status)
        assert made["blocks"][0]["text"]["text"] == title
        assert [block["text"]["text"] for block in made["blocks"][1:]] == text
        assert made["text"] == f"{title}. {''.join(text)}".rstrip()

    def test_by_hand_with_all_that_there_is_to_say(self):
        given = (
            "--image",
            "r.example.com/backend:v7",
            "--commit",
            COMMIT,
            "--summary",
            "one\ntwo\n",
            "--text",
            "By hand.",
        )
        made = message("stg", "--status", "success", *given, env={"USER": "operator"})
        assert made["text"] == ":white_check_mark: stg: deployment succeeded. By hand."
        assert texts(made)[1:] == [
            "By hand.",
            "*Who*\noperator",
            "*Image*\n`v7`",
            "*Commit*\n`0123456789`",
            "```one\ntwo```",
        ]

    def test_options_win_over_what_jobs_say_and_text_comes_after(self):
        made = message(
            "stg", "--image", "r.example.com/backend:v7", "--text", "Mind the gap.", release=RELEASED, deploy="success"
        )
        assert texts(made)[1] == "The rollout is complete. Mind the gap."
        assert "*Image*\n`v7`" in texts(made)
        assert "*Commit*\n`0123456789`" in texts(made)

    def test_what_changed_since_the_release_that_ran_wins_over_what_changed_on_main(self):
        changed = {
            "summary": "1 object changes\nweb: restarts 2 pods",
            "scaling": "default, burst: p95 wait 41 s -> 95 s",
        }
        made = message(release=RELEASED, deploy=("success", changed))
        assert texts(made)[-2:] == [
            "```1 object changes\nweb: restarts 2 pods```",
            "*Scaling, simulated at the standard workloads*\n```default, burst: p95 wait 41 s -&gt; 95 s```",
        ]

    def test_a_rollback_says_what_it_changed(self):
        back = ("success", {"image": IMAGE, "commit": COMMIT, "summary": "web: restarts 2 pods", "scaling": ""})
        assert texts(message(authorize="success", rollback=back, release="success"))[-1] == "```web: restarts 2 pods```"


UP = ("success", {"url": "https://login.examx.cloud", "expires": "2030-01-31T18:00:00Z", "image": IMAGE})
REPORT = "removed: feat-login (branch login, of ada)"
HALF_GONE = "Some may be gone and others still there: see below, or the run; then start it again."
NOT_MAIN = "The run is not one of `main`, or that could not be checked; the run says which."


class TestFeatureEnvironments:
    @pytest.mark.parametrize(
        ("jobs", "title", "text"),
        [
            (
                {"authorize": "success", "build": "skipped", "up": UP},
                ":white_check_mark: feature: deployment succeeded",
                "It runs until 2030-01-31T18:00:00Z; `examx feature extend` gives it more time.",
            ),
            (
                {"authorize": "success", "build": "failure", "up": "skipped"},
                ":x: feature: deployment failed",
                "It failed at `build`. Nothing was changed.",
            ),
            (
                {"authorize": "success", "build": "success", "up": "failure"},
                ":x: feature: deployment failed",
                "It failed at `up`. It may be incomplete: start `cd-feat` again, or remove it with `cleanup-feat`.",
            ),
            (
                {"authorize": "failure", "build": "skipped", "up": "skipped"},
                ":no_entry: feature: deployment refused",
                f"{NOT_MAIN} Nothing was changed.",
            ),
            (
                {"authorize": "success", "down": ("success", {"report": REPORT})},
                ":white_check_mark: feature: removal succeeded",
                "",
            ),
            (
                {"authorize": "success", "down": ("failure", {"report": REPORT})},
                ":x: feature: removal failed",
                f"It failed at `down`. {HALF_GONE}",
            ),
            (
                {"authorize": "failure", "confirm": "skipped", "down": "skipped"},
                ":no_entry: feature: removal refused",
                f"{NOT_MAIN} Nothing was removed.",
            ),
            (
                {"authorize": "success", "confirm": "failure", "down": "skipped"},
                ":x: feature: removal failed",
                "It failed at `confirm`. Nothing was removed.",
            ),
            (
                {"authorize": "success", "reap": ("success", {"report": REPORT})},
                ":white_check_mark: feature: clean-up of what has expired succeeded",
                "",
            ),
        ],
        ids=lambda each: " ".join(each) if isinstance(each, dict) else None,
    )
    def test_each_way_that_a_run_ends(self, jobs, title, text):
        sent = message("feature", **jobs)
        assert sent["text"] == f"{title}. {text}".rstrip()

    def test_the_address_is_a_link_and_the_branch_names_it(self):
        sent = message("feature", "--branch", "feature/login", authorize="success", up=UP)
        assert sent["blocks"][0]["text"]["text"] == ":white_check_mark: feat-feature-logi-h29f2w2: deployment succeeded"
        assert {"type": "mrkdwn", "text": "*Address*\n<https://login.examx.cloud>", "verbatim": True} in (
            sent["blocks"][2]["fields"]
        )

    def test_what_went_is_told(self):
        assert message("feature", authorize="success", reap=("success", {"report": REPORT}))["blocks"][-1]["text"][
            "text"
        ] == (f"```{REPORT}```")

    def test_what_can_be_no_branch_is_told_all_the_same(self):
        sent = message("feature", "--branch", "a b", authorize="success", build="skipped", up="failure")
        assert sent["text"].startswith(":x: feature: deployment failed")


class TestWhatSlackTakes:
    def test_nothing_that_somebody_wrote_is_markup_of_slack(self):
        evil = "<!channel> <https://evil.example.com|safe> & ```"
        env = {**RUN, "GITHUB_WORKFLOW": evil, "GITHUB_TRIGGERING_ACTOR": evil}
        outputs = {"image": f"r.example.com/backend:{evil}", "commit": f"0|evil>{evil}", "summary": f"{evil}\n{evil}"}
        made = message("stg", "--text", evil, env=env, release=("success", outputs), deploy="success")
        for text in (made["text"], *texts(made)):
            written = re.sub(r"<https://github\.example\.com/team/constructs/actions/runs/42\|(.*)>", r"\1", text)
            assert "<" not in written
            assert ">" not in written
            assert "&" not in re.sub("&(lt|gt|amp);", "", written)
        assert "```&lt;!channel&gt; &lt;https://evil.example.com|safe&gt; &amp; '''" in texts(made)[-1]
        assert texts(made)[-1].count("```") == 2

    def test_slack_makes_no_links_and_mentions_by_itself(self):
        made = message(env=RUN, release=RELEASED, deploy="failure")
        objects = [each for block in made["blocks"] for each in (block.get("text"), *block.get("fields", [])) if each]
        assert all(each.get("verbatim") for each in objects if each["type"] == "mrkdwn")

    @pytest.mark.parametrize("character", ["x", "<", "&", "\n", "`", "\N{ROCKET}"])
    @pytest.mark.parametrize("length", [2_800, 100_000])
    def test_limits_are_kept(self, character, length):
        long = character * length
        env = {**RUN, "GITHUB_WORKFLOW": long, "GITHUB_TRIGGERING_ACTOR": long}
        outputs = {"image": f"r.example.com/backend:{long}", "commit": "a" + long, "summary": f"{long}\n{long}"}
        outputs |= {"scaling": f"{long}\n{long}"}
        made = message("prod", "--text", "x" + long, env=env, release=("success", outputs), deploy="failure")
        assert len(made["blocks"][0]["text"]["text"]) <= HeaderBlock.text_max_length
        for block in made["blocks"][1:]:
            assert len(block.get("text", {"text": ""})["text"]) <= SectionBlock.text_max_length
            assert len(block.get("fields", [])) <= SectionBlock.fields_max_length
            assert all(len(field["text"]) <= 2000 for field in block.get("fields", []))
        assert len(made["text"]) <= 4000

    def test_what_is_cut_says_so(self):
        lines = [f"Deployment celery-beat-{number}: image and memory & more" for number in range(100)]
        made = message(
            "stg", "--text", "y" * 5000, release=("success", {"summary": "\n".join(lines)}), deploy="success"
        )
        *shown, last = texts(made)[-1].strip("`").split("\n")
        assert shown == [line.replace("&", "&amp;") for line in lines[: len(shown)]]
        assert last == f"... {100 - len(shown)} more lines: see the run"
        assert 40 < len(shown) < 60
        assert texts(made)[1].endswith("yyy...")

    def test_a_long_line_leaves_room_for_the_others(self):
        made = message("stg", release=("success", {"summary": f"{'x' * 5000}\nlast"}), deploy="success")
        assert texts(made)[-1] == f"```{'x' * 600}...\nlast```"

    @pytest.mark.parametrize("summary", ["", " \n "])
    def test_no_summary_is_no_block(self, summary):
        made = message("stg", release=("success", {"summary": summary}), deploy="success")
        assert texts(made)[1:] == ["The rollout is complete."]


class TestUnusableArguments:
    """These alone are an error: status 2, and Slack hears nothing."""

    NO_JSON = "the results of the jobs must be JSON, from `toJSON(needs)`: Expecting value: line 1 column 1 (char 0)"
    NO_JOBS = (
        "the results of the jobs, from `toJSON(needs)`, name none of rollback, deploy, up, down, reap, drift, watch: "
        "the job that notifies must need one of them"
    )
    BAD_RESULT = 'the result of the job {} is "{}"; it must be one of success, failure, cancelled, skipped'

    @pytest.mark.parametrize(
        ("results", "fault"),
        [
            ("what?", NO_JSON),
            ("[]", NO_JOBS),
            ("{}", NO_JOBS),
            (needs(authorize="success", build="success"), NO_JOBS),
            ('{"deploy": {}}', BAD_RESULT.format("deploy", "")),
            ('{"deploy": "success"}', BAD_RESULT.format("deploy", "")),
            (needs(deploy="success", build="done"), BAD_RESULT.format("build", "done")),
            ("", "the environment variable NEEDS, which --results names, is unset or empty"),
        ],
    )
    def test_results(self, results, fault):
        done = invoke("prod", "--results", "NEEDS", env={"NEEDS": results})
        assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"error: {fault}\n")

    @pytest.mark.parametrize("arguments", [(), ("--status", "success", "--results", "NEEDS")])
    def test_neither_or_both(self, arguments):
        done = invoke("prod", *arguments, env={"NEEDS": needs(deploy="success")})
        fault = "give either --results VARIABLE or --status: one of them says how it ended"
        assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"error: {fault}\n")

    @pytest.mark.parametrize("arguments", [("nowhere", "--status", "success"), ("prod", "--status", "done")])
    def test_environment_and_status(self, arguments):
        assert invoke(*arguments).exit_code == 2


class Server(HTTPServer):
    """A local server, that ends at once when it is told to and not in half a second."""

    def __init__(self) -> None:
        super().__init__(threaded=True)

    def thread_target(self) -> None:
        assert self.server
        self.server.serve_forever(poll_interval=0.01)


@pytest.fixture
def slack() -> Iterator[HTTPServer]:
    """Slack, as far as it can be played."""
    with Server() as server:
        yield server


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which take no time here."""
    pauses: list[float] = []
    monkeypatch.setattr(webhook, "time", SimpleNamespace(sleep=pauses.append, monotonic=time.monotonic))
    return pauses


def tell(address: str, *arguments: str, env: Mapping[str, str] | None = None) -> Result:
    done = invoke("stg", "--status", "success", *arguments, env={**(env or {}), "SLACK_WEBHOOK_URL": address})
    assert KEY not in done.output
    return done


def told(done: Result) -> None:
    assert (done.exit_code, done.stdout, done.stderr) == (0, "told Slack: stg: deployment, success\n", "")


def warned(done: Result, why: str) -> None:
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"warning: Slack was not told (SLACK_WEBHOOK_URL): {why}\n"


class TestSlackAnswers:
    def test_it_gets_the_message_as_json(self, slack):
        slack.expect_oneshot_request(PATH, method="POST").respond_with_data("ok")
        told(tell(slack.url_for(PATH), "--text", "Ünïcödé & more"))
        request, _ = slack.log[0]
        assert request.content_type == "application/json;charset=utf-8"
        expected = message("stg", "--status", "success", "--text", "Ünïcödé & more")
        assert request.get_json() == expected
        assert len(slack.log) == 1

    def test_white_space_around_the_address_does_no_harm(self, slack):
        slack.expect_oneshot_request(PATH).respond_with_data("ok\n")
        told(tell(f" {slack.url_for(PATH)}\n"))

    @pytest.mark.parametrize(
        ("status", "body", "why", "requests"),
        [
            (400, "invalid_payload", "it answered 400 invalid_payload (try 1 of 3)", 1),
            (403, "action_prohibited", "it answered 403 action_prohibited (try 1 of 3)", 1),
            (404, "no_service", "it answered 404 no_service (try 1 of 3)", 1),
            (410, "<html>gone</html>", "it answered 410 (try 1 of 3)", 1),
            (429, "", "it answered 429 and asks to wait 0 s (try 3 of 3)", 3),
            (500, "", "it answered 500 (try 3 of 3)", 3),
            (503, b"\xff\xfe", "it answered 503 (try 3 of 3)", 3),
            (
                200,
                "<html>hello</html>",
                "it answered 200, but not as Slack does: is the address right? (try 1 of 3)",
                1,
            ),
            (200, b"\xff" * 100_000, "it answered 200, but not as Slack does: is the address right? (try 1 of 3)", 1),
            (204, "", "it answered 204 (try 1 of 3)", 1),
            (400, f"no {KEY}", "it answered 400 (try 1 of 3)", 1),
        ],
    )
    def test_that_it_does_not_take_it(self, slack, slept, status, body, why, requests):  # noqa: PLR0917
        slack.expect_request(PATH).respond_with_data(body, status=status)
        warned(tell(slack.url_for(PATH)), why)
        assert len(slack.log) == requests
        assert slept == [1, 2][: requests - 1]

    def test_in_a_workflow_the_warning_is_an_annotation(self, slack):
        slack.expect_request(PATH).respond_with_data("no_service", status=404)
        done = tell(slack.url_for(PATH), env=RUN)
        warning = "Slack was not told (SLACK_WEBHOOK_URL): it answered 404 no_service (try 1 of 3)"
        assert (done.exit_code, done.stderr) == (0, f"::warning::{warning}\n")

    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    def test_that_it_will_soon(self, slack, slept, status):
        for _ in range(2):
            slack.expect_ordered_request(PATH).respond_with_data("", status=status)
        slack.expect_ordered_request(PATH).respond_with_data("ok")
        told(tell(slack.url_for(PATH)))
        assert (len(slack.log), slept) == (3, [1, 2])

    def test_how_long_to_wait(self, slack, slept):
        slack.expect_ordered_request(PATH).respond_with_data("", status=429, headers={"Retry-After": "7"})
        slack.expect_ordered_request(PATH).respond_with_data("ok")
        told(tell(slack.url_for(PATH)))
        assert slept == [7]

    @pytest.mark.parametrize("asked", ["3600", "31", "9" * 400])
    def test_to_wait_for_longer_than_there_is_time(self, slack, slept, asked):
        slack.expect_request(PATH).respond_with_data("", status=429, headers={"Retry-After": asked})
        warned(tell(slack.url_for(PATH)), f"it answered 429 and asks to wait {float(asked):g} s (try 1 of 3)")
        assert (len(slack.log), slept) == (1, [])

    @pytest.mark.parametrize("asked", ["-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", ""])
    def test_to_wait_in_words_that_are_not_slacks(self, slack, slept, asked):
        slack.expect_ordered_request(PATH).respond_with_data("", status=429, headers={"Retry-After": asked})
        slack.expect_ordered_request(PATH).respond_with_data("ok")
        told(tell(slack.url_for(PATH)))
        assert slept == [1]

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_to_go_elsewhere(self, slack, status):
        with Server() as elsewhere:
            slack.expect_request(PATH).respond_with_data(
                "", status=status, headers={"Location": elsewhere.url_for(PATH)}
            )
            elsewhere.expect_request(PATH).respond_with_data("ok")
            warned(tell(slack.url_for(PATH)), f"it answered {status} (try 1 of 3)")
            assert (len(slack.log), len(elsewhere.log)) == (1, 0)


class TestSlackDoesNotAnswer:
    def test_no_webhook(self):
        warned(invoke("stg", "--status", "success"), "no webhook is set")
        warned(tell(" "), "no webhook is set")

    @pytest.mark.parametrize(
        "address",
        [
            f"http://hooks.example.com/{KEY}",
            f"http://127.0.0.1@hooks.example.com/{KEY}",
            f"http://localhost.example.com/{KEY}",
            f"ftp://127.0.0.1/{KEY}",
            f"file:///{KEY}",
            f"https:///{KEY}",
            f"https://[::1/{KEY}",
            f"https://hooks.example.com:{KEY}/",
            f"https://hooks.example.com:99999/{KEY}",
            f"https://hooks.example.com/{KEY} {KEY}",
            f"https://hooks.example.com/\n{KEY}",
            f"https://hooks.example.com/ä{KEY}",
            f"https://hooks\N{FULLWIDTH SOLIDUS}{KEY}",
            KEY,
        ],
    )
    def test_an_address_that_can_not_be_right(self, address):
        warned(tell(address), "the webhook is no https address")

    def test_nobody_listens(self, slept):
        with closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))  # and no listen()
            warned(
                tell(f"http://127.0.0.1:{taken.getsockname()[1]}{PATH}"), "no answer: Connection refused (try 3 of 3)"
            )
        assert slept == [1, 2]

    def test_no_such_host(self, slept):
        done = tell(f"https://slack.invalid{PATH}")
        assert done.exit_code == 0
        assert "warning: Slack was not told (SLACK_WEBHOOK_URL): no answer: " in done.stderr
        assert slept == [1, 2]

    def test_a_proxy_for_other_addresses_is_none_for_this_one(self, slack, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
        slack.expect_request(PATH).respond_with_data("ok")
        told(tell(slack.url_for(PATH)))

    @pytest.mark.parametrize(
        ("said", "why", "connections"),
        [
            (b"", "no answer: Remote end closed connection without response (try 3 of 3)", 3),
            (b"220 mail.example.com ready\r\n", "the answer is not HTTP (try 1 of 3)", 1),
            (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", "the answer is not HTTP (try 1 of 3)", 1),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok", "", 1),
        ],
        ids=["nothing", "another protocol", "endless headers", "cut off"],
    )
    def test_garbage(self, slept, said, why, connections):
        with raw_server(lambda connection: connection.sendall(said)) as (address, seen):
            done = tell(address)
        warned(done, why) if why else told(done)
        assert len(seen) == connections

    def test_an_error_that_nobody_thought_of(self, monkeypatch):
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError(f"https://hooks.example.com/{KEY}")

        monkeypatch.setattr(webhook.WebhookClient, "send_dict", broken)
        warned(tell(f"https://hooks.example.com/{KEY}"), "unexpected RuntimeError (try 1 of 3)")


SERVER_SECONDS = 60
PATIENCE = SERVER_SECONDS / 3


def trickle(connection: socket.socket, beginning: bytes) -> None:
    """Answer a byte at a time, for longer than anybody waits."""
    connection.sendall(beginning)
    for _ in range(SERVER_SECONDS * 20):
        connection.sendall(b"1")
        time.sleep(0.05)


class TestSlackIsSlow:
    """The time is bounded, whatever is slow; a server here would take a minute, a command gets a second or two."""

    def test_it_thinks(self, slack):
        over = threading.Event()

        def think(_: Request) -> Response:
            over.wait(SERVER_SECONDS)
            return Response("ok")

        slack.expect_request(PATH).respond_with_handler(think)
        start = time.monotonic()
        done = tell(slack.url_for(PATH), "--deadline", "1.5")
        took = time.monotonic() - start
        over.set()
        assert (done.exit_code, done.stdout) == (0, "")
        assert "no answer: timed out (try 3 of 3)" in done.stderr or "no whole answer within 1.5 s" in done.stderr
        assert took < PATIENCE

    @pytest.mark.parametrize(
        "beginning",
        [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"],
        ids=["status", "headers", "body"],
    )
    def test_it_trickles(self, beginning):
        with raw_server(lambda connection: trickle(connection, beginning)) as (address, seen):
            start = time.monotonic()
            warned(tell(address, "--deadline", "1"), "no whole answer within 1 s")
            assert time.monotonic() - start < PATIENCE
            assert len(seen) == 1


@contextmanager
def raw_server(answer: Callable[[socket.socket], object]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers as it likes: its address, and the requests that it got."""
    seen: list[bytes] = []
    connections: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            seen.append(connection.recv(65536))
            try:
                answer(connection)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):  # so that no reset overtakes the answer
                    pass
            except OSError:  # the client has had enough
                return

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # the test is over
                return
            connections.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}", seen
        for each in (listener, *connections):
            with suppress(OSError):  # the client was quicker
                each.shutdown(socket.SHUT_RDWR)


def markdown(text: str) -> dict[str, object]:
    return {"type": "mrkdwn", "verbatim": True, "text": text}


def texts(made: Any) -> list[str]:
    """All texts of the blocks, in order."""
    return [each["text"] for block in made["blocks"] for each in (block.get("text"), *block.get("fields", [])) if each]
