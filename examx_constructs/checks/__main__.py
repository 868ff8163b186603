"""`python -m examx_constructs.checks PATH…`: checks manifests without Node and without a cluster."""

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from examx_constructs.checks import RULES, LoadError, load
from examx_constructs.checks.finding import Severity
from examx_constructs.checks.formats import Format, formatted
from examx_constructs.checks.output import UnwritableError, quiet, write
from examx_constructs.checks.report import Report, examined
from examx_constructs.checks.waivers import RULES_ON_WAIVERS, WaiverError, Waivers
from examx_constructs.manifests.loader import as_typed
from examx_constructs.manifests.versions import KEDA, KUBERNETES, PINNED, Asked
from examx_constructs.settings.refusal import SettingError

CLEAN, FOUND, UNUSABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the manifests in these paths; the exit status says whether anything was found."""
    options = _parser().parse_args(arguments)
    try:
        if options.list:
            write(_listed())
            return CLEAN
        report = _report(options)
        write(formatted(report, options.format, (*RULES, *RULES_ON_WAIVERS)))
    except (LoadError, WaiverError, SettingError, UnwritableError) as error:
        return _unusable(str(error))
    return FOUND if report.fails(options.fail_on) else CLEAN


def _report(options: argparse.Namespace) -> Report:
    paths = [as_typed(each) for each in options.paths]
    versions = Asked(options.kubernetes_version, options.keda_version)
    waivers = _waivers(options.waivers, paths)
    report = examined(load(*paths, versions=versions, together=options.together), waivers)
    if not (report.objects or report.findings or report.passed_over):
        raise LoadError(f"no Kubernetes objects in {', '.join(map(str, paths))}")
    return report


def _waivers(named: Path | None, paths: list[Path]) -> list[Waivers]:
    from examx_constructs.checks import waiver_files  # noqa: PLC0415 - most projects have no such file

    files = [named] if named else waiver_files.waiver_files(paths)
    return [waiver_files.read_waivers(file) for file in files]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examx_constructs.checks",
        description="Checks rendered Kubernetes manifests against rules that span objects.",
        epilog="Exit status: 0 clean, or warnings alone; 1 findings; 2 unusable input.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    paths = "a manifest, or a folder of them; - for standard input"
    what.add_argument("paths", metavar="PATH", nargs="*", default=[], help=paths)
    what.add_argument("--list", action="store_true", help="list the rules and stop")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--format", type=Format, choices=Format, default=Format.TEXT, help="how to print findings (default: text)"
    )
    form.add_argument(
        "--json", action="store_const", dest="format", const=Format.JSON, help="the same as --format json"
    )
    parser.add_argument(
        "--fail-on",
        type=Severity,
        choices=Severity,
        default=Severity.ERROR,
        help="the least finding that makes the exit status 1 (default: error)",
    )
    parser.add_argument(
        "--waivers",
        metavar="FILE",
        type=Path,
        help="which findings to accept (default: checks-waivers.toml beside PATH, or above it in its repository)",
    )
    parser.add_argument(
        "--together",
        action="store_true",
        help="all PATHs are applied to one cluster: no folder is instead of another, such as an overlay",
    )
    for program, known, default in (("kubernetes", KUBERNETES, PINNED.kubernetes), ("keda", KEDA, PINNED.keda)):
        else_ = f"what a Namespace's annotation examx.ai/{program}-version says, else {default}"
        told = f"the version to judge by, {known[0]} to {known[-1]} (default: {else_})"
        parser.add_argument(f"--{program}-version", metavar="VERSION", help=told)
    return parser


def _listed() -> str:
    rules = (*RULES, *RULES_ON_WAIVERS)
    width = max(len(rule.id) for rule in rules)
    return "\n".join(f"{rule.id:{width}}  {rule.summary}" for rule in rules)


def _unusable(said: str) -> int:
    print(f"error: {' '.join(said.split())}", file=sys.stderr)  # noqa: T201 - a command prints
    return UNUSABLE


if __name__ == "__main__":
    # All that is read stays until the end: to look through it for what could go takes a third of the time.
    gc.disable()
    sys.exit(quiet(main))
