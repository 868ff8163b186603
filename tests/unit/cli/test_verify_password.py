"""`examx verify-password`: who gets in, what blocks, and that neither password is ever seen."""

import getpass
import json
import os
import random
import statistics
import sys
import time
import traceback
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from examx_cli import password
from examx_cli.app import app
from examx_cli.commands.verify_password import verify_password
from examx_cli.errors import CommandError, Refusal
from examx_cli.password import Password

RIGHT = "invented-right-horse-7319"
WRONG = "invented-wrong-zebra-4408"
NO_EVENT = "the event file {file} is no event with inputs: start the workflow by workflow_dispatch"
NO_TEXT = "the event file {file} has no text for the input that --input names"
NO_LINE = "standard input must hold the password: one line of UTF-8"


@pytest.fixture(autouse=True)
def _no_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "RUNNER_", "DEPLOY_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def event(tmp_path: Path) -> Callable[[object], Path]:
    """Writes the event of a run that was given this attempt."""

    def write(attempt: object) -> Path:
        file = tmp_path / "event.json"
        file.write_text(json.dumps({"inputs": {"deploy_password": attempt, "full_deployment": "true"}}), "utf-8")
        return file

    return write


def invoke(*arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Result:
    env = {"DEPLOY_PASSWORD": RIGHT} if env is None else env
    return CliRunner().invoke(app, ["verify-password", *arguments], input=stdin, env=env)


class TestTheAnswer:
    def test_the_right_password_is_accepted(self, event):
        done = invoke("--event", str(event(RIGHT)))
        assert (done.exit_code, done.stdout, done.stderr) == (0, "password accepted\n", "")

    @pytest.mark.parametrize(
        "attempt",
        [WRONG, "", " ", RIGHT[:-1], RIGHT + "x", RIGHT + "\n", RIGHT + "\0", f" {RIGHT}", RIGHT.upper(), RIGHT * 9999],
        ids=["another", "empty", "blank", "shorter", "longer", "line", "nul", "space", "capitals", "huge"],
    )
    def test_any_other_is_refused(self, event, attempt):
        done = invoke("--event", str(event(attempt)))
        assert (done.exit_code, done.stdout, done.stderr) == (1, "", "error: wrong password: nothing may be deployed\n")

    def test_in_a_workflow_it_names_the_environment_and_who_asked(self, event):
        workflow = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(event(RIGHT)),
            "GITHUB_ACTOR": "somebody",
            "GITHUB_TRIGGERING_ACTOR": "somebody-else",
        }
        accepted = invoke("prod", env={**workflow, "DEPLOY_PASSWORD": RIGHT})
        assert (accepted.exit_code, accepted.stdout) == (0, "password accepted for prod, from somebody-else\n")
        refused = invoke("prod", env={**workflow, "DEPLOY_PASSWORD": WRONG})
        assert refused.exit_code == 1
        assert refused.stderr == "::error::wrong password for prod, from somebody-else: nothing may be deployed\n"

    @pytest.mark.parametrize("attempt", ["2", "50", "", "1.0", "-1", "one", "\u0662"])
    def test_a_run_that_was_started_again_is_refused_with_the_right_password_too(self, event, attempt):
        workflow = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(event(RIGHT)),
            "GITHUB_ACTOR": "somebody",
            "GITHUB_TRIGGERING_ACTOR": "somebody-else",
            "GITHUB_RUN_ATTEMPT": attempt,
            "DEPLOY_PASSWORD": RIGHT,
        }
        refused = invoke("prod", env=workflow)
        assert refused.exit_code == 1
        assert "this run was started again for prod, from somebody-else" in refused.stderr
        assert RIGHT not in refused.output

    def test_the_input_and_the_variable_have_other_names(self, tmp_path):
        (file := tmp_path / "event.json").write_text(json.dumps({"inputs": {"key": RIGHT}}))
        arguments = ("--event", str(file), "--input", "key", "--expected", "STG_PASSWORD")
        assert invoke(*arguments, env={"STG_PASSWORD": RIGHT}).exit_code == 0
        assert invoke(*arguments, env={"STG_PASSWORD": WRONG, "DEPLOY_PASSWORD": RIGHT}).exit_code == 1

    @pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
    def test_one_line_of_standard_input_is_an_attempt(self, end):
        assert invoke("--stdin", stdin=RIGHT.encode() + end).exit_code == 0
        assert invoke("--stdin", stdin=WRONG.encode() + end).exit_code == 1

    def test_only_one_line_end_is_removed(self):
        assert invoke("--stdin", stdin=RIGHT.encode() + b" \n").exit_code == 1
        assert invoke("--stdin", stdin=RIGHT.encode() + b"\n\n").exit_code == 2

    def test_an_empty_line_is_a_wrong_password(self):
        assert invoke("--stdin", stdin=b"\n").exit_code == 1

    def test_letters_are_the_same_however_a_system_composes_them(self, event):
        composed = unicodedata.normalize("NFC", "invented-pässwörd-ñ-1")
        decomposed = unicodedata.normalize("NFD", composed)
        assert composed != decomposed
        for right in (composed, decomposed):
            for attempt in (composed, decomposed):
                assert invoke("--event", str(event(attempt)), env={"DEPLOY_PASSWORD": right}).exit_code == 0

    def test_characters_that_only_look_alike_are_not_the_same(self, event):
        attempt = RIGHT.replace("7", "\N{FULLWIDTH DIGIT SEVEN}")
        assert unicodedata.normalize("NFKC", attempt) == RIGHT
        assert invoke("--event", str(event(attempt))).exit_code == 1


