"""Waivers: what they accept, when they are of no use, and which file of them counts."""
# ruff: noqa: E501 - messages are quoted whole

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from examx_constructs.checks import Finding, ObjectId
from examx_constructs.checks.waiver_files import FILE_NAME, read_waivers, waiver_files
from examx_constructs.checks.waivers import Waiver, WaiverError, Waivers

TODAY = date(2027, 1, 31)
WEB = ObjectId("apps", "Deployment", "dev", "web")
RULE = "secret-is-not-literal"


def found(
    rule: str = RULE, *, field: str = "spec.template.spec.containers[0].env[1].value", file: str | None = "a.yaml"
) -> Finding:
    return Finding(WEB, file, field, "literal", "a reference", "it is known", rule=rule, source="somewhere")


def waiver(**given: object) -> Waiver:
    return Waiver(**{"rule": RULE, "object": "Deployment dev/web", "reason": "known", **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"object": "*"},
        {"object": "Deployment */w*"},
        {"field": "spec.template.spec.containers[0].env[1].value"},
        {"field": "spec.template.spec.containers[*].env*"},
        {"file": "a.yaml"},
        {"file": "*.yaml"},
        {"expires": TODAY},
    ],
)
def test_it_accepts(given: dict[str, object]) -> None:
    waived = Waivers([waiver(**given)]).applied([found()], today=TODAY)
    assert (waived.findings, waived.accepted) == ([], 1)


@pytest.mark.parametrize(
    "given",
    [
        {"rule": "label-is-valid"},
        {"object": "Deployment dev/we"},
        {"object": "deployment dev/web"},
        {"object": "Deployment dev/web-2"},
        {"field": "spec.template.spec.containers[1].env[1].value"},
        {"field": "spec.template.spec.containers0.env1.value"},
        {"field": "spec"},
        {"file": "b.yaml"},
        {"file": "dist/*"},
    ],
)
def test_it_leaves_alone_and_is_told_then(given: dict[str, object]) -> None:
    left, unused = Waivers([waiver(**given)]).applied([found()], today=TODAY).findings
    assert left == found()
    assert (unused.rule, unused.severity, unused.field) == ("waiver-is-used", "error", "waiver[0]")
    assert str(given.get("rule", RULE)) in unused.value


def test_the_day_after_its_last_it_is_over() -> None:
    over = Waivers([waiver(expires=date(2027, 1, 30))]).applied([found()], today=TODAY)
    assert over.accepted == 0
    assert [str(each) for each in over.findings] == [
        str(found()),
        (
            "waiver[0].expires is 2027-01-30, of secret-is-not-literal for Deployment dev/web; allowed: a day that is not"
            " over, or no waiver; what it waives is a finding again [waiver-has-not-expired; docs/checks.md, Waive a finding]"
        ),
    ]


def test_one_that_is_over_and_one_that_holds() -> None:
    both = Waivers([waiver(expires=date(2027, 1, 30)), waiver(object="*")]).applied([found()], today=TODAY)
    assert (both.accepted, [each.rule for each in both.findings]) == (1, ["waiver-has-not-expired"])


def test_one_that_is_over_and_matches_nothing_is_told_once() -> None:
    (told,) = Waivers([waiver(expires=date(2027, 1, 30))]).applied([], today=TODAY).findings
    assert told.rule == "waiver-is-used"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rule": "secret-is-not-litteral"}, "the nearest is secret-is-not-literal"),
        ({"rule": "xyzzy"}, r"`python -m examx_constructs\.checks --list` shows them"),
        ({"rule": "*"}, r'waiver\.rule is "\*"'),
        ({"rule": "waiver-is-used"}, r"waiver\.rule is "),
        ({"rule": 7}, r"waiver\.rule is 7; it must be a text, the id of a rule"),
        ({"reason": " \n"}, r"waiver\.reason is \" \"; it must be a text, why the finding does no harm"),
        ({"object": ""}, r"waiver\.object is \"\""),
        ({"object": None}, r"waiver\.object is missing"),
        ({"field": ""}, r"waiver\.field is \"\""),
        ({"file": ["a"]}, r"waiver\.file is \['a'\]"),
        ({"expires": "2027-01-31"}, r"a day, written without quotes, such as 2027-01-31"),
        ({"expires": datetime(2027, 1, 31, tzinfo=UTC)}, r"waiver\.expires is 2027-01-31 00:00:00\+00:00"),
    ],
)
def test_what_no_waiver_can_say(given: dict[str, object], message: str) -> None:
    with pytest.raises(WaiverError, match=message) as refused:
        waiver(**given)
    assert "\n" not in str(refused.value)


ONE = '[[waiver]]\nrule = "secret-is-not-literal"\nobject = "*"\nreason = "known"\n'


