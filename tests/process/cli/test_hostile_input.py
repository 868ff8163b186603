"""Whatever kubectl prints, and whatever is in files and in the cluster: one line and an exit status."""

import json
import random
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from examx_cli import app as application
from examx_cli import processes
from examx_cli.answers import AnswerError, documents
from examx_cli.app import app
from examx_cli.errors import CommandError
from examx_cli.processes import ProcessError
from examx_constructs.manifests import parse
from tests.process.cli.cluster import conftest as clusters
from tests.process.cli.cluster.conftest import Checkout, TestCluster

cluster = clusters.played
checkout = clusters.checkout
COMMANDS = (
    ("apply", "dev"),
    ("apply", "dev", "--dry-run"),
    ("rollback", "dev"),
    ("drift", "dev"),
    ("diff", "dev"),
    ("restart", "dev", "web"),
    ("doctor", "dev"),
    ("adopt", "dev"),
)
SECRET = "an-invented-value"


def _examx(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def _is_one_answer(done: Result) -> None:
    """Not a traceback, and nothing that only the last net caught."""
    assert done.exit_code in (0, 1, 2), done.output
    assert isinstance(done.exception, SystemExit | None), done.exception
    assert "Traceback" not in done.output
    assert "did not expect this" not in done.output


class TestAProgram:
    @pytest.mark.parametrize("stream", ["", " >&2"])
    def test_that_prints_without_an_end(self, stream: str) -> None:
        with pytest.raises(CommandError, match="printed more than 64 MiB: it was stopped"):
            processes.run(["sh", "-c", f"cat /dev/zero{stream}"], timeout=60)

    def test_that_does_not_end(self) -> None:
        with pytest.raises(CommandError, match=r"`sleep 60` did not end within 0\.2 s"):
            processes.run(["sleep", "60"], timeout=0.2)

    def test_that_prints_another_encoding(self) -> None:
        with pytest.raises(CommandError, match=r"printed something that is not UTF-8 \(byte 1\)"):
            processes.run(["printf", r"a\377"])

    def test_that_fails_in_another_encoding(self) -> None:
        with pytest.raises(ProcessError) as refused:
            processes.run(["sh", "-c", r"printf 'no \377' >&2; exit 3"])
        assert refused.value.said == "no \N{REPLACEMENT CHARACTER}"

    def test_that_does_not_want_to_know(self) -> None:
        assert processes.run(["true"], stdin="x" * 1_000_000) == ""

    def test_that_is_told_much(self) -> None:
        assert processes.run(["cat"], stdin="x" * 1_000_000) == "x" * 1_000_000

    def test_that_is_told_to_end_may_tidy_up(self, tmp_path: Path) -> None:
        """As git does with its lock files."""
        script = f"trap 'touch {tmp_path}/tidy; exit 1' TERM; touch {tmp_path}/ready; while :; do sleep 0.1; done"
        with pytest.raises(CommandError):
            processes.run(["sh", "-c", script], timeout=2)
        assert (tmp_path / "tidy").exists()

    def test_whose_name_is_none(self) -> None:
        with pytest.raises(CommandError, match="cannot be run"):
            processes.run(["a\0b"])


LIST = '{"apiVersion": "v1", "kind": "List", "items": %s}'
OBJECT = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": %s}'
ANSWERS = {
    "a text": ("hello", 'it says "hello" in its place'),
    "a warning before": ('W1128 a plugin\n{"kind": "List"}', 'it says "W1128 a plugin" in its place'),
    "HTML": ("<html>\n<body>", 'it says "<html>" in its place'),
    "cut short": ('{"kind": "Secret", "data": {"a": "' + SECRET, "it ends too early, after"),
    "cut in a list": (LIST % "[{", "it ends too early"),
    "no JSON inside": ('{"kind":\n Secret}', "at line 2"),
    "a number": ("7", "it is no mapping"),
    "null": ("null", "it is no mapping"),
    "a list": ("[1]", "it is no mapping"),
    "items of another kind": (LIST % "7", "a List whose items are none"),
    "no items": (LIST % "null", "a List whose items are none"),
    "nulls": (LIST % "[null]", "number 1 of its items is no mapping"),
    "numbers": (LIST % "[{}, 1]", "number 2 of its items is no mapping"),
    "a kind that is no text": ('{"kind": 1}', "has no text as kind"),
    "metadata that is none": (OBJECT % '"x"', "has no mapping as metadata"),
    "a name that is none": (OBJECT % '{"name": 7}', "has no text as metadata.name"),
    "labels that are none": (OBJECT % '{"labels": [1]}', "has no mapping of texts as metadata.labels"),
    "annotations of numbers": (OBJECT % '{"annotations": {"a": 1}}', "no mapping of texts as metadata.annotations"),
    "owners that are none": (OBJECT % '{"managedFields": {}}', "has no list of records as metadata.managedFields"),
    "fields that are none": (OBJECT % '{"managedFields": [{"fieldsV1": {"f:a": 1}}]}', "no list of records"),
    "deep": ("[" * 100_000, "nests deeper than 128 levels"),
    "too deep": ('{"a": ' + "[" * 200 + "]" * 200 + "}", "nests deeper than 128 levels"),
    "a long number": ('{"a": ' + "9" * 5000 + "}", "it holds a number that is too long"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_another_shape(name: str) -> None:
    printed, said = ANSWERS[name]
    with pytest.raises(AnswerError) as refused:
        documents(printed)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_answers_that_are_some() -> None:
    assert documents("") == documents(" \n") == []
    assert documents('{"a": 1}\n{"b": 2}\n') == [{"a": 1}, {"b": 2}]
    # As the API server has it where there is none.
    assert documents(OBJECT % '{"creationTimestamp": null, "labels": null}')


def _prints(folder: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kubectl that answers every question so, but for the one which cluster it is."""
    (folder / "answer").write_text(content, errors="surrogateescape")
    binary = folder / "kubectl-of-another-shape"
    config = json.dumps({"kind": "Config", "current-context": "testing", "clusters": [{"name": "testing"}]})
    binary.write_text(f"#!/bin/sh\ncase $1 in config) echo '{config}' ;; *) cat {folder}/answer ;; esac\n")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EXAMX_KUBECTL", str(binary))


@pytest.mark.parametrize("name", [*ANSWERS, "not UTF-8", "half a character"])
def test_of_a_kubectl_of_its_own(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert checkout.root.is_dir()
    others = {"not UTF-8": "\udcff\udcfe", "half a character": OBJECT % '{"name": "\\ud800"}'}
    _prints(tmp_path, others[name] if name in others else ANSWERS[name][0], monkeypatch)
    for command in (("apply", "dev"), ("feature", "list"), ("drift", "dev")):
        done = _examx(*command)
        _is_one_answer(done)
        assert done.exit_code or name == "half a character", done.output
        assert SECRET not in done.output


def _mangled(value: Any, dice: random.Random) -> Any:
    """The value with something else in one of its places."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(sorted(value))
        return {**value, key: _mangled(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        at = dice.randrange(len(value))
        return [*value[:at], _mangled(value[at], dice), *value[at + 1 :]]
    return dice.choice([None, 7, -1.5, "", "x", "\ud800", [], [None], {}, {"": None}, True, "9" * 50, [[[]]]])


# A kubectl that says of one in so many answers something else than the API server did.
MANGLING = """
import json, random, subprocess, sys
sys.path.insert(0, {project!r})
from tests.process.cli.test_hostile_input import _mangled
done = subprocess.run([{binary!r}, *sys.argv[1:]], capture_output=True, text=True, stdin=sys.stdin)
dice = random.Random(f"{seed} {{sys.argv[1:]}}")
printed = done.stdout
if printed.startswith("{{") and sys.argv[1] != "config" and dice.random() < 0.5:
    printed = json.dumps(_mangled(json.loads(printed), dice))
sys.stdout.write(printed)
sys.stderr.write(done.stderr)
sys.exit(done.returncode)
"""


def _mangle(checkout: Checkout, folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    script = folder / "mangling.py"
    project = str(Path(__file__).parents[3])
    script.write_text(MANGLING.format(project=project, binary=checkout.cluster.binary, seed=seed))
    binary = folder / "mangling"
    binary.write_text(f'#!/bin/sh\nexec {sys.executable} {script} "$@"\n')
    binary.chmod(0o755)
    monkeypatch.setenv("EXAMX_KUBECTL", str(binary))


def _is_told(checkout: Checkout, folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    assert _examx("apply", "dev").exit_code == 0
    _mangle(checkout, folder, monkeypatch, seed)
    done = _examx(*COMMANDS[seed % len(COMMANDS)])
    assert done.exit_code in (0, 1, 2), done.output
    assert "Traceback" not in done.output


@pytest.mark.long
@pytest.mark.longest
@pytest.mark.parametrize("seed", range(64))
def test_something_else_in_any_place_of_an_answer(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    _is_told(checkout, tmp_path, monkeypatch, seed)


def test_something_else_in_some_place_of_an_answer(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _is_told(checkout, tmp_path, monkeypatch, 4)


RECORDS = {
    "no JSON": "[{",
    "a number": "7",
    "a mapping": '{"commit": "a"}',
    "a list of numbers": "[1, 2]",
    "a list of null": "[null]",
    "a list of lists": "[[]]",
    "numbers in it": '[{"commit": 1, "image": [], "time": {}, "by": null}]',
    "deep": "[" * 90_000,
    "huge": json.dumps([{"commit": "a" * 200_000}]),
    "a long number": f"[{'9' * 5000}]",
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_releases_of_another_form(checkout: Checkout, cluster: TestCluster, name: str) -> None:
    assert _examx("apply", "dev").exit_code == 0
    before = cluster.get("ConfigMap", "settings")
    metadata = {"name": "examx-releases", "namespace": cluster.namespace}
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"good": RECORDS[name]}}
    cluster.apply(item, "somebody")
    checkout.one("ConfigMap")["data"]["colour"] = "purple"
    checkout.commit("purple")
    # One goes by the record, the other writes it.
    for command in ("rollback", "apply") if name == "no JSON" else ("apply",):
        done = _examx(command, "dev")
        _is_one_answer(done)
        assert done.exit_code == 2
        assert f"the ConfigMap examx-releases of {cluster.namespace} is no record of releases (" in done.stderr
    assert cluster.get("ConfigMap", "settings") == before, "nothing was applied"


@pytest.mark.parametrize("field", ["good", "begun"])
def test_also_in_one_field(checkout: Checkout, cluster: TestCluster, field: str) -> None:
    assert _examx("apply", "dev").exit_code == 0
    metadata = {"name": "examx-releases", "namespace": cluster.namespace}
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {field: '"x"'}}
    cluster.apply(item, "somebody")
    done = _examx("apply", "dev")
    assert done.exit_code == 2
    assert "is no record of releases" in done.stderr
    assert checkout.root.is_dir()


class TestManifests:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("[" * 100_000, "nests deeper than 128 levels"),
            ("a: &a [*a]", "holds itself"),
            ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: !!binary x}", "!!binary holds no valid"),
            ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: .nan}", ".nan is no number of JSON"),
            ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {[a]: b}", "a key is a list or a mapping"),
            ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {null: b}", "null cannot be a key"),
            ("a: !!timestamp x", "is no !!timestamp"),
            ("7", "holds something that is no Kubernetes object"),
            ("[1]", "holds something that is no Kubernetes object"),
        ],
    )
    def test_that_are_none(self, checkout: Checkout, content: str, said: str) -> None:
        (checkout.root / "dist" / "dev.k8s.yaml").write_text(content)
        for command in ("apply", "drift"):
            done = _examx(command, "dev")
            _is_one_answer(done)
            assert done.exit_code == 2, done.output
            if command == "apply":
                assert said in done.stderr
                assert "dev.k8s.yaml" in done.stderr

    def test_keys_that_yaml_takes_for_something_else_are_texts(self) -> None:
        text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {8080: a, on: b, 1.5: c, d: 2026-01-02}"
        assert parse(text, "x")[0]["data"] == {"8080": "a", "true": "b", "1.5": "c", "d": "2026-01-02"}


def test_what_nobody_thought_of_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise LookupError("two\nlines")

    monkeypatch.setattr("examx_cli.commands.image.build_tag", broken)
    monkeypatch.delenv(application.TRACEBACK_VARIABLE, raising=False)
    done = _examx("image", "tag", "dev", "--commit", "abcdef0")
    assert done.exit_code == 2
    assert done.stderr.startswith(
        "error: examx did not expect this: LookupError: two lines (test_hostile_input.py, line "
    )
    assert done.stderr.count("\n") == 1
    monkeypatch.setenv(application.TRACEBACK_VARIABLE, "1")
    assert isinstance(_examx("image", "tag", "dev", "--commit", "abcdef0").exception, LookupError)


def test_half_a_character_is_printed_all_the_same() -> None:
    script = "from examx_cli.app import app; from examx_cli import output; import typer\n"
    script += "app.command('x')(lambda: output.say('a\\ud800b'))\napp(['x'])"
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "a\\ud800b\n"), done.stderr
