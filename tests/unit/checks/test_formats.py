"""The forms of a report: text for editors, JSON, SARIF, and annotations of GitHub."""
# ruff: noqa: E501 - lines are quoted whole

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from examx_constructs.checks import RULES, Finding, ObjectId
from examx_constructs.checks.finding import NO_OBJECT, Severity
from examx_constructs.checks.formats import Format, formatted
from examx_constructs.checks.formats.sarif import FINGERPRINT
from examx_constructs.checks.report import Report
from examx_constructs.checks.waivers import RULES_ON_WAIVERS

WEB = ObjectId("apps", "Deployment", "dev", "web")
PROJECT = Path(__file__).parents[3]
ALL = (*RULES, *RULES_ON_WAIVERS)
FIRST = Finding(
    WEB,
    "dist/a b, 100%.yaml",
    "spec.replicas",
    "2",
    "1",
    "two: each sends\nall of it",
    rule="beat-is-single",
    source="Celery",
    line=12,
    column=3,
)
SECOND = Finding(
    NO_OBJECT, "checks-waivers.toml", "waiver[0]", "x", "y", "z", Severity.WARNING, "waiver-is-used", "docs", line=7
)
THIRD = Finding(WEB, None, "spec", "missing", "a spec", "nothing runs", rule="beat-is-single", source="Celery")
REPORT = Report(3, [FIRST, SECOND, THIRD], waived=2, passed_over=1)


def sarif(report: Report) -> Any:
    return json.loads(formatted(report, Format.SARIF, ALL))


def test_text() -> None:
    assert formatted(REPORT, Format.TEXT, ALL).splitlines() == [
        "dist/a b, 100%.yaml:12:3: error: Deployment dev/web: spec.replicas is 2; allowed: 1; two: each sends all of it [beat-is-single; Celery]",
        "checks-waivers.toml:7: warning: waiver[0] is x; allowed: y; z [waiver-is-used; docs]",
        "-: error: Deployment dev/web: spec is missing; allowed: a spec; nothing runs [beat-is-single; Celery]",
        "",
        "1 file is no manifest and was passed over",
        "3 objects, 3 findings: 2 errors, 1 warning; 2 waived",
    ]


@pytest.mark.parametrize(
    ("report", "summary"),
    [
        (Report(1, []), "1 object, 0 findings"),
        (Report(2, [FIRST]), "2 objects, 1 finding: 1 error"),
        (Report(2, [SECOND, SECOND]), "2 objects, 2 findings: 2 warnings"),
        (Report(0, [], waived=1), "0 objects, 0 findings; 1 waived"),
    ],
)
def test_summary(report: Report, summary: str) -> None:
    assert formatted(report, Format.TEXT, ALL).splitlines()[-1] == summary


def test_warnings_fail_where_they_shall() -> None:
    assert not Report(1, [SECOND]).fails()
    assert Report(1, [SECOND]).fails(Severity.WARNING)
    assert Report(1, [FIRST]).fails()
    assert not Report(1, []).fails(Severity.WARNING)


def test_json() -> None:
    printed = json.loads(formatted(REPORT, Format.JSON, ALL))
    assert {key: value for key, value in printed.items() if key != "findings"} == {
        "objects": 3,
        "errors": 2,
        "warnings": 1,
        "waived": 2,
        "passed_over": 1,
    }
    assert printed["findings"][0] == {
        "object": {"group": "apps", "kind": "Deployment", "namespace": "dev", "name": "web"},
        "file": "dist/a b, 100%.yaml",
        "line": 12,
        "column": 3,
        "field": "spec.replicas",
        "value": "2",
        "allowed": "1",
        "why": "two: each sends\nall of it",
        "severity": "error",
        "rule": "beat-is-single",
        "source": "Celery",
    }
    assert (printed["findings"][1]["line"], printed["findings"][1]["column"]) == (7, None)


def test_annotations_are_escaped() -> None:
    assert formatted(REPORT, Format.GITHUB, ALL).splitlines() == [
        "::error file=dist/a b%2C 100%25.yaml,line=12,col=3,title=beat-is-single::Deployment dev/web: spec.replicas is 2; allowed: 1; two: each sends%0Aall of it (Celery)",
        "::warning file=checks-waivers.toml,line=7,title=waiver-is-used::waiver[0] is x; allowed: y; z (docs)",
        "::error title=beat-is-single::Deployment dev/web: spec is missing; allowed: a spec; nothing runs (Celery)",
        "3 objects, 3 findings: 2 errors, 1 warning; 2 waived",
    ]


def test_no_text_of_a_manifest_is_a_command_of_its_own() -> None:
    evil = Finding(WEB, "a\n::error::.yaml", "f", "v\r\n::stop-commands::x", "a", "w", rule="r::", source="s")
    annotation, _ = formatted(Report(1, [evil]), Format.GITHUB, ALL).split("\n")
    assert annotation.startswith("::error file=a%0A%3A%3Aerror%3A%3A.yaml,title=r%3A%3A::")
    assert "\r" not in annotation


