"""What a real cluster did over time: a recording, which is a JSON file beside a CSV file.

The JSON file holds the `spec` of the ScaledObject and its `annotations`, and the versions of `kubernetes` and `keda`.
It says what pods used (`usage_cpu_mem_pct`: second, percent of the requests for CPU and memory) and how long a pod
takes. It also says what was taken away and given back (`actions`: second, text). Those of Redis need no more, for the
lengths tell of them. The CSV file has a row each second, or
each so many, with the columns `t`, `list_len` and `deploy_spec`. `examx scale record` writes both.
"""

import csv
import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import cast

from examx_constructs import _files
from examx_constructs.manifests import Asked, Versions, at, items, mapping, text
from examx_constructs.manifests.scaling import autoscaler_of
from examx_constructs.manifests.versions import PINNED
from examx_constructs.scaling.errors import ScalingError
from examx_constructs.scaling.outages import Lost, Outage
from examx_constructs.scaling.policy import Policy, ResourceMetric, hpa_of
from examx_constructs.scaling.reading import policy_of
from examx_constructs.settings import SettingError

_BEGINS = re.compile(r"(?P<what>.+) (?:down|off|away|kill|killed|stop|stopped)", re.IGNORECASE)
_ENDS = re.compile(r"(?P<what>.+) (?:up|on|back|start|started|cont|continued)", re.IGNORECASE)
_TOLD_BY_LENGTHS = re.compile(r"redis|valkey|sentinel", re.IGNORECASE)
FAILOVER = 12.0
"""Seconds until Sentinels have made another server the primary: `down-after-milliseconds`, 10 s here, and a vote."""

_COLUMNS = ("t", "list_len", "deploy_spec")
_TARGET = "list_target"
_NAMED = {"metrics": Lost.METRICS, "metrics-server": Lost.METRICS, "operator": Lost.KEDA, "keda": Lost.KEDA}


@dataclass(frozen=True)
class Recording:
    """A recording; `lengths` and `replicas` have an item each `step` seconds, from second 0 on."""

    name: str
    policy: Policy
    lengths: Sequence[int | None]
    """Of the list; None while Redis did not answer."""
    replicas: Sequence[int]
    use: Sequence[tuple[float, float, float]]
    """From which second on a pod used which shares of its requests for CPU and memory."""
    outages: tuple[Outage, ...]
    """Of other parts than Redis, which the lengths tell."""
    pod_start: float
    metrics_resolution: float
    pod_stop: float = 0.0
    """Seconds until a pod is gone that was told to stop."""
    step: int = 1
    versions: Versions = PINNED
    unmodelled: Sequence[tuple[float, str]] = ()
    """What was done to the cluster, and when, that the model knows nothing of."""

    @property
    def seconds(self) -> int:
        """How long it is."""
        return len(self.replicas) * self.step

    @property
    def has_outages(self) -> bool:
        """Whether something was away in it."""
        return bool(self.outages) or None in self.lengths

    def used(self, resource: str, moment: float) -> float:
        """Return the share of a request that a pod used at a moment."""
        index = bisect_right(self.use, (moment, float("inf"), 0.0)) - 1
        return self.use[max(index, 0)][1 if resource == "cpu" else 2]


def read_recording(about: Path | str, rows: Path | str, *, failover: float = FAILOVER) -> Recording:
    """Read both files. Raises ScalingError, which names the file and the place in it.

    Where Sentinels lead to the list, it is there again so many seconds after its server went away. The recorder went on
    asking the one that was gone. That is as long as it was scripted to be (`list_target`), for that is what a replica
    holds.
    """
    told = _json(Path(about))
    columns = _csv(Path(rows))
    actions = sorted((_action(about, each) for each in items(told, "actions")), key=lambda each: each[0])
    spec = mapping(told, "spec")
    if not spec:
        raise ScalingError.of(f"{about}: spec", told.get("spec"), "the spec of a ScaledObject", "it is what was scaled")
    metadata = {"name": "recorded", "annotations": dict(mapping(told, "annotations"))}
    scaled = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": metadata, "spec": spec}
    try:
        versions = Asked(_version(told, "kubernetes"), _version(told, "keda")).over(PINNED)
        policy = policy_of(autoscaler_of(scaled), versions=versions)
    except (ScalingError, SettingError) as error:
        raise ScalingError(f"{about}: {error}") from None
    step = _step(columns)
    seconds = len(columns["deploy_spec"]) * step
    return Recording(
        name=Path(about).stem,
        policy=policy,
        lengths=_failed_over(columns, failover / step) if _by_sentinels(spec) else columns["list_len"],
        replicas=_without_gaps(rows, columns["deploy_spec"]),
        use=_use(about, told, policy),
        outages=_outages(actions, seconds),
        pod_start=_number(about, told, "pod_ready_delay_s", 20.0),
        metrics_resolution=_number(about, told, "metrics_resolution_s", 15.0),
        pod_stop=_number(about, told, "pod_termination_delay_s", 0.0),
        step=step,
        versions=versions,
        unmodelled=[each for each in actions if not _is_modelled(each[1])],
    )


def _version(told: Mapping[str, object], name: str) -> str | None:
    """Return the first word of what is said of a version: more may be said of a cluster beside it."""
    return next(iter(text(told, name).split()), None)


def _step(columns: Mapping[str, Sequence[int | None]]) -> int:
    """Return the seconds from one row to the next."""
    moments = columns["t"]
    return max(moments[1] or 1, 1) if len(moments) > 1 else 1


