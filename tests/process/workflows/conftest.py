"""A small world for the workflows: two repositories on a remote, a cluster, Slack, and what GitHub is set up with."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from examx_cli import synth
from examx_constructs.environments.shared import DEV_STG_CLUSTER, PRODUCTION_CLUSTER
from tests.process.workflows.attestations import Attestations
from tests.process.workflows.stand_ins import NO_CREDENTIALS, StandIns
from tests.support import read_documents, read_yaml
from tests.unit.workflows.model import Event, JobRun, Place, Run, Settings
from tests.unit.workflows.runner import read_workflow, start

PROJECT = Path(__file__).parents[3]
PROGRAMS = Path(__file__).parent / "programs"
KUBECTL = PROJECT / "tests/process/cli/cluster/start_kubectl.py"
REPOSITORY, BACKEND = "acme/examx-deployment", "acme/examx-backend"
ACCOUNT = "399600302704"
PASSWORDS = {"stg": "an invented password of stg", "prod": "an invented password of prod"}
CLUSTER_SCOPED = (
    "Namespace",
    "PersistentVolume",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
)
BACKEND_TOKEN = "an-invented-token-of-the-backend"
PROMETHEUS_TOKEN = "an-invented-token-of-prometheus"
DEPLOY_KEY = "an invented key of the repository"
_UNREAD = ("changes/", "docs/", "examples/", "findings/", "tests/")
SHA = "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0"
IMAGE = f"{ACCOUNT}.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend:dev-20261124-101500-a1b2c3d"
TOPIC = "feat-topic-examxv2"
TOPIC_IMAGE = f"{ACCOUNT}.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend:feat-topic-20261124-101500-a1b2c3d"
TOPIC_FORM = {"branch": "topic", "image": TOPIC_IMAGE, "days": "7", "env_type": "keep"}
NO_SLACK = "http://localhost:1/slack"
ENV_FILE = "SECRET_KEY='an invented key of a branch'\nDATABASE_URL=postgres://nobody.example.com/topic\n"


@dataclass
class World:
    """What a run of a workflow meets, and what it leaves behind."""

    scratch: Path
    remote: Path
    backend: Path
    stand_ins: StandIns
    settings: Settings
    clusters: Mapping[str, "Cluster"]
    messages: list[Mapping[str, Any]]
    """What Slack was told."""
    variables: dict[str, str]
    """What the stand-ins among the programs need."""
    runs: list[Run] = field(default_factory=list[Run])

    def dispatch(self, workflow: str, *, ref: str = "refs/heads/main", **inputs: str | bool) -> JobRun:
        """Start a workflow by hand."""
        return self.start(workflow, Event("workflow_dispatch", {"inputs": inputs}, ref))

    def again(self, workflow: str, earlier: JobRun | None = None, **inputs: str | bool) -> JobRun:
        """Start a run again, as somebody else: all of it, or what failed of an earlier attempt and what comes after."""
        event = Event("workflow_dispatch", {"inputs": inputs})
        kept = {name: job for name, job in (earlier.jobs if earlier else {}).items() if job.result == "success"}
        return self.start(workflow, event, attempt=2, triggering_actor="mallory", earlier=kept)

    def deploy_to_dev(self) -> JobRun:
        """Start the deployment that a merge to the backend's main branch asks for."""
        return self.dispatch("ci-cd-dev.yaml", image=IMAGE, sha=SHA)

    def bring_up(self, **form: str) -> JobRun:
        """Start the feature environment of the backend's branch `topic`."""
        run = self.dispatch("cd-feat.yaml", **{**TOPIC_FORM, **form})
        assert run.result == "success", run.log()
        return run

    def call(self, job: str, *, of: str, **inputs: str) -> JobRun:
        """Start a workflow as this job of another workflow calls it, without what comes before it there."""
        source = self._source("main")
        caller = {**read_workflow(source / ".github/workflows" / of)["jobs"][job], "with": inputs}
        alone = {key: value for key, value in caller.items() if key not in ("if", "needs")}
        called = {"name": "called", "on": {"workflow_dispatch": {}}, "jobs": {job: alone}}
        (source / ".github/workflows/called.yaml").write_text(yaml.safe_dump(called), encoding="utf-8")
        return self._start("called.yaml", Event("workflow_dispatch", {"inputs": {}}), source)

    def start(self, workflow: str, event: Event, **more: Any) -> JobRun:
        """Start a workflow by an event."""
        return self._start(workflow, event, self._source(event.ref.removeprefix("refs/heads/")), **more)

    def _source(self, branch: str) -> Path:
        source = self.scratch / f"run-{len(self.runs) + 1}"
        git(self.scratch, "clone", "--quiet", "--branch", branch, self.remote, source)
        return source

    def _start(self, workflow: str, event: Event, source: Path, **more: Any) -> JobRun:
        run = Run(
            source=source,
            scratch=source.with_name(f"{source.name}-jobs"),
            event=event,
            settings=self.settings,
            repository=REPOSITORY,
            sha=git(source, "rev-parse", "HEAD"),
            actor="mona",
            programs=PROGRAMS,
            # Without the project's own programs: only what a step put on the PATH is there.
            system_path=[
                each for each in os.environ["PATH"].split(os.pathsep) if not Path(each).is_relative_to(PROJECT)
            ],
            actions=self.stand_ins.table(),
            variables=self.variables,
            **more,
        )
        self.runs.append(run)
        return start(run, workflow)

    def become(self, other: "World") -> None:
        """Take over what another world has come to: its main branch and its clusters."""
        git(self.remote, "fetch", "--quiet", other.remote, "main:main")
        for name, cluster in other.clusters.items():
            shutil.copy(cluster.file, self.clusters[name].file)

    @property
    def main(self) -> str:
        """The commit that main is at."""
        return git(self.remote, "rev-parse", "main")

    def images(self) -> Mapping[str, str]:
        """The images that main names."""
        return read_yaml(git(self.remote, "show", "main:images.yaml"))

    def secret(self, place: str, name: str, value: str) -> None:
        """Give a secret of an environment another value."""
        self.settings.environments[place].secrets[name] = value

    def told(self) -> str:
        """The one message that Slack got, as text."""
        assert len(self.messages) == 1
        return json.dumps(self.messages[0])

    def summary(self) -> str:
        """What the last run shows on its page."""
        return "".join(self.runs[-1].summaries)


