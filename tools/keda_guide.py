"""The parts of KEDA_CONFIGURATION.md that follow from the environments: tables, worked examples, rendered objects.

A part is between `<!-- keda NAME WORD ... -->` and `<!-- /keda -->`; `PARTS` says what makes it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from examx_cli.deploy.diagnosis.autoscalers import HPA_CONDITION
from examx_constructs.environments import load, read_images
from examx_constructs.features import Feature, feature
from examx_constructs.settings import (
    Duration,
    Environment,
    ImageReference,
    Queue,
    Replicas,
    ReplicatedRedis,
    ScalingBehavior,
    Utilization,
)
from tools import keda_pictures, modelled, spans

BACKLOGS = (15, 60, 250)
"""The lengths of a list that the worked examples show."""

USES = ((1, 3), (10, 10), (5, 40), (5, 60), (5, 74))
"""What the pods of the worked examples use while their list is empty."""

_PART = re.compile(r"(?P<head><!-- keda (?P<name>[a-z-]+)(?P<words>[ \w-]*) -->\n).*?(?=<!-- /keda -->)", re.DOTALL)


def filled(text: str) -> str:
    """Return a document with these parts made anew."""
    return _PART.sub(lambda part: f"{part['head']}{PARTS[part['name']](*part['words'].split())}\n", text)


def figures() -> str:
    """Return what each queue has of its own; with the names of the environments where they differ."""
    rows = (
        (
            f"`{queues['dev'].name}`",
            f"`{queues['dev'].worker}`",
            _said({name: str(queue.list_length) for name, queue in queues.items()}),
            _said({name: _time(queue.longest_task) for name, queue in queues.items()}),
            _said({name: _time(queue.polling_interval) for name, queue in queues.items()}),
            _said({name: _time(queue.cooldown) for name, queue in queues.items()}),
        )
        for queues in _queues()
    )
    return _table(("queue", "Deployment", "list length", "longest task", "KEDA looks every", "cooldown"), rows)


def replicas() -> str:
    """Tabulate the replicas of each workload in each environment, and how many tasks a worker runs at once."""
    workers = (
        (f"`{queues['dev'].worker}`", "KEDA", _triggers(queues["dev"].worker), *map(_bounds_and_slots, queues.values()))
        for queues in _queues()
    )
    backend = (_range(each.backend.replicas) for each in _environments())
    redis = (_redis(each) for each in _environments())
    return _table(
        ("", "its HPA comes from", "it looks at", *_names()),
        (
            ("`examxv2-backend`", "`dist/`", _metrics("examxv2-backend"), *backend),
            *workers,
            ("`redis-replica`", "`dist/`", _metrics("redis-replica"), *redis),
        ),
    )


def manifest(environment: str, name: str) -> str:
    """Return a ScaledObject as dist/ has it."""
    return f"```yaml\n{_scaled_object_text(environment, name)}```"


def listing(environment: str) -> str:
    """Return what `kubectl get scaledobject` prints while all is well and no list is empty."""
    heads = ("NAME", "SCALETARGETKIND", "SCALETARGETNAME", "MIN", "MAX", "READY", "ACTIVE", "FALLBACK", "PAUSED")
    rows = [(*heads, "TRIGGERS"), *map(_listed, _scaled_objects(environment))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("   ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(["```text", *lines, "```"])


def health() -> str:
    """Return where each version of KEDA says that an HPA gets no metric."""
    rows = (
        ("2.17 to 2.19", "nowhere", "`describe hpa`, alone"),
        (
            "2.20.0, 2.20.1",
            "`Ready=False`",
            "`HPAMetricsUnavailable`; `ScalingDegraded` if KEDA cannot read the list either",
        ),
        (
            "from 2.20.2 on",
            f"`{HPA_CONDITION}=False`; `Ready` stays as it is",
            "the HPA's own, such as `FailedGetExternalMetric`. `True` with `ScalingDisabled`: the worker sleeps",
        ),
    )
    return _table(("KEDA", "the HPA gets no metric", "reason"), rows)


def names() -> str:
    """Return what the objects and the metric of each queue are called."""
    rows = (
        (f"`{queue.name}`", f"`{scaler}`", f"`keda-hpa-{scaler}`", f"`{metric_name(queue.name)}`")
        for queue, scaler in ((each["dev"], f"{each['dev'].worker}-scaler") for each in _queues())
    )
    return _table(("queue", "ScaledObject", "HPA that KEDA makes", "metric"), rows)


def metric_name(list_name: str) -> str:
    """Return what KEDA calls the length of a list, the first trigger (0) of its ScaledObject."""
    return f"s0-redis-{re.sub(r'[/.:%()]', '-', list_name)}"


def speed() -> str:
    """Return how fast every HPA may move."""
    behavior = ScalingBehavior()
    period = _time(behavior.period)
    return (
        f"- Up: in each {period} by the larger of {behavior.scale_up_percent} % and {behavior.scale_up_pods} pods, "
        f"{'at once' if not behavior.scale_up_window.seconds else f'after {_time(behavior.scale_up_window)}'}.\n"
        f"- Down: to the largest number that was wanted in the last {_time(behavior.scale_down_window)}, "
        f"by {behavior.scale_down_percent} % of the pods in each {period}."
    )


def growth(environment: str) -> str:
    """Show lists of several lengths, and the replicas that each worker gets for them, period by period."""
    examples = [
        (
            queue,
            waiting,
            modelled.growth(environment, queue.name, waiting),
            spans.steps_up(environment, queue.name, waiting),
        )
        for queue in _environment(environment).queues
        for waiting in BACKLOGS
    ]
    moments = max((moments for *_, moments in examples), key=len)
    rows = (
        (f"`{queue.name}`", waiting, _division(waiting, queue), *_steps(sizes, len(moments) + 1))
        for queue, waiting, sizes, _ in examples
    )
    heads = ("queue", "waiting", "asks for", "before", *map(_span, moments))
    return _table(heads, rows, numbers_from=1)


def shrinking(environment: str, name: str) -> str:
    """Return the steps down from the most replicas, for workers that go on using more or less."""
    heads = ("CPU", "memory", "replicas")
    rows = ((f"{use[0]} %", f"{use[1]} %", _then(modelled.shrinking(environment, name, use))) for use in USES)
    return _table(heads, rows)


def down(environment: str, name: str) -> str:
    """Return when the first step down comes, and what it takes to be the only one."""
    queue = _queue(environment, name)
    least, most = queue.replicas.minimum, queue.replicas.maximum
    targets = Utilization()
    shares = " and ".join(
        f"{modelled.highest_for_one_step(environment, name, resource)} % of the {_signal(resource)}"
        for resource, target in (("cpu", targets.cpu), ("memory", targets.memory))
        if target is not None
    )
    return (
        f"The first step down comes {_span(spans.first_step_down(environment, name))} after the list was empty. "
        f"It is the only one, from {most} to {least} replicas of `{queue.worker}` in `{environment}`. There each pod "
        f"uses at most {shares} that it requests."
    )


def most() -> str:
    """Say from which length on a list asks for the most replicas."""
    rows = (
        (f"`{queues['dev'].name}`", *(modelled.shortest_for_most(each) for each in queues.values()))
        for queues in _queues()
    )
    return _table(("", *_names()), rows, numbers_from=1)


def tolerance(environment: str, name: str) -> str:
    """Return what the tolerance means for one worker, halfway up."""
    queue = _queue(environment, name)
    count = queue.replicas.maximum // 2
    target = queue.list_length * count
    fewest = queue.replicas.minimum
    low, high = modelled.left_alone(environment, name, count)
    _, edge = modelled.left_alone(environment, name, fewest)
    return (
        f"With {count} replicas of `{queue.worker}` in `{environment}` the target is {target} tasks, and nothing "
        f"changes for a list of {low} to {high}, both included. With {fewest}, "
        f"{edge} tasks change nothing, and {edge + 1} bring replica {fewest + 1}."
    )


def sleep() -> str:
    """Return when the workers of feature environments wake, and when they fall asleep."""
    rows = (
        (
            f"`{queue.worker}`",
            _span(spans.wakes(queue)),
            _span(spans.sleeps(queue)),
            _time(queue.longest_task),
        )
        for queue in _environment("feature").queues
    )
    return _table(("", "wakes after the first task", "sleeps after the list was empty", "longest task"), rows)


def rounds() -> str:
    """Return how long a replica needs for its share of a list, when each task takes as long as it may."""
    rows = ((f"`{queues['dev'].name}`", *map(_worked_off, queues.values())) for queues in _queues())
    return _table(("", *_names()), rows)


PARTS: Mapping[str, Callable[..., str]] = {
    "bursts": keda_pictures.markdown,
    "down": down,
    "figures": figures,
    "growth": growth,
    "health": health,
    "listing": listing,
    "manifest": manifest,
    "most": most,
    "names": names,
    "replicas": replicas,
    "rounds": rounds,
    "shrinking": shrinking,
    "sleep": sleep,
    "speed": speed,
    "tolerance": tolerance,
}
"""What makes each part: a function of the words behind its name."""


def _environments() -> list[Environment]:
    """Return the fixed environments, and any feature environment, as `feature`."""
    images = read_images()
    expires = datetime(2030, 1, 31, tzinfo=UTC)
    any_feature = Feature(branch="any", image=ImageReference.parse(images["dev"]), owner="anyone", expires=expires)
    return [*load(images), feature(any_feature)]


def _names() -> list[str]:
    return [*(f"{each.name}" for each in load(read_images())), "feature"]


def _environment(name: str) -> Environment:
    return dict(zip(_names(), _environments(), strict=True))[name]


def _queue(environment: str, name: str) -> Queue:
    return next(queue for queue in _environment(environment).queues if queue.name == name)


def _queues() -> list[dict[str, Queue]]:
    """Return each queue by the name of the environment."""
    columns = zip(*(each.queues for each in _environments()), strict=True)
    return [dict(zip(_names(), column, strict=True)) for column in columns]


def _said(by_environment: Mapping[str, str]) -> str:
    """Return one value where all have the same, else each value with those that have it."""
    shared: dict[str, list[str]] = {}
    for name, text in by_environment.items():
        shared.setdefault(text, []).append(name)
    if len(shared) == 1:
        return next(iter(shared))
    return "; ".join(f"{text} ({', '.join(having)})" for text, having in shared.items())


def _time(duration: Duration) -> str:
    return f"{duration.seconds} s"


def _span(span: spans.Span) -> str:
    return f"{span.first} to {span.last} s"


def _then(sizes: Sequence[int]) -> str:
    return ", then ".join(map(str, sizes)) if len(sizes) > 1 else f"{sizes[0]}, and no fewer"


def _range(bounds: Replicas) -> str:
    return str(bounds.maximum) if bounds.minimum == bounds.maximum else f"{bounds.minimum} to {bounds.maximum}"


def _bounds_and_slots(queue: Queue) -> str:
    return f"{_range(queue.replicas)}, {_tasks(queue.concurrency)} each"


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def _redis(environment: Environment) -> str:
    return _range(environment.redis.replicas) if isinstance(environment.redis, ReplicatedRedis) else ""


def _division(waiting: int, queue: Queue) -> str:
    return f"⌈{waiting} / {queue.list_length}⌉ = {modelled.asked(waiting, queue)}"


def _steps(sizes: Sequence[int], count: int) -> list[object]:
    return [*sizes, *[sizes[-1]] * (count - len(sizes))]


def _worked_off(queue: Queue) -> str:
    slots = "1 slot" if queue.concurrency == 1 else f"{queue.concurrency} slots"
    return f"{_tasks(queue.list_length)} in {slots}: {modelled.share_time(queue)} s"


def _documents(environment: str) -> list[str]:
    text = Path(f"dist/{environment}.k8s.yaml").read_text(encoding="utf-8")
    return [each for each in text.split("---\n") if each]


@cache
def _object(text: str) -> dict[str, Any]:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def _manifests(environment: str, kind: str) -> list[dict[str, Any]]:
    return [each for each in map(_object, _documents(environment)) if each["kind"] == kind]


def _scaled_objects(environment: str) -> list[dict[str, Any]]:
    return _manifests(environment, "ScaledObject")


def _scaled_object_text(environment: str, name: str) -> str:
    for text in _documents(environment):
        found = _object(text)
        if (found["kind"], found["metadata"]["name"]) == ("ScaledObject", name):
            return text
    raise LookupError(f"dist/{environment}.k8s.yaml has no ScaledObject {name}")


def _listed(scaler: Mapping[str, Any]) -> tuple[str, ...]:
    spec = scaler["spec"]
    target = spec["scaleTargetRef"]
    return (
        scaler["metadata"]["name"],
        f"{target['apiVersion']}.{target['kind']}",
        target["name"],
        str(spec["minReplicaCount"]),
        str(spec["maxReplicaCount"]),
        "True",
        "True",
        "False",
        "Unknown",
        ",".join(trigger["type"] for trigger in spec["triggers"]),
    )


def _triggers(worker: str) -> str:
    """Return what the ScaledObjects of a worker look at."""
    found = {
        environment: next(each for each in _scaled_objects(environment) if _target(each) == worker)
        for environment in _rendered()
    }
    return _said({name: ", ".join(map(_trigger, each["spec"]["triggers"])) for name, each in found.items()})


def _trigger(trigger: Mapping[str, Any]) -> str:
    share = trigger["metadata"].get("value")
    return f"{_signal(trigger['type'])} {share} %" if share else "its list"


def _metrics(workload: str) -> str:
    """Return what our own HPAs of a workload look at."""
    found = {
        environment: each
        for environment in _rendered()
        for each in _manifests(environment, "HorizontalPodAutoscaler")
        if _target(each) == workload
    }
    return _said({name: ", ".join(map(_metric, each["spec"]["metrics"])) for name, each in found.items()})


def _metric(metric: Mapping[str, Any]) -> str:
    resource = metric["resource"]
    return f"{_signal(resource['name'])} {resource['target']['averageUtilization']} %"


def _signal(name: str) -> str:
    return {"cpu": "CPU"}.get(name, name)


def _target(autoscaler: Mapping[str, Any]) -> str:
    return autoscaler["spec"]["scaleTargetRef"]["name"]


def _rendered() -> list[str]:
    return [each.name for each in load(read_images())]


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, numbers_from: int | None = None) -> str:
    """Return a Markdown table; from some column on, it holds numbers, which are on the right."""
    count = len(heads) if numbers_from is None else numbers_from
    rule = ["---" if column < count else "---:" for column in range(len(heads))]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (heads, rule, *rows))
