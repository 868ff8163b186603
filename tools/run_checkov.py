"""Scan the manifests of dist/ with checkov and hold what it finds against the list of waivers.

Run by the Python of checkov's own environment (`make checkov`). A failed check is an error, unless checkov-waivers.toml
accepts it for that object with a reason. So is a waiver that nothing needs any more. Nothing is downloaded or uploaded.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).parent.parent
MANIFESTS = "*.k8s.yaml"


class ScanError(Exception):
    """The scan did not cover what it should, so its result says nothing."""


@dataclass(frozen=True, order=True)
class Failure:
    """A check of checkov that an object fails. `resource` is `Kind.namespace.name`."""

    check: str
    resource: str
    name: str

    def __str__(self) -> str:
        return f"{self.check}  {self.resource}: {self.name}"


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A check that some objects may fail. `object` is a pattern for `Kind.namespace.name`, with * for any text."""

    check: str
    object: str
    reason: str

    def covers(self, failure: Failure) -> bool:
        """Return whether it accepts this failure."""
        return failure.check == self.check and fnmatchcase(failure.resource, self.object)

    def __str__(self) -> str:
        return f"{self.check}  {self.object}: {self.reason}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "dist", help="where the manifests are")
    parser.add_argument("--waivers", type=Path, default=ROOT / "checkov-waivers.toml", help="which failures to accept")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    waivers_file: Path = arguments.waivers
    try:
        waivers = read_waivers(waivers_file)
        failures = scan(folder)
    except ScanError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return report(failures, waivers)


def report(failures: Sequence[Failure], waivers: Sequence[Waiver]) -> int:
    """Print what needs someone's attention, and return the exit status."""
    open_ = [failure for failure in failures if not any(waiver.covers(failure) for waiver in waivers)]
    unused = [waiver for waiver in waivers if not any(waiver.covers(failure) for failure in failures)]
    _print("Failed checks that nothing waives", open_)
    _print("Waivers that match nothing any more: take them out", unused)
    print(
        f"checkov: {len(failures)} failed checks, {len(failures) - len(open_)} of them waived by {len(waivers)} waivers"
    )
    return 1 if open_ or unused else 0


def _print(title: str, lines: Sequence[object]) -> None:
    if lines:
        print(f"{title}:", *(f"  {line}" for line in lines), "", sep="\n")


def read_waivers(file: Path) -> list[Waiver]:
    """Return the waivers of a file. Raises ScanError for a file of another form or a waiver without a reason."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        waivers = [Waiver(**entry) for entry in content.get("waiver", [])]
    except (OSError, TypeError, tomllib.TOMLDecodeError) as error:
        raise ScanError(f"{file.name} cannot be read: {error}") from error
    for waiver in waivers:
        if not waiver.reason.strip():
            raise ScanError(f"{file.name}: the waiver of {waiver.check} for {waiver.object} gives no reason")
    return waivers


def scan(folder: Path) -> list[Failure]:
    """Return the failed checks of all manifests of a folder. Raises ScanError if checkov did not read all of them."""
    expected = {file.name for file in folder.glob(MANIFESTS)}
    if not expected:
        raise ScanError(f"there is no manifest in {folder.name}/")
    results = _run_checkov(folder)
    # An object can ask checkov to skip a check, by an annotation. Here only the list of waivers has a say.
    failed = [each for kind in ("failed_checks", "skipped_checks") for each in results.get(kind, [])]
    # Checkov passes over a file that it cannot parse without a word, and its exit status is 0.
    unread = expected - {Path(each["file_path"]).name for each in (*failed, *results.get("passed_checks", []))}
    if unread:
        raise ScanError(f"checkov could not read {', '.join(sorted(unread))}")
    return sorted({Failure(each["check_id"], each["resource"], each["check_name"]) for each in failed})


def _run_checkov(folder: Path) -> Mapping[str, list[Mapping[str, Any]]]:
    checkov = Path(sys.executable).with_name("checkov")
    options = ["--framework", "kubernetes", "--output", "json", "--compact", "--skip-download", "--soft-fail"]
    # Checkov reads settings from the working folder and from home, and they could switch checks off.
    command = [sys.executable, str(checkov), "--directory", str(folder.resolve()), *options]
    with tempfile.TemporaryDirectory(prefix="examx-checkov-") as empty:
        environment = {**os.environ, "HOME": empty}
        run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=empty, env=environment)
    try:
        answer = cast("dict[str, Any]", json.loads(run.stdout))
    except json.JSONDecodeError as error:
        raise ScanError(f"checkov failed with exit status {run.returncode}: {run.stderr.strip()}") from error
    return answer.get("results", {})


if __name__ == "__main__":
    sys.exit(main())
