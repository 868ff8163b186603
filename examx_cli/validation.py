"""All that can be wrong with manifests, found in one go: stale files, schemas, rules, what a cluster refuses."""

import filecmp
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from examx_cli import output, processes, synth
from examx_cli.cluster import Cluster
from examx_cli.doctor import Seen, State
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.network import enforcement
from examx_cli.errors import CommandError
from examx_cli.processes import ProcessError
from examx_cli.project import Project, manifests_path
from examx_cli.schemas import Definitions, findings, has_schema
from examx_cli.schemas.kubernetes import VERSIONS as SUPPORTED
from examx_constructs.checks import Finding, LoadError, Manifests, Rule, Severity, WaiverError, load
from examx_constructs.checks.finding import NO_OBJECT, finding
from examx_constructs.checks.report import counted
from examx_constructs.checks.waiver_files import read_waivers, waiver_files
from examx_constructs.checks.waivers import Waivers
from examx_constructs.manifests import Object, ObjectId, Resource, loader
from examx_constructs.manifests.versions import PINNED, UNASKED, Asked

_SYNTH = Rule.of("synth", "A file of dist/ is what the code and images.yaml render now.", "examx validate")
_SCHEMA = Rule.of("schema", "An object has the form that its API server takes.", "schemas of Kubernetes, and of CRDs")
_CLUSTER = Rule.of("cluster", "The cluster takes an object in a dry run.", "examx validate --cluster")
_ENFORCEMENT = Rule.of("enforcement", "The cluster enforces its NetworkPolicies.", "examx validate --cluster")
_DOCUMENTS = replace(
    Rule.of("documents", "The application's settings and the documents say what the code does now.", "examx validate"),
    severity=Severity.WARNING,
)
RULES = (_SYNTH, _DOCUMENTS, _SCHEMA, _CLUSTER, _ENFORCEMENT)
"""What is held against manifests beside the rules on them; no waiver waives it."""
_WRITER = ("tools/docs.py", "examx_constructs/environments/__init__.py")
"""What the repository of the environments has, and no project that installs the constructs."""


def as_typed(path: str) -> Path:
    """Return a path as somebody typed it. Raises CommandError for an empty one."""
    try:
        return loader.as_typed(path)
    except LoadError as error:
        raise CommandError(str(error)) from None


def manifests(*paths: Path, versions: Asked = UNASKED, together: bool = False) -> Manifests:
    """Return the objects of files and folders.

    Raises CommandError for what cannot be read, and where there are none.
    """
    try:
        found = load(*paths, versions=versions, together=together)
    except LoadError as error:
        raise CommandError(str(error)) from error
    if not (len(found) or found.unread or found.passed_over):
        raise CommandError(f"no Kubernetes objects in {', '.join(map(str, paths))}")
    return found


# What a kustomization may still bring.
_REQUIRED = "is a required property"


def passed_over(found: Manifests, definitions: Definitions) -> str:
    """Return what no schema was held against, in a line; empty where there is nothing of it."""
    unknown = [resource.kind for resource in found if not has_schema(cast("Object", resource.root.value), definitions)]
    said: list[str] = []
    if unknown:
        said.append(f"{counted(len(unknown), 'object')} without a schema here: {', '.join(sorted(set(unknown)))}")
    if found.passed_over:
        said.append(f"{counted(found.passed_over, 'file')} with no manifest")
    return f"passed over: {'; '.join(said)}" if said else ""


def by_file(found: Manifests) -> Mapping[str, list[Object]]:
    """Return the objects of each file, in their order."""
    files: dict[str, list[Object]] = {}
    for resource in found:
        files.setdefault(str(resource.root.file), []).append(cast("Object", resource.root.value))
    return files


def waivers(named: Path | None, paths: Iterable[Path]) -> list[Waivers]:
    """Return the waivers of a file, or of those that belong to these paths. Raises CommandError."""
    try:
        return [read_waivers(file) for file in ([named] if named else waiver_files(paths))]
    except WaiverError as error:
        raise CommandError(str(error)) from error


