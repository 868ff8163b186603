"""Findings as SARIF 2.1.0, which code scanning reads.

Sources: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, and what GitHub takes of it: GitHub
documentation, SARIF support for code scanning.
"""

import hashlib
import inspect
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from examx_constructs.checks.finding import Finding, Rule
from examx_constructs.checks.report import Report
from examx_constructs.checks.waiver_files import FILE_NAME
from examx_constructs.manifests.loader import STREAM

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "primaryLocationLineHash"
"""The one fingerprint that GitHub looks at: findings that have the same are one alert, whatever line they move to."""

_ROOT = "%SRCROOT%"
_PACKAGE = "examx-constructs"
_PAGE = Path("docs/rules.md")

_Json = dict[str, Any]


def formatted(report: Report, rules: Sequence[Rule]) -> str:
    """Return one run, with all rules, those too that nothing broke: an alert shows what its rule is for."""
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = [_result(found, numbers, seen) for found in report.findings]
    run = {
        "tool": {"driver": _driver(rules)},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that the checks ran in."}}},
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _driver(rules: Sequence[Rule]) -> _Json:
    page = _page(os.environ)
    driver: _Json = {"name": "examx checks", "rules": [_descriptor(rule, page) for rule in rules]}
    with suppress(PackageNotFoundError):
        driver["version"] = version(_PACKAGE)
    return driver | ({"informationUri": page} if page else {})


def _descriptor(rule: Rule, page: str | None) -> _Json:
    told = " ".join((inspect.getdoc(rule.look) or rule.summary).split())
    waive = f'To accept a finding, name its rule, "{rule.id}", its object and your reason in {FILE_NAME}.'
    descriptor: _Json = {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": told},
        "help": {
            "text": f"{told}\n\nSource: {rule.source}.\n\n{waive}",
            "markdown": f"{told}\n\n**Source:** {rule.source}.\n\n{waive.replace(FILE_NAME, f'`{FILE_NAME}`')}",
        },
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": {"tags": ["kubernetes"]},
    }
    return descriptor | ({"helpUri": f"{page}#{rule.id}"} if page else {})


def _page(environ: Mapping[str, str]) -> str | None:
    """Return where the page of rules can be read.

    On GitHub in a workflow of this project, else in the checkout, if it is one.

    A workflow of another project has no page to lead to, and who reads an alert no file of the runner.
    """
    checkout = Path(__file__).resolve().parents[3]
    if not (checkout / _PAGE).is_file():
        return None
    if environ.get("GITHUB_ACTIONS") != "true":
        return (checkout / _PAGE).as_uri()
    if Path(environ.get("GITHUB_WORKSPACE", "/")).resolve() != checkout:
        return None
    server = environ.get("GITHUB_SERVER_URL", "https://github.com")
    return f"{server}/{environ.get('GITHUB_REPOSITORY', '')}/blob/HEAD/{_PAGE.as_posix()}"


def _result(found: Finding, numbers: Mapping[str, int], seen: Counter[str]) -> _Json:
    location: _Json = {}
    if found.file:
        location["physicalLocation"] = {
            "artifactLocation": _artifact(found.file),
            "region": {"startLine": found.line or 1} | ({"startColumn": found.column} if found.column else {}),
        }
    if found.object.kind:
        named = {"name": found.object.name, "fullyQualifiedName": found.object.qualified, "kind": "resource"}
        location["logicalLocations"] = [named]
    result: _Json = {
        "ruleId": found.rule,
        "level": str(found.severity),
        "message": {"text": found.said},
        "locations": [location] if location else [],
        "partialFingerprints": {FINGERPRINT: _fingerprint(found, seen)},
    }
    return result | ({"ruleIndex": numbers[found.rule]} if found.rule in numbers else {})


def _artifact(file: str) -> _Json:
    """Return a file by its path from the folder that the checks ran in; one outside of it by its whole path."""
    path, here = Path("stdin" if file == STREAM else file), Path.cwd()
    if path.is_absolute():
        if not path.is_relative_to(here):
            return {"uri": path.as_uri()}
        path = path.relative_to(here)
    return {"uri": quote(path.as_posix()), "uriBaseId": _ROOT}


def _fingerprint(found: Finding, seen: Counter[str]) -> str:
    """Return the same for the same field of the same object, whatever its value and wherever in the file it is."""
    what = "\0".join([found.rule, found.file or "", *found.object, found.field])
    digest = hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
