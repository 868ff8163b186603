"""All that can be wrong with manifests, found in one go: stale files, schemas, rules, what a cluster refuses."""

import filecmp
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from examx_cli import output, synth
from examx_cli.cluster import Cluster
from examx_cli.doctor import Seen, State
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.network import enforcement
from examx_cli.errors import CommandError
from examx_cli.project import Project, manifests_path
from examx_cli.schemas import Definitions, has_schema, violations
from examx_constructs.checks import LoadError, Manifests, check, load
from examx_constructs.checks.report import counted
from examx_constructs.manifests import Object, ObjectId


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what found it, in which file, and what it is."""

    found_by: str
    file: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """The problem as plain data, for JSON."""
        return asdict(self)


def manifests(*paths: Path) -> Manifests:
    """The objects of files and folders. Raises CommandError for what can not be read, and where there are none."""
    try:
        found = load(*paths)
    except LoadError as error:
        raise CommandError(str(error)) from error
    if not (len(found) or found.unread or found.passed_over):
        raise CommandError(f"no Kubernetes objects in {', '.join(map(str, paths))}")
    return found


# What a kustomization may still bring.
_REQUIRED = "is a required property"


def passed_over(found: Manifests, definitions: Definitions) -> str:
    """What no schema was held against, in a line; empty where there is nothing of it."""
    unknown = [resource.kind for resource in found if not has_schema(cast("Object", resource.root.value), definitions)]
    said: list[str] = []
    if unknown:
        said.append(f"{counted(len(unknown), 'object')} without a schema here: {', '.join(sorted(set(unknown)))}")
    if found.passed_over:
        said.append(f"{counted(found.passed_over, 'file')} with no manifest")
    return f"passed over: {'; '.join(said)}" if said else ""


def by_file(found: Manifests) -> Mapping[str, list[Object]]:
    """The objects of each file, in their order."""
    files: dict[str, list[Object]] = {}
    for resource in found:
        files.setdefault(str(resource.root.file), []).append(cast("Object", resource.root.value))
    return files


def stale(project: Project, environments: Sequence[str]) -> Iterator[Problem]:
    """Manifests that are not what the code renders now. Raises SynthError."""
    with synth.fresh(project.root) as rendered:
        for environment in environments:
            file = project.manifests(environment)
            if not file.is_file():
                yield Problem("synth", manifests_path(environment), "it is missing: run `make synth` and commit it")
            elif not filecmp.cmp(file, rendered / file.name, shallow=False):
                yield Problem(
                    "synth",
                    manifests_path(environment),
                    "it is not what the code and images.yaml render: run `make synth` and commit it",
                )


def broken_schemas(found: Manifests, definitions: Definitions) -> Iterator[Problem]:
    """Objects that an API server would refuse for their form."""
    for resource in found:
        item = cast("Object", resource.root.value)
        for key, line in violations([item], definitions):
            if resource.complete or _REQUIRED not in line:
                yield Problem("schema", str(resource.root.file), f"{key}: {line}")


def broken_rules(found: Manifests) -> Iterator[Problem]:
    """Objects that an API server would take, and that would break something."""
    for finding in check(found):
        yield Problem(finding.rule, str(finding.file), str(finding))


def refused_by_cluster(file: str, objects: Sequence[Object], cluster: Cluster) -> Iterator[Problem]:
    """Objects that a cluster refuses in a dry run. Raises CommandError where the cluster can not be asked.

    It can not try what stands in a namespace that does not exist yet.
    """
    if not cluster.has_namespace():
        output.note(f"{cluster.target.namespace} does not exist yet: the cluster can not try what stands in it")
        objects = [each for each in objects if ObjectId.of(each).cluster_scoped]
    for key, reason in cluster.try_apply(objects).refused.items():
        yield Problem("cluster", file, f"{key}: {reason}")


def unenforced_policies(environment: str, file: str, objects: Sequence[Object], cluster: Cluster) -> Iterator[Problem]:
    """That nobody enforces the NetworkPolicies of an environment, where its cluster says so.

    Whatever it says is told in one line. Raises CommandError where the cluster can not be asked.
    """
    needs = Needs.of(environment, objects)
    if not enforcement.applies(needs):
        return
    verdict = enforcement.verdict(needs, Seen(cluster.kubectl, needs.namespace))
    if verdict is None:
        return
    if verdict.state is State.MISSING:
        yield Problem(
            "enforcement",
            file,
            f"{needs.cluster} does not enforce NetworkPolicies: {verdict.said}; {verdict.breaks}; "
            f"to do: {verdict.mend}",
        )
        return
    known = "NetworkPolicies are enforced" if verdict.state is State.OK else "whether NetworkPolicies are enforced"
    unknown = "" if verdict.state is State.OK else " cannot be told"
    output.note(f"{needs.cluster}: {known}{unknown}: {verdict.said}")