def stale(project: Project, environments: Sequence[str]) -> Iterator[Finding]:
    """Yield manifests that are not what the code renders now. Raises SynthError."""
    with synth.fresh(project.root) as rendered:
        for environment in environments:
            file = project.manifests(environment)
            if not file.is_file():
                yield _stale(environment, "missing")
            elif not filecmp.cmp(file, rendered / file.name, shallow=False):
                yield _stale(environment, "not what the code and images.yaml render")


def _stale(environment: str, state: str) -> Finding:
    to_do, why = "what `make synth` writes: run it and commit it", "a deployment would apply what nobody looked at"
    return _SYNTH.named(Finding(NO_OBJECT, manifests_path(environment), "the file", state, to_do, why))


def stale_documents(project: Project) -> Iterator[Finding]:
    """Find the files beside dist/ that are made of the environments too, and are no longer what the code writes.

    Only the repository of the environments has such files; other projects have none.
    """
    if not all((project.root / part).is_file() for part in _WRITER):
        return
    env = {**synth.environment(project.root), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        named = processes.run([sys.executable, "-m", "tools.docs", "--stale"], cwd=project.root, env=env)
    except ProcessError as error:
        output.note(f"whether the documents are stale is not known: {error.said.strip().splitlines()[-1]}")
        return
    for file in named.split():
        to_do, why = "what `make update` writes: run it and commit it", "it tells of figures that are no longer true"
        told = Finding(NO_OBJECT, file, "the file", "not what the code writes now", to_do, why)
        yield _DOCUMENTS.named(told)


def broken_schemas(found: Manifests, definitions: Definitions) -> Iterator[Finding]:
    """Yield objects that an API server would refuse for their form.

    That of the version which their cluster says, or somebody asks for; where nothing does, any that is supported.
    """
    for resource in found:
        item, version = cast("Object", resource.root.value), resource.versions.kubernetes
        is_said = found.asked.kubernetes is not None or version != PINNED.kubernetes
        for _, line in findings([item], definitions, (version,) if is_said else SUPPORTED):
            if resource.complete or _REQUIRED not in line:
                yield _SCHEMA.named(_of_schema(resource, line))


def _of_schema(resource: Resource, line: str) -> Finding:
    """Return a line of the schemas, `.spec.containers.0.image: what is wrong`, as a finding."""
    path, said, what = line.partition(": ") if line.startswith(".") else ("", ": ", line)
    field = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", path).removeprefix(".") if said else ""
    shaped = finding(resource.root, "the form that its schema has", "API servers refuse it", value=f"refused: {what}")
    return replace(shaped, field=field or "the object")


def refused_by_cluster(file: str, objects: Sequence[Object], cluster: Cluster) -> Iterator[Finding]:
    """Yield objects that a cluster refuses in a dry run. Raises CommandError where the cluster cannot be asked.

    It cannot try what is in a namespace that does not exist yet.
    """
    if not cluster.has_namespace():
        output.note(f"{cluster.target.namespace} does not exist yet: the cluster cannot try what is in it")
        objects = [each for each in objects if ObjectId.of(each).cluster_scoped]
    for key, reason in cluster.try_apply(objects).refused.items():
        refused = Finding(
            key, file, "the object", f"refused: {reason}", "what the cluster takes", "an apply would stop"
        )
        yield _CLUSTER.named(refused)


def unenforced_policies(environment: str, file: str, objects: Sequence[Object], cluster: Cluster) -> Iterator[Finding]:
    """Yield that nobody enforces the NetworkPolicies of an environment, where its cluster says so.

    Whatever it says is told in one line. Raises CommandError where the cluster cannot be asked.
    """
    needs = Needs.of(environment, objects)
    if not enforcement.applies(needs):
        return
    verdict = enforcement.verdict(needs, Seen(cluster.kubectl, needs.namespace))
    if verdict is None:
        return
    if verdict.state is State.MISSING:
        said = f"not enforced by {needs.cluster}: {verdict.said}"
        to_do = f"a cluster that enforces them; to do: {verdict.mend}"
        told = Finding(NO_OBJECT, file, "each NetworkPolicy", said, to_do, verdict.breaks)
        yield _ENFORCEMENT.named(told)
        return
    known = "NetworkPolicies are enforced" if verdict.state is State.OK else "whether NetworkPolicies are enforced"
    unknown = "" if verdict.state is State.OK else " cannot be told"
    output.note(f"{needs.cluster}: {known}{unknown}: {verdict.said}")
