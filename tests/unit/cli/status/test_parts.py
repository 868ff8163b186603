"""What people call the parts of an environment, by the manifests of dist/."""

import pytest

from examx_cli.errors import CommandError
from examx_cli.status.parts import Parts
from examx_constructs.manifests import read
from tests.blocks import PROJECT


def called(environment: str, *words: str) -> list[str]:
    parts = Parts.of(read(PROJECT / "dist" / f"{environment}.k8s.yaml"))
    return [f"{each.workload.name}/{each.container}" for each in parts.called(words)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ["celery-worker-default/celery-worker"]),
        (("worker", "default"), ["celery-worker-default/celery-worker"]),
        (("worker default",), ["celery-worker-default/celery-worker"]),
        (("bulk_upload",), ["celery-bulk-upload-worker/celery-worker"]),
        (("Worker", "bulk_upload"), ["celery-bulk-upload-worker/celery-worker"]),
        (("celery-bulk-upload-worker",), ["celery-bulk-upload-worker/celery-worker"]),
        (("backend",), ["examxv2-backend/backend"]),
        (("examxv2-backend",), ["examxv2-backend/backend"]),
        (("nginx",), ["examxv2-backend/nginx"]),
        (("examxv2-backend/nginx",), ["examxv2-backend/nginx"]),
        (("beat",), ["celery-beat/celery-beat"]),
        (("redis",), ["redis/redis"]),
        (("redis/keeper",), ["redis/keeper"]),
    ],
)
def test_a_name_means_a_container(words: tuple[str, ...], found: list[str]) -> None:
    assert called("dev", *words) == found


def test_a_name_of_several_means_all_of_them() -> None:
    assert called("prod", "redis") == ["redis-primary/redis", "redis-replica/redis"]
    assert called("prod", "sentinel") == ["redis-sentinel/redis"]
    assert len(called("prod", "worker")) == 4


@pytest.mark.parametrize("name", ["flower", "worker nothing", "redis/nothing"])
def test_another_name_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(CommandError) as refused:
        called("dev", name)
    said = str(refused.value)
    assert said.startswith(f'no part of the environment is called "{name}"; there are ')
    for each in ("backend", "nginx", "beat", "redis", "worker default", "worker bulk_upload"):
        assert f" {each}," in said or f" {each};" in said, each
    assert "\n" not in said
