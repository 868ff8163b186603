"""`python -m examx_constructs.checks PATH…`: checks manifests without Node and without a cluster."""
# ruff: noqa: T201 - a command prints

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from examx_constructs.checks import RULES, Finding, LoadError, check, load

CLEAN, FOUND, UNUSABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the manifests in these paths; the exit status says whether anything was found."""
    options = _parser().parse_args(arguments)
    if options.list:
        _print_rules()
        return CLEAN
    try:
        manifests = load(*options.paths)
    except LoadError as error:
        print(f"error: {error}", file=sys.stderr)
        return UNUSABLE
    if not len(manifests):
        print(f"error: no Kubernetes objects in {', '.join(map(str, options.paths))}", file=sys.stderr)
        return UNUSABLE
    findings = check(manifests)
    print(_json(len(manifests), findings) if options.json else _text(len(manifests), findings))
    return FOUND if findings else CLEAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examx_constructs.checks",
        description="Checks rendered Kubernetes manifests against rules that span objects.",
        epilog="Exit status: 0 clean, 1 findings, 2 unusable input.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("paths", metavar="PATH", nargs="*", type=Path, default=[], help="a manifest, or a folder of them")
    what.add_argument("--list", action="store_true", help="list the rules and stop")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    return parser


def _print_rules() -> None:
    width = max(len(rule.id) for rule in RULES)
    for rule in RULES:
        print(f"{rule.id:{width}}  {rule.summary}")


def _text(objects: int, findings: list[Finding]) -> str:
    lines: list[str] = []
    for file, group in groupby(findings, key=lambda found: found.file):
        lines += [str(file), *(f"  {finding}" for finding in group), ""]
    return "\n".join([*lines, f"{_counted(objects, 'object')}, {_counted(len(findings), 'finding')}"])


def _json(objects: int, findings: list[Finding]) -> str:
    return json.dumps({"objects": objects, "findings": [finding.as_dict() for finding in findings]}, indent=2)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


if __name__ == "__main__":
    sys.exit(main())
