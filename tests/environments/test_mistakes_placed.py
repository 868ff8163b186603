"""A refused value is told with its file, its line and the path of its setting, whatever way it came."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from examx_constructs.environments import EnvironmentSettingError, placed
from examx_constructs.environments.errors import placed_on_import
from examx_constructs.settings import ConfigurationError, Environment, ImageReference

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
def said(tmp_path: Path) -> Iterator[Make]:
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
        with pytest.raises(EnvironmentSettingError) as refused:
            placed("own", own, IMAGE)
        return str(refused.value).replace(f"{file}:{line}: ", "").partition(";")[0]

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
    assert said(body) == message