class Cluster:
    """A cluster, as the stand-in for kubectl keeps it in a file."""

    def __init__(self, file: Path, name: str, manifests: Sequence[Mapping[str, Any]]) -> None:
        """Set up as an administrator does: with what belongs to the cluster, which deployments may not change."""
        self.file = file
        objects = {
            f"{each['apiVersion'].rpartition('/')[0]}|{each['kind']}||{each['metadata']['name']}": {
                "object": each,
                "applied": {},
            }
            for each in manifests
            if each["kind"] in CLUSTER_SCOPED
        }
        forbidden = [[verb, kind] for verb in ("get", "patch") for kind in CLUSTER_SCOPED]
        empty: Mapping[str, Any] = {
            "name": name,
            "calls": [],
            "stuck": {},
            "slow": {},
            "events": [],
            "pods": [],
            "logs": {},
        }
        self._write({**empty, "objects": objects, "forbidden": forbidden})

    def _read(self) -> dict[str, Any]:
        return json.loads(self.file.read_text(encoding="utf-8"))

    def _write(self, content: Mapping[str, Any]) -> None:
        self.file.write_text(json.dumps(content), encoding="utf-8")

    def hold_up(self, workload: str) -> None:
        """Let no rollout of a workload come to an end."""
        self._write({**self._read(), "stuck": {workload: True}})

    def admit(self, kind: str) -> None:
        """Let this kind be seen and changed, as the role of feature environments may change namespaces."""
        content = self._read()
        self._write({**content, "forbidden": [each for each in content["forbidden"] if each[1] != kind]})

    def objects(self, kind: str) -> list[Mapping[str, Any]]:
        """What there is of a kind."""
        return [entry["object"] for key, entry in self._read()["objects"].items() if key.split("|")[1] == kind]

    def annotate(self, namespace: str, **annotations: str) -> None:
        """Let somebody change annotations of a namespace."""
        content = self._read()
        content["objects"][f"|Namespace||{namespace}"]["object"]["metadata"]["annotations"] |= annotations
        self._write(content)

    def apply(self, items: Sequence[Mapping[str, Any]], manager: str) -> None:
        """Apply namespaced objects under a name, as a deployment or somebody else does."""
        wanted = {"kind": "List", "items": [each for each in items if each["kind"] not in CLUSTER_SCOPED]}
        arguments = ("apply", "--server-side", "--force-conflicts", f"--field-manager={manager}", "-f", "-")
        environment = {**os.environ, "EXAMX_TEST_CLUSTER": str(self.file)}
        command = [sys.executable, "-I", "-S", str(KUBECTL), *arguments]
        subprocess.run(command, input=json.dumps(wanted), env=environment, check=True, text=True, capture_output=True)

    def calls(self) -> list[list[str]]:
        """The arguments that kubectl was given."""
        return self._read()["calls"]

    def let_go(self) -> None:
        """Let every rollout come to an end."""
        self._write({**self._read(), "stuck": {}})

    def images(self, namespace: str) -> set[str]:
        """The images of the application's Deployments in a namespace."""
        deployments = [
            entry["object"]
            for key, entry in self._read()["objects"].items()
            if key.split("|")[1:3] == ["Deployment", namespace]
        ]
        return {
            container["image"] for each in deployments for container in each["spec"]["template"]["spec"]["containers"]
        }

    def tried(self) -> list[str]:
        """What kubectl was called for: its first word, and whether it only tried."""
        calls = [" ".join(call) for call in self._read()["calls"]]
        return [f"{call.split()[0]}{' --dry-run' if '--dry-run=server' in call else ''}" for call in calls]


