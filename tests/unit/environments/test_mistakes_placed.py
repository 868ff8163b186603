"""A refused value is told with its file, its line and the path of its setting, whatever way it came."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from attrs import evolve

from examx_constructs.environments import ENVIRONMENTS, EnvironmentSettingError, placed
from examx_constructs.environments.errors import in_rendering, placed_on_import
from examx_constructs.environments.stg import stg
from examx_constructs.features import Feature, feature
from examx_constructs.rendering import rendered
from examx_constructs.settings import (
    ConfigurationError,
    Environment,
    ImageReference,
    PodExtras,
    SettingError,
    VolumeMount,
)

IMAGE = ImageReference.parse("registry.example.com/team/app:v1")
HEAD = """\
from dataclasses import replace

from attrs import evolve

from examx_constructs.environments.stg import stg
from examx_constructs.settings import *


def queue(name, replicas, cooldown="60s"):
    return Queue(
        name=name,
        worker=f"celery-{name}".replace("_", "-"),
        pool="prefork",
        concurrency=1,
        longest_task=Duration("30s"),
        list_length=1,
        polling_interval=Duration("15s"),
        cooldown=Duration(cooldown),
        replicas=replicas,
    )


"""
Make = Callable[[str], str]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """What is said of a module with a function `own`; a comment `# <-` marks the line that should be named."""

    def of(body: str) -> str:
        file = tmp_path / "own.py"
        file.write_text(HEAD + body)
        spec = importlib.util.spec_from_file_location("own", file)
        assert spec
        assert spec.loader
        module = sys.modules["own"] = importlib.util.module_from_spec(spec)
        line = next((number for number, text in enumerate(file.read_text().splitlines(), 1) if "# <-" in text), 0)
        try:
            spec.loader.exec_module(module)
        except ConfigurationError as mistake:
            return str(placed_on_import(mistake)).replace(f"{file}:{line}: ", "")
        own: Callable[[ImageReference], Environment] = module.own
        monkeypatch.setitem(cast("dict[str, object]", ENVIRONMENTS), "own", own)
        with pytest.raises(EnvironmentSettingError) as refused:
            rendered(placed("own", own, IMAGE))
        return str(refused.value).replace(f"{file}:{line}: ", "")

    yield of
    sys.modules.pop("own", None)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(
            'def own(image):\n    return evolve(stg(image), queues=(queue("a", Replicas.between(1, 2)),\n'
            '        queue("b", Replicas.between(3, 2)),))  # <-',
            "own.queues[b].replicas.minimum is 3",
            id="a tuple of functions",
        ),
        pytest.param(
            'def own(image):\n    made = [queue(name, Replicas.between(1, 2), wait) for name, wait in (("a", "60s"),\n'
            '        ("b", "60"))]  # <-\n    return evolve(stg(image), queues=tuple(made))',
            'own.queues[b].cooldown is "60"',
            id="a comprehension over pairs",
        ),
        pytest.param(
            'def own(image):\n    made = []\n    for name in ("a", "b"):\n'
            "        made.append(queue(name, Replicas.between(3, 2)))  # <-\n"
            "    return evolve(stg(image), queues=tuple(made))",
            "own.queues[*].replicas.minimum is 3",
            id="a loop",
        ),
        pytest.param(
            "def own(image):\n    base = stg(image)\n"
            "    return evolve(base, backend=evolve(base.backend, replicas=Replicas.between(0, 2)))  # <-",
            "own.backend.replicas.minimum is 0",
            id="a copy of a part, refused by the setting around it",
        ),
        pytest.param(
            'SIZES = {\n    "cpu_request": "1",\n    "memory_request": "4GB",  # <-\n    "cpu_limit": "1",\n'
            '    "memory_limit": "4Gi",\n}\n\n\ndef own(image):\n'
            "    return evolve(stg(image), worker_resources=Resources.of(**SIZES))",
            'own.worker_resources.memory_request is "4GB"',
            id="a mapping that is unpacked",
        ),
        pytest.param(
            "WAIT = '120'  # <-\n\n\ndef own(image):\n    base = stg(image)\n"
            "    return evolve(base, backend=evolve(base.backend, rollout=Rollout(margin=Duration(WAIT))))",
            'own.backend.rollout.margin is "120"',
            id="a constant",
        ),
        pytest.param(
            "WAIT = Duration('120')  # <-\n",
            'WAIT is "120"; it must be a whole number with a unit: 30s, 5m or 1h',
            id="a constant that is a setting",
        ),
        pytest.param(
            "def own(image):\n    return evolve(stg(image), namespase='own')  # <-",
            'own.namespase is "own"',
            id="a name that is no setting",
        ),
        pytest.param(
            "def own(image):\n    large = False\n    return evolve(stg(image),\n"
            "        beat_resources=Resources.of('1', '4Gi', '2', '8Gi')\n"
            "        if large else Resources.of('1', '4Gi', '0.5', '8Gi'))  # <-",
            "own.beat_resources.cpu_request is 1",
            id="one of two",
        ),
        pytest.param(
            "def own(image):\n    return evolve(stg(image), queues=(queue('a', Replicas.between(1)),))  # <-",
            "own.queues[a].replicas: Replicas.between() missing 1 required positional argument: 'maximum'",
            id="a call that lacks an argument",
        ),
        pytest.param(
            "def own(image):\n    return stg(image).nothing  # <-",
            "own: AttributeError: 'Environment' object has no attribute 'nothing'",
            id="a slip of Python",
        ),
        pytest.param(
            "def own(image):\n    return evolve(stg(image), labels={'environment': 'own', 'tier!': 'own'})  # <-",
            'own.labels key is "tier!"',
            id="a key",
        ),
    ],
)
def test_a_refused_value_is_told_with_its_line_and_the_path_of_its_setting(said: Make, body: str, message: str) -> None:
    assert said(body).partition(";")[0] == message.partition(";")[0]


OWN = "def own(image):\n    base = evolve(stg(image), name='own')\n"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(
            "    return evolve(base, extras=PodExtras(volumes=(\n"
            "        ScratchVolume(name='own', size=Quantity('1Gi')),)))  # <-",
            'own.extras.volumes[own] is "own"; it must be mounted by a container of the pod',
            id="a volume that none mounts",
        ),
        pytest.param(
            "    return evolve(base, workload_extras={'celery-beat': PodExtras(\n"
            "        mounts=(VolumeMount(volume='lost', path='/lost'),))})  # <-",
            'own.workload_extras[celery-beat].mounts[0].volume is "lost"',
            id="a mount of no volume",
        ),
        pytest.param(
            "    return evolve(base, variables={'A': 'b'}, workload_extras={'celery-beat': PodExtras(\n"
            "        variables={'A': 'c'})})  # <-",
            'own.workload_extras[celery-beat].variables[A] is "A"; it must be another one',
            id="a variable that the pod has",
        ),
        pytest.param(
            "    return evolve(base, workload_extras={'celery-beat': PodExtras(\n"
            "        mounts=(VolumeMount(volume='tmp', path='/tmp/own'),))})  # <-",
            'own.workload_extras[celery-beat].mounts[0].path is "/tmp/own"; it must be elsewhere',
            id="a path that is mounted",
        ),
        pytest.param(
            "    return evolve(base, workload_extras={'celery-beat': PodExtras(\n"
            "        labels={'tier': 'own'})})  # <-",
            'own.workload_extras[celery-beat].labels[tier] is "tier"; it must be another one',
            id="a label that the pod has",
        ),
        pytest.param(
            "    return evolve(base, workload_extras={'celery-beat': PodExtras(sidecars=(ExtraContainer(\n"
            "        name='celery-beat', image=image, resources=base.beat_resources),))})  # <-",
            'own.workload_extras[celery-beat].sidecars[celery-beat] is "celery-beat"; it must be another one',
            id="a container that the pod has",
        ),
        pytest.param(
            "    return evolve(base, workload_extras={'examxv2-backend': PodExtras(sidecars=(ExtraContainer(\n"
            "        name='proxy', image=image, resources=base.beat_resources,\n"
            "        ports={'own': 8000}),))})  # <-",
            'own.workload_extras[examxv2-backend].sidecars[proxy].ports[own] is "8000"; it must be another one',
            id="a port that the pod has",
        ),
        pytest.param(
            "    return evolve(base, migration=MigrationSettings(resources=base.beat_resources),\n"
            "        extras=PodExtras(sidecars=(ExtraContainer(\n"
            "        name='proxy', image=image, resources=base.beat_resources),)))  # <-",
            'own.extras.sidecars[proxy] is "proxy"; it must be a native sidecar where a job runs',
            id="a sidecar that would let a job never end",
        ),
    ],
)
def test_what_a_construct_refuses_is_told_with_its_line_and_the_path_of_its_setting(
    said: Make, body: str, message: str
) -> None:
    found = said(OWN + body)
    assert found.startswith(message), found


def test_without_the_function_that_made_it_the_path_is_told() -> None:
    lost = PodExtras(mounts=(VolumeMount(volume="lost", path="/lost"),))
    message = r"^environment stg: workload_extras\[celery-beat\]\.mounts\[0\]\.volume is \"lost\"; it must be"
    with pytest.raises(EnvironmentSettingError, match=message):
        rendered(evolve(stg(IMAGE), workload_extras={"celery-beat": lost}))


def test_what_a_branch_has_is_told_where_branches_are_made() -> None:
    wanted = Feature(branch="login", image=IMAGE, owner="ada", expires=datetime(2030, 1, 31, tzinfo=UTC))
    made = feature(wanted)
    workers = SettingError("BackendSettings.workers", made.backend.workers, "it must be more")
    message = r"^examx_constructs/features/environment\.py:\d+: feat-login\.backend\.workers is 1; it must be more$"
    with pytest.raises(EnvironmentSettingError, match=message):
        raise in_rendering(made, feature, workers)


def test_what_is_of_no_setting_names_the_environment() -> None:
    with pytest.raises(EnvironmentSettingError, match=r"^environment stg: Nothing\.known is 1; it must be 2$"):
        raise in_rendering(stg(IMAGE), stg, SettingError("Nothing.known", 1, "it must be 2"))
