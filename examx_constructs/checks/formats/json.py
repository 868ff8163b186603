"""Findings as JSON: everything that is known of each."""

import json
from collections.abc import Sequence

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.report import Report


def formatted(report: Report, _rules: Sequence[Rule]) -> str:
    """Return one object; of a finding, line and column are null where nobody knows them."""
    return json.dumps(
        {
            "objects": report.objects,
            "errors": report.errors,
            "warnings": report.warnings,
            "waived": report.waived,
            "passed_over": report.passed_over,
            "findings": [found.as_dict() for found in report.findings],
        },
        indent=2,
    )