def git(folder: Path, *arguments: str | Path) -> str:
    """Run git as somebody."""
    command = ["git", "-c", "user.name=Mona", "-c", "user.email=mona@example.com", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="session")
def origins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two repositories as they are before a test: this project as it is, with a fresh dist/, and a backend."""
    folder = tmp_path_factory.mktemp("origins")
    listed = git(PROJECT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    # A link stays one, such as those into imports/, which lead to folders.
    # No job that is played here reads the others, and they are half of what each checks out.
    paths = {name: PROJECT / name for name in listed if name and not name.startswith(_UNREAD)}
    files = {name: path for name, path in paths.items() if path.is_symlink() or path.is_file()}
    with synth.fresh(PROJECT) as rendered:
        files |= {f"dist/{file.name}": file for file in rendered.iterdir()}
        _make(folder / "deployment", files, branches=())
    (folder / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    _make(folder / "backend", {"Dockerfile": folder / "Dockerfile"}, branches=("topic",))
    return folder


def _make(folder: Path, files: Mapping[str, Path], *, branches: Sequence[str]) -> None:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, folder / name, follow_symlinks=False)
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message=All")
    for branch in branches:
        git(folder, "checkout", "--quiet", "-b", branch)
        git(folder, "commit", "--quiet", "--allow-empty", f"--message={branch}")
    git(folder, "checkout", "--quiet", "main")
    # In one pack, which every checkout takes as it is.
    git(folder, "repack", "-adq", "--window=0")


@pytest.fixture
def world(tmp_path: Path, origins: Path, slack: list[Mapping[str, Any]], httpserver: HTTPServer) -> World:
    """A world in which all is well, until a test spoils what it is about."""
    return make_world(tmp_path, origins, httpserver.url_for("/slack"), slack)


@pytest.fixture(scope="session")
def world_with_dev(tmp_path_factory: pytest.TempPathFactory, origins: Path) -> World:
    """A world in which IMAGE was deployed to dev, for others to begin with."""
    made = make_world(tmp_path_factory.mktemp("deployed"), origins, NO_SLACK, [])
    run = made.deploy_to_dev()
    assert run.result == "success", run.log()
    return made


@pytest.fixture
def deployed(world: World, world_with_dev: World) -> World:
    """The world after IMAGE was deployed to dev."""
    world.become(world_with_dev)
    return world


@pytest.fixture(scope="session")
def world_with_topic(tmp_path_factory: pytest.TempPathFactory, origins: Path) -> World:
    """A world with the feature environment of the branch `topic`, for others to begin with."""
    made = make_world(tmp_path_factory.mktemp("topic"), origins, NO_SLACK, [])
    made.clusters[DEV_STG_CLUSTER].admit("Namespace")
    made.bring_up()
    return made


def make_world(folder: Path, origins: Path, slack_url: str, slack: list[Mapping[str, Any]]) -> World:
    """Make a world in a folder. What Slack was told is read from a list, which the one who answers there adds to."""
    remote, backend = folder / "deployment.git", folder / "backend.git"
    for bare in (remote, backend):
        git(folder, "clone", "--quiet", "--bare", origins / bare.stem, bare)
        # As on GitHub: a commit may be fetched by its name.
        git(bare, "config", "uploadpack.allowAnySHA1InWant", "true")
    places = {
        "dev": Place({"AWS_DEPLOY_ROLE_ARN": role("deploy-dev")}),
        "stg": Place({"AWS_DEPLOY_ROLE_ARN": role("deploy-stg")}),
        "prod": Place({"AWS_DEPLOY_ROLE_ARN": role("deploy-prod")}),
        "feature": Place({"AWS_DEPLOY_ROLE_ARN": role("deploy-feature")}, {"FEATURE_ENV_FILE": ENV_FILE}),
        "observe": Place(
            {"AWS_OBSERVER_ROLE_ARN": role("observe"), "WATCH_AFTER": "5s"}, {"PROMETHEUS_TOKEN": PROMETHEUS_TOKEN}
        ),
        "authorize-stg": Place(secrets={"DEPLOY_PASSWORD": PASSWORDS["stg"]}),
        "authorize-prod": Place(secrets={"DEPLOY_PASSWORD": PASSWORDS["prod"]}),
        "build": Place({"AWS_BUILD_ROLE_ARN": role("build")}, {"BACKEND_REPOSITORY_TOKEN": BACKEND_TOKEN}),
        "release": Place(secrets={"RELEASE_DEPLOY_KEY": DEPLOY_KEY}),
        "notify": Place(secrets={"SLACK_WEBHOOK_URL": slack_url}),
    }
    trusts = {
        arn: f"repo:{REPOSITORY}:environment:{name}"
        for name, place in places.items()
        for variable, arn in place.variables.items()
        if variable.endswith("_ROLE_ARN")
    }
    unwatched = {f"{name}_{each}": "" for name in ("PROMETHEUS_URL", "ROLLBACK_ON") for each in ("DEV", "STG", "PROD")}
    (folder / "attestations.json").write_text("[]", encoding="utf-8")
    environments = {DEV_STG_CLUSTER: ("dev", "stg"), PRODUCTION_CLUSTER: ("prod",)}
    clusters = {
        name: Cluster(folder / f"{name}.json", name, [each for of in those for each in manifests(origins, of)])
        for name, those in environments.items()
    }
    return World(
        scratch=folder,
        remote=remote,
        backend=backend,
        stand_ins=StandIns(
            {REPOSITORY: remote, BACKEND: backend},
            {BACKEND: BACKEND_TOKEN},
            attestations=Attestations(folder / "attestations.json"),
            trusts=trusts,
        ),
        settings=Settings({"BACKEND_REPOSITORY": BACKEND, **unwatched}, {}, places),
        messages=slack,
        clusters=clusters,
        variables={
            "ATTESTATIONS": str(folder / "attestations.json"),
            "CLUSTERS": str(folder),
            "GIT": shutil.which("git") or "git",
            "NO_CREDENTIALS": NO_CREDENTIALS,
            "PROJECT": str(PROJECT),
            "PYTHON": sys.executable,
            "REMOTE": remote.as_uri(),
        },
    )


def manifests(origins: Path, environment: str) -> list[Mapping[str, Any]]:
    """What is rendered for an environment at the beginning."""
    file = origins / "deployment/dist" / f"{environment}.k8s.yaml"
    return read_documents(file.read_text(encoding="utf-8"))


def role(name: str) -> str:
    """The ARN of a role in the account of the environments."""
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


@pytest.fixture
def slack(httpserver: HTTPServer) -> list[Mapping[str, Any]]:
    """What Slack was told."""
    messages: list[Mapping[str, Any]] = []

    def answer(request: Request) -> Response:
        messages.append(request.get_json())
        return Response("ok")

    httpserver.expect_request("/slack", method="POST").respond_with_handler(answer)
    return messages
