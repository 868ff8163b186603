"""`examx adopt` on the real control plane: over what kubectl applied, over what others did, killed, and taken back."""

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.adoption import BACKEND, FAST, IMAGE, TODAY, WORKER, Manifest, Sampler, Scene, seen
from tests.cluster.control_plane import ControlPlane
from tests.runtime.waiting import eventually

pytestmark = pytest.mark.e2e

MakeScene = Callable[..., Scene]


@pytest.fixture
def make_scene(control_plane: ControlPlane, tmp_path: Path) -> Iterator[MakeScene]:
    """Scenes whose namespaces go at the end."""
    made: list[Scene] = []

    def make(name: str, *, small: bool = True, **changes: Any) -> Scene:
        scene = Scene(control_plane, tmp_path / f"checkout-{len(made)}", name, small)
        if changes:
            scene.rendered = scene.render(**changes)
        scene.write()
        made.append(scene)
        return scene

    yield make
    for scene in made:
        control_plane.kubectl_done("delete", "namespace", scene.namespace, "--wait=false")
        control_plane.kubectl_done("delete", "persistentvolume", f"{scene.namespace}-pv", "--wait=false")


_FRESH: dict[tuple[str, bool], tuple[str, str]] = {}
"""By environment: the namespace of its first apply, and what that made, as JSON."""


def fresh(make_scene: MakeScene, like: Scene) -> dict[str, Manifest]:
    """What a first apply makes of the same environment in an empty namespace, with the other namespace's name."""
    if (like.name, like.small) not in _FRESH:
        scene = make_scene(like.name, small=like.small)
        command = [*scene.command()[:3], "apply", scene.name, "--timeout", "3m"]
        done = subprocess.run(
            command, cwd=scene.root, env=scene.variables, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr
        _FRESH[like.name, like.small] = scene.namespace, json.dumps(scene.objects())
    namespace, made = _FRESH[like.name, like.small]
    return json.loads(made.replace(namespace, like.namespace))


def of_ours(scene: Scene, objects: dict[str, Manifest]) -> dict[str, Manifest]:
    """The objects that the environment renders."""
    names = {f"{each['kind']}/{each['metadata']['name']}" for each in scene.rendered}
    return {key: _comparable(item) for key, item in objects.items() if key in names}


def _comparable(item: Manifest) -> Manifest:
    """Without what the server gives each instance, and what of others stays on purpose."""
    made = seen(item)
    spec = made.get("spec", {})
    for name in ("clusterIP", "clusterIPs"):
        spec.pop(name, None)
    if made["kind"] in ("PersistentVolume", "PersistentVolumeClaim"):
        # How the two were bound, by which of them came first.
        made["metadata"].pop("annotations", None)
    if made["kind"] == "Deployment":
        # The autoscaler's.
        spec.pop("replicas", None)
    if made["kind"] == "ScaledObject" and not spec["advanced"].get("scalingModifiers", True):
        # KEDA's, when it first wrote the object itself.
        del spec["advanced"]["scalingModifiers"]
    if made["kind"] == "ServiceAccount":
        # The IAM role that somebody gave it stays.
        made["metadata"].pop("annotations", None)
    return made


def versions(scene: Scene) -> dict[str, tuple[object, str]]:
    """Which state each object's content is in: other than its version, a status does not change it."""
    kinds = "deployments,services,ingresses,networkpolicies,configmaps,scaledobjects,serviceaccounts"
    return {
        f"{each['kind']}/{each['metadata']['name']}": (
            each["metadata"].get("generation") or each["metadata"]["resourceVersion"],
            each["metadata"]["uid"],
        )
        for each in scene.get(kinds)
        if (each["kind"], each["metadata"]["name"]) != ("ConfigMap", "examx-releases")
    }


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_what_kubectl_applied_is_taken_over_without_loss_and_given_back(make_scene: MakeScene, name: str) -> None:
    scene = make_scene(name, small=False)
    scene.start()
    before = scene.objects()
    with Sampler(scene) as sampler:
        scene.adopt("--execute")
    sampler.check()
    after = scene.objects()
    assert of_ours(scene, after) == of_ours(scene, fresh(make_scene, scene))
    assert "ConfigMap/nginx-config" not in after
    assert scene.one("deployment", "celery-exam-submission-worker"), "a foreign worker stays"
    assert all(pod["metadata"]["labels"].get("examx.ai/adoption") is None for pod in scene.get("pods"))

    at_rest = versions(scene)
    scene.adopt("--execute")
    command = [*scene.command()[:3], "apply", scene.name, "--timeout", "3m"]
    subprocess.run(command, cwd=scene.root, env=scene.variables, check=True, capture_output=True, timeout=300)
    assert versions(scene) == at_rest
    assert scene.objects() == after

    with Sampler(scene) as sampler:
        scene.adopt("--undo")
    sampler.check()
    assert without_autoscaled(scene.objects()) == without_autoscaled(before)
    assert scene.one("secret", "examx-adoption") is None


def without_autoscaled(objects: dict[str, Manifest]) -> dict[str, Manifest]:
    """Without the replicas that autoscalers decide on."""
    made: dict[str, Manifest] = json.loads(json.dumps(objects))
    for key, item in made.items():
        if key.startswith("Deployment/"):
            item["spec"].pop("replicas")
    return made


STEPS = [
    "record",
    "foundation",
    f"workload/{BACKEND}",
    f"workload/{WORKER}",
    "workload/celery-beat",
    "ingress",
    "cleanup",
    "policies",
    "finish",
]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(["policies"], id="one"),
        pytest.param(STEPS, id="each", marks=pytest.mark.long),
    ],
)
def test_it_can_be_taken_back_after_a_step(make_scene: MakeScene, steps: list[str]) -> None:
    scene = make_scene("dev")
    scene.start()
    before = scene.objects()
    assert [each["name"] for each in json.loads(_plan(scene))["steps"]] == STEPS
    for step in steps:
        scene.adopt("--execute", "--until", step)
        with Sampler(scene) as sampler:
            scene.adopt("--undo")
        sampler.check()
        assert without_autoscaled(scene.objects()) == without_autoscaled(before), f"after {step}"


