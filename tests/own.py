"""What is rendered, with figures that tests own: who changes one of an environment changes none here.

Tests that say what becomes of a figure need one that stays. Everything else is as dist/ has it, so that they are about
what is rendered today.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from attrs import evolve

from examx_constructs.environments import ENVIRONMENTS, load, read_images
from examx_constructs.manifests import Manifests
from examx_constructs.scaling import KedaPolicy, scalings
from examx_constructs.settings import Duration, Queue, Replicas
from tests.support import Manifest, made_once, one, read_documents

DIST = Path(__file__).parents[1] / "dist"
FIGURES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("own_figures.yaml").read_text())
EVERY = FIGURES["every environment"]
WORKERS: Mapping[str, str] = {
    "default": "celery-worker-default",
    "bulk_upload": "celery-bulk-upload-worker",
    "question_enrichment": "celery-enrichment-worker",
    "question_generator_ai": "celery-question-generator-ai-worker",
}
"""The Deployment of each queue, in the order of the figures."""
_STOP_MARGIN = 30
"""Seconds that a worker gets beyond its longest task."""


@made_once
def manifests(environment: str) -> list[Manifest]:
    """The manifests of an environment, to be changed."""
    found = read_documents((DIST / f"{environment}.k8s.yaml").read_text(encoding="utf-8"))
    if environment in FIGURES:
        _put(found, FIGURES[environment])
    return found


def _put(found: list[Manifest], figures: dict[str, Any]) -> None:
    backend = _pod(found, "examxv2-backend")
    _size(backend, figures["backend resources"])
    _variable(backend, "WORKERS", str(figures["gunicorn workers"]))
    _size(_pod(found, "celery-beat"), figures["beat resources"])
    _bounds(found, "examxv2-backend-pod-autoscaler", figures["backend replicas"])
    if "redis replicas" in figures:
        _bounds(found, "redis-replica-pod-autoscaler", figures["redis replicas"])
    for number, worker in enumerate(WORKERS.values()):
        _put_worker(found, figures, number, worker)


def _put_worker(found: list[Manifest], figures: dict[str, Any], number: int, worker: str) -> None:
    pod = _pod(found, worker)
    _size(pod, figures["worker resources"])
    command = pod["containers"][0]["command"]
    command[command.index("--concurrency") + 1] = str(figures["concurrency"][number])
    longest = EVERY["longest task"][number]
    pod["terminationGracePeriodSeconds"] = longest + _STOP_MARGIN
    one(found, "Deployment", worker)["metadata"]["annotations"]["examx.ai/longest-task-seconds"] = str(longest)
    scaler = one(found, "ScaledObject", f"{worker}-scaler")["spec"]
    scaler["minReplicaCount"], scaler["maxReplicaCount"] = figures["worker replicas"][number]
    scaler["pollingInterval"] = EVERY["polling interval"][number]
    scaler["cooldownPeriod"] = EVERY["cooldown"][number]
    backlog, *shares = scaler["triggers"]
    backlog["metadata"]["listLength"] = str(EVERY["list length"][number])
    for each in shares:
        each["metadata"]["value"] = str(EVERY["utilization"][each["type"]])


def _pod(found: list[Manifest], deployment: str) -> Manifest:
    return one(found, "Deployment", deployment)["spec"]["template"]["spec"]


def _size(pod: Manifest, figures: list[object]) -> None:
    resources = pod["containers"][0]["resources"]
    texts = list(map(str, figures))
    resources["requests"] |= dict(zip(("cpu", "memory"), texts[:2], strict=True))
    resources["limits"] |= dict(zip(("cpu", "memory"), texts[2:], strict=True))


def _variable(pod: Manifest, name: str, text: str) -> None:
    [variable] = [each for each in pod["containers"][0]["env"] if each["name"] == name]
    variable["value"] = text


def _bounds(found: list[Manifest], autoscaler: str, figures: list[int]) -> None:
    spec = one(found, "HorizontalPodAutoscaler", autoscaler)["spec"]
    spec["minReplicas"], spec["maxReplicas"] = figures


def dist(folder: Path) -> None:
    """Write them all as dist/ has them."""
    folder.mkdir()
    for name in ENVIRONMENTS:
        text = yaml.safe_dump_all(manifests(name), sort_keys=False, width=120)
        (folder / f"{name}.k8s.yaml").write_text(text, encoding="utf-8")


@functools.cache
def policies(environment: str) -> dict[str, KedaPolicy]:
    """The ScaledObjects, by their queues: in the place of `tools.modelled.policies`."""
    found = scalings(Manifests.of(manifests(environment)))
    return {each.queue: each.policy for each in found if isinstance(each.policy, KedaPolicy)}


def queue(environment: str, name: str) -> Queue:
    """A queue of an environment."""
    [found] = [
        each for made in load(read_images()) if made.name == environment for each in made.queues if each.name == name
    ]
    number = [*WORKERS].index(name)
    figures = FIGURES[environment]
    return evolve(
        found,
        concurrency=figures["concurrency"][number],
        longest_task=Duration(f"{EVERY['longest task'][number]}s"),
        list_length=EVERY["list length"][number],
        polling_interval=Duration(f"{EVERY['polling interval'][number]}s"),
        cooldown=Duration(f"{EVERY['cooldown'][number]}s"),
        replicas=Replicas.between(*figures["worker replicas"][number]),
    )
