"""Check the prose of all files that git has, or of those that are named: `python -m tools.prose [FILE ...]`."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tools.prose.configuration import Configuration
from tools.prose.passages import passages
from tools.prose.rules import findings

CONFIGURATION = Path(__file__).with_name("prose.toml")


def main(arguments: Sequence[str]) -> int:
    configuration = Configuration.read(CONFIGURATION)
    paths = [path for path in map(Path, arguments or _kept()) if configuration.covers(path)]
    with ProcessPoolExecutor() as pool:
        found = [line for lines in pool.map(partial(check, configuration), paths, chunksize=16) for line in lines]
    print("\n".join(found), end="\n" if found else "")
    return int(bool(found))


def check(configuration: Configuration, path: Path) -> list[str]:
    """Return a line for each finding in a file: file, line, rule and what to do."""
    return list(_checked(configuration, path))


def _checked(configuration: Configuration, path: Path) -> Iterator[str]:
    quotes = path.parts[0] == "tests"
    for passage in passages(path, messages=not quotes):
        for each in findings(passage, configuration.words, configuration.statements):
            if not configuration.excepts(path, each.rule):
                yield f"{path}:{each.line}: {each.rule}: {each.text}"


def _kept() -> list[str]:
    return subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout.split("\0")[:-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
