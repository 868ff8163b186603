"""A shop whose `web` logs in to a server of Redis, and the pods of both, for tests of the passwords of its users."""

import base64
import json
from typing import Any

from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION, REDIS_USERS_ANNOTATION
from examx_constructs.settings.redis import ALL_REDIS_USERS, REDIS_USERS
from tests.process.cli.cluster.conftest import Checkout, TestCluster
from tests.process.cli.cluster.secrets import workload
from tests.support import Manifest

SECRET = "redis-auth"
MOUNT = "/run/secrets/redis"
VALUE = r"[A-Za-z0-9_-]{43}"


def with_redis(checkout: Checkout, replicas: int = 1, *, exporter: bool = False) -> Manifest:
    """Let the shop have a server that mounts the made Secret, and `web` a variable of it."""
    server = workload(checkout, "redis", replicas=replicas)
    server["kind"] = "StatefulSet"
    del server["spec"]["strategy"]
    server["metadata"]["annotations"] = {MADE_SECRET_ANNOTATION: SECRET}
    pod = server["spec"]["template"]["spec"]
    if exporter:
        server["metadata"]["annotations"][REDIS_USERS_ANNOTATION] = ",".join(ALL_REDIS_USERS)
        key = {"name": SECRET, "key": "exporter", "optional": True}
        pod["containers"][0]["env"] = [{"name": "REDIS_PASSWORD", "valueFrom": {"secretKeyRef": key}}]
    pod["volumes"] = [{"name": "auth", "secret": {"secretName": SECRET}}]
    pod["containers"][0]["volumeMounts"] = [{"name": "auth", "mountPath": MOUNT, "readOnly": True}]
    reference = {"secretKeyRef": {"name": SECRET, "key": "application"}}
    container = checkout.one("Deployment")["spec"]["template"]["spec"]["containers"][0]
    container["env"].append({"name": "REDIS_PASSWORD", "valueFrom": reference})
    checkout.commit("with-redis")
    return server


def running(cluster: TestCluster, checkout: Checkout, started: str = "2026-01-02T12:00:00Z", **server: Any) -> None:
    """Let the pods of the shop run since then; `server` is what the servers do when they are asked."""
    pods = [pod(each, name, 0, started) for each in checkout.manifests if (name := _runs(each))]
    replicas = next(each for each in checkout.manifests if _runs(each) == "redis")["spec"]["replicas"]
    redis = next(each for each in checkout.manifests if _runs(each) == "redis")
    pods += [pod(redis, "redis", number, started) for number in range(1, replicas)]
    cluster.wish("pods", pods)
    answers = {"container": "redis", "mount": MOUNT, **server}
    cluster.wish("servers", {f"redis-{number}": answers for number in range(replicas)})


def _runs(item: Manifest) -> str:
    return item["metadata"]["name"] if item["kind"] in ("Deployment", "StatefulSet") else ""


def pod(of: Manifest, name: str, number: int, started: str) -> Manifest:
    template = of["spec"]["template"]
    return {
        "metadata": {
            "name": f"{name}-{number}",
            "uid": f"uid-of-{name}-{number}",
            "labels": template["metadata"]["labels"],
            "ownerReferences": [{"kind": of["kind"], "name": name}],
        },
        "spec": template["spec"],
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": name, "state": {"running": {"startedAt": started}}}],
        },
    }


def passwords(cluster: TestCluster) -> dict[str, str]:
    """What the Secret holds, as only an administrator sees it."""
    live = cluster.get("Secret", SECRET)
    return {name: base64.b64decode(each).decode() for name, each in live["data"].items()} if live else {}


def put(cluster: TestCluster, **more: Any) -> None:
    """Let there be the Secret already, as somebody made it."""
    values = {each: f"{each}-as-somebody-made-it" for each in REDIS_USERS}
    data = {name: base64.b64encode(each.encode()).decode() for name, each in {**values, **more}.items() if each}
    item = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {"name": SECRET, "namespace": cluster.namespace},
        "data": data,
    }
    assert cluster.state is not None
    objects = json.loads(cluster.state.read_text(encoding="utf-8"))["objects"]
    entry = {"object": item, "applied": {}, "version": 7}
    cluster.wish("objects", {**objects, f"|Secret|{cluster.namespace}|{SECRET}": entry})