class TestWhatCanNotBeChecked:
    """Fails closed: status 2, whatever the attempt."""

    @pytest.mark.parametrize(
        ("right", "fault"),
        [
            (None, "is unset or empty"),
            ("", "is unset or empty"),
            (" \t\n", "is unset or empty"),
            ("short", "has fewer than 16 characters (--min-length)"),
            ("15-characters-x", "has fewer than 16 characters (--min-length)"),
            (unicodedata.normalize("NFD", "ä" * 15), "has fewer than 16 characters (--min-length)"),
            (f"{RIGHT}\n", "begins or ends with white space, which nobody types into a form"),
            (f" {RIGHT}", "begins or ends with white space, which nobody types into a form"),
            (os.fsdecode(b"invented-latin1-\xe4\xe4"), "is not UTF-8"),
        ],
    )
    def test_the_expected_password(self, event, right, fault):
        env = {} if right is None else {"DEPLOY_PASSWORD": right}
        for attempt in (right or "", WRONG):
            done = invoke("--event", str(event(attempt)), env=env)
            assert (done.exit_code, done.stdout) == (2, "")
            assert done.stderr == (
                f"error: the expected password, in the environment variable that --expected names, {fault}: "
                "until that is mended, no attempt is right\n"
            )

    def test_another_least_length(self, event):
        file = str(event("16-characters-xx"))
        env = {"DEPLOY_PASSWORD": "16-characters-xx"}
        assert invoke("--event", file, env=env).exit_code == 0
        assert invoke("--event", file, "--min-length", "17", env=env).exit_code == 2
        assert (
            invoke(
                "--event", str(event("eight-ch")), "--min-length", "8", env={"DEPLOY_PASSWORD": "eight-ch"}
            ).exit_code
            == 0
        )
        assert invoke("--event", file, "--min-length", "0", env=env).exit_code == 2

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", NO_EVENT),
            (b"{", NO_EVENT),
            (b"\xff\xfe", NO_EVENT),
            (b"[]", NO_EVENT),
            (b"{}", NO_EVENT),
            (b'{"inputs": null}', NO_EVENT),
            (b'{"inputs": {}}', NO_TEXT),
            (b'{"inputs": {"deploy_password": null}}', NO_TEXT),
            (b'{"inputs": {"deploy_password": true}}', NO_TEXT),
            (b'{"inputs": {"deploy_password": ["x"]}}', NO_TEXT),
            (b'{"inputs": {"deploy_password": "\\ud800"}}', NO_TEXT),
        ],
    )
    def test_the_event(self, tmp_path, content, message):
        (file := tmp_path / "event.json").write_bytes(content)
        done = invoke("--event", str(file))
        assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"error: {message.format(file=file)}\n")

    def test_an_event_that_can_not_be_read(self, tmp_path):
        done = invoke("--event", str(tmp_path / "missing.json"))
        assert (done.exit_code, done.stdout) == (2, "")
        assert (
            done.stderr == f"error: the event file {tmp_path}/missing.json cannot be read: No such file or directory\n"
        )

    def test_no_attempt_at_all(self):
        done = invoke()
        assert done.exit_code == 2
        assert done.stderr == (
            "error: there is no attempt: give --event FILE or --stdin; GITHUB_EVENT_PATH is set in workflows only\n"
        )

    def test_two_attempts(self, event):
        done = invoke("--stdin", "--event", str(event(RIGHT)), stdin=RIGHT.encode())
        assert done.exit_code == 2
        assert done.stderr == "error: --stdin and --event exclude each other: there is one attempt\n"

    @pytest.mark.parametrize("line", [b"\xff\xfe", b"a\nb\n", f"{RIGHT}\n{RIGHT}\n".encode()])
    def test_standard_input_that_is_not_one_line_of_text(self, line):
        done = invoke("--stdin", stdin=line)
        assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"error: {NO_LINE}\n")

    def test_a_terminal_that_would_show_what_is_typed_is_not_asked(self, monkeypatch):
        class Shown:
            def isatty(self) -> bool:
                return True

            def readline(self) -> str:
                pytest.fail("the password would have been read with the terminal showing it")

        monkeypatch.setattr(sys, "stdin", Shown())
        # What getpass does where it cannot silence the terminal: it warns, and reads all the same.
        monkeypatch.setattr(getpass, "getpass", getpass.fallback_getpass)  # pyright: ignore[reportAttributeAccessIssue]
        with pytest.raises(CommandError, match=NO_LINE):
            password.from_stdin()