def _plan(scene: Scene) -> str:
    done = subprocess.run(
        scene.command("--format", "json"),
        cwd=scene.root,
        env=scene.variables,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _kill(scene: Scene, what: str, lines: int, pause: float) -> str:
    """Run it until it has said so many lines, and a moment longer; then SIGKILL. Returns the last line."""
    said: list[str] = []
    with subprocess.Popen(
        scene.command(what, *FAST),
        cwd=scene.root,
        env=scene.variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line.strip())
            if len(said) == lines:
                time.sleep(pause)
                process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, f"it ended before line {lines}: {said}"
    return said[-1]


def test_killed_at_ten_points_it_comes_to_the_same_end(make_scene: MakeScene) -> None:
    scene = make_scene("dev")
    scene.start()
    before = scene.objects()
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    points = sorted(chance.sample(range(2, 34), 10))
    with Sampler(scene) as sampler:
        killed_after = [_kill(scene, "--execute", each, chance.uniform(0, 0.5)) for each in points]
        scene.adopt("--execute")
    sampler.check()
    told = f"seed {seed}, killed after: {killed_after}"
    assert of_ours(scene, scene.objects()) == of_ours(scene, fresh(make_scene, scene)), told
    assert not scene.get("replicasets", "--selector=examx.ai/adoption"), told
    assert not scene.get("pods", "--selector=examx.ai/adoption"), told

    with Sampler(scene) as sampler:
        for each in sorted(chance.sample(range(2, 9), 3)):
            _kill(scene, "--undo", each, chance.uniform(0, 0.5))
        scene.adopt("--undo")
    sampler.check()
    assert without_autoscaled(scene.objects()) == without_autoscaled(before), told


def _by_helm(scene: Scene) -> None:
    """As `helm install` makes it: its manager, its annotations, no last-applied configuration."""
    scene.plane.kubectl("create", "namespace", scene.namespace)
    owned = {"meta.helm.sh/release-name": "examx", "meta.helm.sh/release-namespace": scene.namespace}
    for each in scene.today:
        made = json.loads(json.dumps(each))
        made["metadata"].setdefault("annotations", {}).update(owned)
        made["metadata"].setdefault("labels", {})["app.kubernetes.io/managed-by"] = "Helm"
        eventually(
            lambda made=made: scene.kubectl("create", "-f", "-", "--field-manager=helm", stdin=json.dumps(made)),
            because=lambda: "KEDA refuses",
            ignoring=(AssertionError,),
        )
    scene.settled(scene.today)


def _edited(scene: Scene) -> None:
    """As kubectl applied it and people changed it by hand."""
    scene.start()
    more = {"name": "DEBUG", "value": "on"}
    container = {"name": BACKEND, "env": [more], "image": f"{IMAGE}:by-hand"}
    change = {"spec": {"template": {"spec": {"containers": [container]}}}, "metadata": {"labels": {"hand": "made"}}}
    scene.kubectl("patch", "deployment", BACKEND, "--field-manager=kubectl-edit", "--patch", json.dumps(change))
    scene.kubectl("set", "env", f"deployment/{WORKER}", "SET_BY_HAND=1")
    scene.kubectl("label", "service", "examxv2-backend-service", "hand=made")
    scene.kubectl("rollout", "restart", f"deployment/{WORKER}")
    scene.settled(scene.today)


@pytest.mark.parametrize("others", [_by_helm, _edited], ids=["helm", "edited"])
def test_what_others_made_is_taken_over_as_well(make_scene: MakeScene, others: Callable[[Scene], None]) -> None:
    scene = make_scene("dev")
    others(scene)
    with Sampler(scene) as sampler:
        said = scene.adopt("--execute")
    sampler.check()
    ours, wanted = of_ours(scene, scene.objects()), of_ours(scene, fresh(make_scene, scene))
    if others is _edited:
        # That somebody restarted it stays known: without it, it would restart once more.
        restarted = ours[f"Deployment/{WORKER}"]["spec"]["template"]["metadata"].pop("annotations", {})
        assert not restarted or set(restarted) == {"kubectl.kubernetes.io/restartedAt"}
    assert ours == wanted
    assert ("helm upgrade examx" in said) == (others is _by_helm)
    scene.adopt("--finish")
    verdicts = {
        f"{each['object']['kind']}/{each['object']['name']}": each for each in json.loads(_plan(scene))["objects"]
    }
    assert {verdicts[key]["verdict"] for key in wanted} == {"same"}
    at_rest = versions(scene)
    scene.adopt("--execute")
    assert versions(scene) == at_rest


def test_what_a_controller_put_into_the_pods_stays_and_is_named(make_scene: MakeScene) -> None:
    scene = make_scene("dev")
    scene.start()
    proxy = {"name": "mesh-proxy", "image": TODAY, "resources": {}}
    part = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": BACKEND, "namespace": scene.namespace},
        "spec": {"template": {"spec": {"containers": [proxy]}}},
    }
    # As a controller does it: kubectl would give its manager all that it had applied itself.
    path = f"/apis/apps/v1/namespaces/{scene.namespace}/deployments/{BACKEND}?fieldManager=mesh-injector"
    scene.plane.client.request("PATCH", path, part, kind="application/apply-patch+yaml")
    scene.settled(scene.today)
    with Sampler(scene) as sampler:
        said = scene.adopt("--execute")
    sampler.check()
    assert "mesh-injector" in said
    live = scene.one("deployment", BACKEND)
    assert live is not None
    names = [each["name"] for each in live["spec"]["template"]["spec"]["containers"]]
    assert sorted(names) == ["backend", "mesh-proxy", "nginx"]
    at_rest = versions(scene)
    scene.adopt("--execute")
    assert versions(scene) == at_rest


def test_what_stands_in_the_way_is_told_before_anything_is_touched(make_scene: MakeScene) -> None:
    scene = make_scene("dev", guests=())
    missing = ("examxv2-frontend-service", "examxv2-ingress")
    scene.start([each for each in scene.today if each["metadata"]["name"] not in missing])
    before = scene.objects()
    said = scene.adopt("--execute", status=1)
    assert "celery-exam-submission-worker: the namespace enforces restricted" in said
    assert "and the cluster says of its pod celery-exam-submission-worker-" in said
    assert "default-deny would cut its pods off" in said
    assert "it leads / to Service examxv2-frontend-service, and there is none" in said
    assert scene.objects() == before
    assert scene.one("secret", "examx-adoption") is None