def closed(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    properties = {**required, **optional}
    return {"type": "object", "required": [*required], "properties": properties, "additionalProperties": False}


TEXT = {"type": "string", "minLength": 1}
FROM_ONE = {"type": "integer", "minimum": 1}
MESSAGE = closed({"text": TEXT}, markdown=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
SARIF = closed(
    {
        "$schema": {
            "const": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
        },
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": closed(
                {
                    "tool": closed(
                        {
                            "driver": closed(
                                {
                                    "name": TEXT,
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": closed(
                                            {
                                                "id": TEXT,
                                                "shortDescription": MESSAGE,
                                                "fullDescription": MESSAGE,
                                                "help": MESSAGE,
                                                "helpUri": TEXT,
                                                "defaultConfiguration": closed({"level": LEVEL}),
                                                "properties": {"type": "object"},
                                            }
                                        ),
                                    },
                                    "version": TEXT,
                                    "informationUri": TEXT,
                                }
                            )
                        }
                    ),
                    "invocations": {"type": "array", "items": closed({"executionSuccessful": {"type": "boolean"}})},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "originalUriBaseIds": {"type": "object", "additionalProperties": closed({"description": MESSAGE})},
                    "results": {
                        "type": "array",
                        "items": closed(
                            {
                                "ruleId": TEXT,
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": LEVEL,
                                "message": MESSAGE,
                                "locations": {
                                    "type": "array",
                                    "items": closed(
                                        {},
                                        physicalLocation=closed(
                                            {
                                                "artifactLocation": closed({"uri": TEXT}, uriBaseId=TEXT),
                                                "region": closed({"startLine": FROM_ONE}, startColumn=FROM_ONE),
                                            }
                                        ),
                                        logicalLocations={
                                            "type": "array",
                                            "items": closed({"name": TEXT, "fullyQualifiedName": TEXT, "kind": TEXT}),
                                        },
                                    ),
                                },
                                "partialFingerprints": {"type": "object", "additionalProperties": TEXT},
                            }
                        ),
                    },
                }
            ),
        },
    }
)
"""What this project uses of the standard's schema, with all that the standard, or GitHub, requires of it."""


class TestSarif:
    @pytest.mark.parametrize("report", [REPORT, Report(1, [])])
    def test_is_of_the_standards_form(self, report: Report) -> None:
        assert [error.message for error in Draft202012Validator(SARIF).iter_errors(sarif(report))] == []

    def test_rules_are_found_by_their_number_and_tell_how_to_waive(self) -> None:
        (run,) = sarif(REPORT)["runs"]
        rules = run["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == [rule.id for rule in ALL]
        assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [
            each["ruleId"] for each in run["results"]
        ]
        for rule, told in zip(ALL, rules, strict=True):
            assert rule.source in told["help"]["text"]
            assert f'"{rule.id}"' in told["help"]["text"]
            assert told["helpUri"].endswith(f"/docs/rules.md#{rule.id}")
            assert urlsplit(told["helpUri"]).scheme
            assert told["fullDescription"]["text"].startswith(told["shortDescription"]["text"].rstrip("."))

    def test_places(self) -> None:
        first, second, third = sarif(REPORT)["runs"][0]["results"]
        assert first["locations"][0]["physicalLocation"] == {
            "artifactLocation": {"uri": "dist/a%20b%2C%20100%25.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 12, "startColumn": 3},
        }
        assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "Deployment dev/web"
        assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
        assert [each["level"] for each in (first, second, third)] == ["error", "warning", "error"]

    def test_a_whole_path_is_told_from_the_working_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")
        files = [tmp_path / "here" / "a.yaml", tmp_path / "b.yaml"]
        found = [Finding(WEB, str(file), "f", "v", "a", "w", rule="beat-is-single") for file in files]
        inside, outside = (
            each["locations"][0]["physicalLocation"]["artifactLocation"]
            for each in sarif(Report(2, found))["runs"][0]["results"]
        )
        assert inside == {"uri": "a.yaml", "uriBaseId": "%SRCROOT%"}
        assert outside == {"uri": files[1].as_uri()}

    def test_a_fingerprint_stays_when_lines_and_values_move(self) -> None:
        def prints(*found: Finding) -> list[str]:
            results = sarif(Report(1, [*found]))["runs"][0]["results"]
            return [each["partialFingerprints"][FINGERPRINT] for each in results]

        def at(line: int, value: str, field: str = "spec.replicas") -> Finding:
            return Finding(WEB, "a.yaml", field, value, "1", "w", rule="beat-is-single", line=line)

        assert prints(at(1, "2")) == prints(at(9, "3"))
        assert len({*prints(at(1, "2"), at(1, "2"), at(1, "2", "spec"))}) == 3

    @pytest.mark.parametrize(
        ("environ", "page"),
        [
            ({"GITHUB_ACTIONS": ""}, (PROJECT / "docs" / "rules.md").as_uri()),
            (
                {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(PROJECT), "GITHUB_REPOSITORY": "team/shop"},
                "https://github.com/team/shop/blob/HEAD/docs/rules.md",
            ),
            ({"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": "/elsewhere", "GITHUB_REPOSITORY": "team/other"}, None),
        ],
    )
    def test_where_the_page_of_rules_is(
        self, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], page: str | None
    ) -> None:
        monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        driver = sarif(REPORT)["runs"][0]["tool"]["driver"]
        assert driver.get("informationUri") == page
        assert driver["rules"][0].get("helpUri") == (f"{page}#{RULES[0].id}" if page else None)