class TestNeitherPasswordIsSeen:
    @pytest.mark.parametrize(
        "mistaken", [("--expected", RIGHT), ("--input", RIGHT), (RIGHT,)], ids=["expected", "input", "ENV"]
    )
    def test_a_password_where_a_name_belongs_is_not_repeated(self, event, mistaken):
        done = invoke("--event", str(event(RIGHT)), *mistaken)
        assert done.exit_code == 2
        assert RIGHT not in done.output

    @pytest.mark.parametrize(
        ("right", "content", "error"),
        [
            (RIGHT, json.dumps({"inputs": {"deploy_password": WRONG}}), Refusal),
            (RIGHT, json.dumps({"inputs": {"other": WRONG}}), CommandError),
            (RIGHT, json.dumps({"inputs": [WRONG]}), CommandError),
            (RIGHT, f'{{"inputs": "{WRONG}', CommandError),
            (RIGHT, json.dumps({"inputs": {"deploy_password": f"{WRONG}\ud800"}}), CommandError),
            (RIGHT[:9], json.dumps({"inputs": {"deploy_password": WRONG}}), CommandError),
            (f"{RIGHT}\udcff", json.dumps({"inputs": {"deploy_password": WRONG}}), CommandError),
        ],
        ids=["wrong", "no input", "no inputs", "no JSON", "no text", "too short", "not UTF-8"],
    )
    def test_no_error_holds_one(self, tmp_path, monkeypatch, right, content, error):
        (file := tmp_path / "event.json").write_text(content, "utf-8")
        monkeypatch.setenv("DEPLOY_PASSWORD", right)
        with pytest.raises(error) as caught:
            verify_password(event=file)
        assert not [held for held in held_by(caught.value) if RIGHT[:9] in held or WRONG in held]

    def test_no_error_of_standard_input_holds_one(self, monkeypatch, tmp_path):
        (file := tmp_path / "typed").write_bytes(WRONG.encode() + b"\xff")
        monkeypatch.setenv("DEPLOY_PASSWORD", RIGHT)
        with file.open() as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            with pytest.raises(CommandError, match=NO_LINE) as caught:
                verify_password(stdin=True)
        assert not [held for held in held_by(caught.value) if RIGHT in held or WRONG in held]

    def test_that_search_would_find_one(self):
        """The naive way: the cause of the error holds the whole document."""

        def naive() -> None:
            try:
                json.loads(f'{{"inputs": "{WRONG}')
            except ValueError:
                raise CommandError("no JSON") from None

        with pytest.raises(CommandError) as caught:
            naive()
        assert any(WRONG in held for held in held_by(caught.value))

    def test_a_password_shows_nothing_of_itself(self):
        assert repr(Password.of(RIGHT)) == "Password()"


def held_by(error: BaseException | None) -> Iterator[str]:
    """All that an error carries about: what it says and has, its frames' variables, and the same of its causes."""
    if error is None:
        return
    yield f"{error!r} {vars(error)!r} {getattr(error, 'object', '')!r} {getattr(error, 'doc', '')!r}"
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_globals["__name__"].startswith("examx_cli"):
            yield repr(frame.f_locals)
    yield from held_by(error.__cause__)
    yield from held_by(error.__context__)


class TestTiming:
    """Coarse: medians of many runs in turns, over secrets so long that a comparison that stops early is seen.

    The processor's time counts, so that a busy machine does not matter.
    """

    LONG = "a" * 2**20
    ATTEMPTS: Mapping[str, str] = {"right": LONG, "wrong at first": "b" + LONG[1:], "wrong at last": LONG[1:] + "b"}
    ROUNDS = 41

    def spread(self, compare: Callable[[Any], object], cases: Mapping[str, Any]) -> float:
        """The longest median by the shortest."""
        taken: dict[str, list[int]] = {case: [] for case in cases}
        for _ in range(self.ROUNDS):
            for case in random.sample(list(cases), len(cases)):
                start = time.thread_time_ns()
                compare(cases[case])
                taken[case].append(time.thread_time_ns() - start)
        medians = [statistics.median(times) for times in taken.values()]
        return max(medians) / min(medians)

    def test_it_does_not_tell_where_an_attempt_is_wrong(self):
        right = Password.of(self.LONG)
        assert self.spread(lambda attempt: Password.of(attempt).matches(right), self.ATTEMPTS) < 2

    def test_it_does_not_tell_how_long_the_right_one_is(self):
        rights = {
            "short": Password.of("a" * 16),
            "as long": Password.of(self.LONG),
            "longer": Password.of(self.LONG * 4),
        }
        attempt = self.ATTEMPTS["wrong at last"]
        assert self.spread(lambda right: Password.of(attempt).matches(right), rights) < 2

    def test_a_plain_comparison_would_be_seen(self):
        right = "".join(self.LONG)
        other = {case: "".join(list(attempt)) for case, attempt in self.ATTEMPTS.items()}  # no shortcut by identity
        assert self.spread(lambda attempt: attempt == right, other) > 5