def _json(path: Path) -> dict[str, object]:
    try:
        content: object = json.loads(_files.read_text(path))
    except (_files.UnreadableError, _files.NotTextError) as error:
        raise ScalingError(f"{path}: cannot be read: {error}") from None
    except (ValueError, RecursionError):
        raise ScalingError(f"{path}: is no valid JSON") from None
    if not isinstance(content, dict):
        raise ScalingError(f"{path}: holds no recording: a mapping is needed")
    return cast("dict[str, object]", content)


def _csv(path: Path) -> dict[str, list[int | None]]:
    try:
        reader = csv.DictReader(StringIO(_files.read_text(path)))
        rows = list(reader)
    except (_files.UnreadableError, _files.NotTextError, csv.Error) as error:
        raise ScalingError(f"{path}: cannot be read: {error}") from None
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ScalingError(f"{path}: has no column {', '.join(missing)}; needed: {', '.join(_COLUMNS)}")
    names = [name for name in (*_COLUMNS, _TARGET) if name in (reader.fieldnames or ())]
    columns: dict[str, list[int | None]] = {name: [] for name in names}
    for index, row in enumerate(rows):
        for name in names:
            columns[name].append(_cell(path, index, name, row[name]))
        due = index * _step(columns)
        if columns["t"][-1] != due or not _is_whole(row["t"]):
            why = "a recording has a row each second, or each so many whole seconds"
            raise ScalingError.of(f"{path}:{index + 2}: t", row["t"], str(due), why)
    if not rows:
        raise ScalingError(f"{path}: has no rows")
    return columns


def _is_whole(said: str | None) -> bool:
    return said is not None and float(said).is_integer()


def _cell(path: Path, index: int, name: str, said: str | None) -> int | None:
    if not said:
        return None
    try:
        number = int(float(said))
    except (ValueError, OverflowError):
        number = -1
    if number < 0:
        raise ScalingError.of(f"{path}:{index + 2}: {name}", said, "a whole number, 0 or more", "it is a count")
    return number


def _by_sentinels(spec: Mapping[str, object]) -> bool:
    return any(text(each, "type") == "redis-sentinel" for each in items(spec, "triggers"))


def _failed_over(columns: dict[str, list[int | None]], failover: float) -> list[int | None]:
    found: list[int | None] = []
    away = 0
    for index, length in enumerate(columns["list_len"]):
        away = 0 if length is not None else away + 1
        scripted = columns.get(_TARGET)
        found.append(scripted[index] if scripted and away > failover else length)
    return found


def _without_gaps(path: Path | str, replicas: list[int | None]) -> list[int]:
    for index, each in enumerate(replicas):
        if each is None:
            raise ScalingError.of(f"{path}:{index + 2}: deploy_spec", "", "a number in each row", "it is compared")
    return [each for each in replicas if each is not None]


def _use(path: Path | str, told: dict[str, object], policy: Policy) -> list[tuple[float, float, float]]:
    found = [_numbers(each) for each in items(told, "usage_cpu_mem_pct")]
    for index, each in enumerate(found):
        if len(each) != 3 or min(each) < 0:  # noqa: PLR2004 - second, CPU, memory
            raise ScalingError.of(
                f"{path}: usage_cpu_mem_pct[{index}]", str(each), "a second and two percentages", "pods use something"
            )
    if not found and not any(isinstance(each, ResourceMetric) for each in hpa_of(policy).metrics):
        return [(0.0, 0.0, 0.0)]
    if not found:
        raise ScalingError(f"{path}: usage_cpu_mem_pct is missing; allowed: [[second, CPU %, memory %], ...]")
    return sorted((each[0], each[1] / 100, each[2] / 100) for each in found)


def _numbers(value: object) -> list[float]:
    found = cast("list[object]", value) if isinstance(value, list) else []
    return [float(each) for each in found if isinstance(each, int | float) and not isinstance(each, bool)]


def _outages(actions: Sequence[tuple[float, str]], seconds: int) -> tuple[Outage, ...]:
    """Return what was away from when until when; what did not come back is away until the end."""
    began: dict[Lost, float] = {}
    found: list[Outage] = []
    for moment, said in actions:
        what = _lost(said)
        if what and _BEGINS.fullmatch(said):
            began.setdefault(what, moment)
        elif what and what in began:
            found.append(Outage(what, began.pop(what), moment))
    found += [Outage(what, moment, seconds + 1.0) for what, moment in began.items() if moment <= seconds]
    return tuple(found)


def _lost(said: str) -> Lost | None:
    """Return what an action takes away or gives back; None where it is nothing that is known."""
    found = _BEGINS.fullmatch(said) or _ENDS.fullmatch(said)
    named = found["what"].lower() if found else ""
    return Lost.KEDA if "operator" in named else _NAMED.get(named)


def _is_modelled(said: str) -> bool:
    return _lost(said) is not None or _TOLD_BY_LENGTHS.search(said) is not None


def _action(path: Path | str, value: object) -> tuple[float, str]:
    pair = cast("list[object]", value) if isinstance(value, list) else []
    if len(pair) != 2 or not isinstance(pair[0], int | float) or not isinstance(pair[1], str) or pair[0] < 0:  # noqa: PLR2004
        raise ScalingError.of(f"{path}: actions", str(pair), "a second and a text", "it says what was done when")
    return float(pair[0]), pair[1]


def _number(path: Path | str, told: dict[str, object], name: str, default: float) -> float:
    value = at(told, name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ScalingError.of(f"{path}: {name}", value, "a number of seconds", "pods take time")
    return float(value)