class TestAFile:
    def test_holds_all_keys(self, tmp_path: Path) -> None:
        file = tmp_path / FILE_NAME
        file.write_text(
            f'# why\n\n{ONE}field = "data.*"\nfile = "dist/*.yaml"\nexpires = 2027-01-31\n', encoding="utf-8"
        )
        assert len(read_waivers(file)) == 1

    def test_says_in_which_line_one_begins_that_is_of_no_use(self, tmp_path: Path) -> None:
        file = tmp_path / FILE_NAME
        file.write_text(f"# two\n{ONE}\n{ONE.replace('*', 'Service *')}", encoding="utf-8")
        told = read_waivers(file).applied([found()]).findings
        assert [(each.place, each.field) for each in told] == [(f"{file}:7", "waiver[1]")]

    def test_sees_files_from_its_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "here").mkdir()
        file = tmp_path / FILE_NAME
        file.write_text(f'{ONE}file = "dist/a.yaml"\n', encoding="utf-8")
        monkeypatch.chdir(tmp_path / "here")
        for seen in (str(tmp_path / "dist" / "a.yaml"), "../dist/a.yaml"):
            assert read_waivers(file).applied([found(file=seen)]).findings == []

    @pytest.mark.parametrize("pattern", ["dist/prod.yaml", "dist/*", "*/prod.yaml"])
    def test_is_not_accused_of_files_that_were_not_checked(self, tmp_path: Path, pattern: str) -> None:
        (tmp_path / "dist").mkdir()
        (tmp_path / "dist" / "prod.yaml").touch()
        file = tmp_path / FILE_NAME
        file.write_text(f'{ONE}file = "{pattern}"\n', encoding="utf-8")
        other, same = str(tmp_path / "dev.yaml"), str(tmp_path / "dist" / "prod.yaml")
        assert read_waivers(file).applied([], files=[other]).findings == []
        assert len(read_waivers(file).applied([], files=[same]).findings) == 1
        (tmp_path / "dist" / "prod.yaml").unlink()
        assert len(read_waivers(file).applied([], files=[other]).findings) == 1

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[[waiver]\n", "is no TOML; .*line 1"),
            ("[waiver]\nrule = 1\n", r"waiver is no list of tables; each waiver begins with a line \[\[waiver\]\]"),
            ("waiver = [1]\n", "is no list of tables"),
            ("[[waivers]]\n", r"waivers is unknown; a file of waivers holds \[\[waiver\]\] alone"),
            (
                f"{ONE}rules = 1\n",
                r":1: waiver\.rules is unknown; a waiver has rule, object, reason, field, file, expires",
            ),
            (f"{ONE}\n[[waiver]]\nrule = 'x'\n", r":6: waiver\.object is missing"),
            (f"{ONE.replace('known', '')}", r":1: waiver\.reason is "),
            ("a = " + "[" * 100_000, "is no "),
        ],
    )
    def test_that_cannot_be_meant_is_one_line(self, tmp_path: Path, text: str, message: str) -> None:
        file = tmp_path / FILE_NAME
        file.write_text(text, encoding="utf-8")
        with pytest.raises(WaiverError, match=message) as refused:
            read_waivers(file)
        assert str(refused.value).startswith(str(file))
        assert "\n" not in str(refused.value)

    def test_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(WaiverError, match=r"gone\.toml is a file that cannot be read; No such file or directory"):
            read_waivers(tmp_path / "gone.toml")


class TestWhichFileCounts:
    def test_the_nearest_up_to_the_root_of_the_repository(self, tmp_path: Path) -> None:
        repository = tmp_path / "shop"
        (repository / ".git").mkdir(parents=True)
        (repository / "k8s" / "dev").mkdir(parents=True)
        manifest = repository / "k8s" / "dev" / "web.yaml"
        (tmp_path / FILE_NAME).touch()
        assert waiver_files([manifest]) == []
        (repository / FILE_NAME).touch()
        assert waiver_files([manifest, repository]) == [repository / FILE_NAME]
        (repository / "k8s" / FILE_NAME).touch()
        assert waiver_files([manifest, repository]) == [repository / "k8s" / FILE_NAME, repository / FILE_NAME]

    def test_without_a_repository_up_to_the_working_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "k8s" / "dev").mkdir(parents=True)
        (tmp_path / FILE_NAME).touch()
        monkeypatch.chdir(tmp_path / "k8s")
        assert waiver_files([Path("dev"), tmp_path / "k8s" / "dev"]) == []
        (tmp_path / "k8s" / FILE_NAME).touch()
        assert waiver_files([Path("dev"), tmp_path / "k8s" / "dev", Path("-")]) == [Path(FILE_NAME)]

    def test_elsewhere_beside_the_path_alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "k8s").mkdir()
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")
        (tmp_path / FILE_NAME).touch()
        assert waiver_files([tmp_path / "k8s"]) == []
        assert waiver_files([tmp_path]) == [tmp_path / FILE_NAME]
