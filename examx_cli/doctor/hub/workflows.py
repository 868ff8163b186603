"""What the workflows of a checkout need of GitHub: environments, and secrets in them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from examx_cli.errors import CommandError
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests import mapping, text

_SECRET = re.compile(r"\bsecrets\.([A-Za-z_]\w*)|\bsecrets\[\s*['\"]([A-Za-z_]\w*)['\"]\s*\]")
_OWN = "GITHUB_TOKEN"
_CHOSEN = re.compile(r"\$\{\{\s*inputs\.environment\s*\}\}")
_COMPARISON = re.compile(r"inputs\.environment\s*(==|!=)\s*'([^']*)'")
_EXPRESSION = "${{"


@dataclass(frozen=True, slots=True)
class Workflows:
    """The environments that jobs name, and every secret that a workflow names.

    `environments`: by name, the secrets of the jobs in it. One whose name an input gives is there once for each
    environment of this project. A name that is put together in another way cannot be told, and is left out.
    """

    environments: Mapping[str, frozenset[str]]
    secrets: frozenset[str]

    @classmethod
    def of(cls, root: Path) -> "Workflows":
        """Return those of a checkout. Raises CommandError for a file that is no YAML, and where there are none."""
        files = sorted([*root.glob(".github/workflows/*.yaml"), *root.glob(".github/workflows/*.yml")])
        if not files:
            raise CommandError(f"{root / '.github' / 'workflows'} has no workflow: GitHub cannot be asked about them")
        jobs = [job for file in files for job in _jobs(file)]
        environments: dict[str, frozenset[str]] = {}
        for job in jobs:
            for name in _environments(job):
                environments[name] = environments.get(name, frozenset()) | _secrets(job)
        return cls(environments, frozenset(name for job in jobs for name in _secrets(job)))


def _jobs(file: Path) -> Iterator[Mapping[str, object]]:
    try:
        content: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise CommandError(f"{file} is no workflow: {' '.join(str(error).split())}") from error
    yield from (mapping(job) for job in mapping(content, "jobs").values())


def _environments(job: Mapping[str, object]) -> Iterable[str]:
    name = text(job, "environment") or text(job, "environment", "name")
    if _CHOSEN.search(name):
        chosen = [one for one in ENVIRONMENTS if _runs_for(one, text(job, "if"))]
        return [each for one in chosen if _EXPRESSION not in (each := _CHOSEN.sub(one, name))]
    return [name] if name and _EXPRESSION not in name else []


def _runs_for(environment: str, condition: str) -> bool:
    """Return whether a job's `if`, as far as it compares the input with names, lets it run for an environment."""
    clauses = [] if "||" in condition else condition.split("&&")
    compared = [found for each in clauses if (found := _COMPARISON.fullmatch(each.strip().strip("${} ")))]
    return all((environment == found[2]) == (found[1] == "==") for found in compared)


def _secrets(job: Mapping[str, object]) -> frozenset[str]:
    found = {first or second for first, second in _SECRET.findall(yaml.safe_dump(dict(job)))}
    return frozenset(found - {_OWN})
