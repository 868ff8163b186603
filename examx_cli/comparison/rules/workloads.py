"""Workloads: what starts pods."""

from collections.abc import Iterator

from examx_cli import once
from examx_cli.comparison.fields import ABSENT, Field, canonical
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.comparison.rules.case import Case, Rules
from examx_cli.comparison.surroundings import Surroundings, Workload, counted, pod_range
from examx_constructs.manifests import at, items, mapping, text

REDIS_WITHOUT_FILE = "appendonly no"
"""The line by which a Redis server keeps what it holds in memory only."""


def _changed(case: Case, field: Field) -> Effect:
    match field.part:
        case "template":
            return _replaced(case)
        case "replicas":
            return _resized(case, field)
        case "ordinals":
            return _about(
                case, Impact.RESTART, "numbers its pods anew: pods stop, others start with volumes of their own"
            )
        case "paused":
            return _about(case, Impact.LIVE, "says whether changes of its pods are rolled out")
        case "persistentVolumeClaimRetentionPolicy" if "Delete" in str(field.after):
            return _about(case, Impact.LIVE, "from now on its claims, and what they hold, go with it or with its pods")
        case _:
            return _about(case, Impact.NONE, "counts from the next rollout on")


def _about(case: Case, impact: Impact, reason: str) -> Effect:
    return case.effect(impact, reason, case.key.name)


def _replaced(case: Case) -> Effect:
    """Return what another pod template does."""
    workload = Workload(case.key, case.after)
    spec = mapping(case.after, "spec")
    strategy = text(spec, "strategy" if case.key.kind == "Deployment" else "updateStrategy", "type")
    if spec.get("paused") is True:
        return _about(case, Impact.NONE, "it is paused: its pods are replaced when that ends")
    if strategy == "OnDelete":
        return _about(case, Impact.NONE, "its pods are only replaced when somebody deletes them (OnDelete)")
    if spec.get("replicas") == 0 and case.will_be.autoscaler(case.key) is None:
        return _about(case, Impact.NONE, "it has no pods")
    pods = case.will_be.pods(workload)
    return _about(case, Impact.RESTART, f"restarts {pods}{_manner(workload, strategy, pods)}")


def _manner(workload: Workload, strategy: str, pods: str) -> str:
    if workload.key.kind == "Deployment":
        return _manner_of_deployment(workload, strategy, pods)
    if workload.key.kind == "StatefulSet":
        partition = at(workload.item, "spec", "updateStrategy", "rollingUpdate", "partition")
        if partition:
            return f" from number {partition} on, one after the other"
        return (
            ": it is down until it is back" if pods == "1 pod" else ", one after the other, each down until it is back"
        )
    return ", one after the other" if workload.key.kind == "DaemonSet" else ""


def _manner_of_deployment(workload: Workload, strategy: str, pods: str) -> str:
    if strategy == "Recreate":
        until = "the new one runs" if pods == "1 pod" else "new ones run"
        return f", Recreate: it is down until {until}"
    missing = at(workload.item, "spec", "strategy", "rollingUpdate", "maxUnavailable")
    if str(missing) in ("0", "0%"):
        return ", rolling: none is missing meanwhile"
    return f", rolling: up to {'25%' if missing is None else missing} may be missing meanwhile"


def _resized(case: Case, field: Field) -> Effect:
    before, after = (None if value is ABSENT else value for value in (field.before, field.after))
    scaler = case.will_be.autoscaler(case.key)
    if scaler is not None:
        if after is None:
            return _about(case, Impact.SCALING, f"leaves the number of pods to {scaler.id}, {pod_range(scaler)}")
        return _about(case, Impact.SCALING, f"sets {counted(after)} at each apply, against {scaler.id}")
    if after == 0:
        return _about(case, Impact.STOP, f"stops {counted(before)}")
    if counted(before) == counted(after):
        return _about(case, Impact.NONE, f"it has {counted(after)} with and without it")
    return _about(case, Impact.SCALING, f"{counted(before)} before, {counted(after)} from now on")


def _also(case: Case) -> Iterator[Effect]:
    if canonical(at(case.before, "spec", "template")) == canonical(at(case.after, "spec", "template")):
        return
    before, after = Workload(case.key, case.before), Workload(case.key, case.after)
    for claim in sorted(before.claims() - after.claims()):
        yield case.effect(Impact.DATA, f"its pods no longer mount {claim}: what that holds stays, out of their reach")
    if _replaced(case).impact is Impact.RESTART and forgets(before, case.was):
        yield case.effect(
            Impact.DATA, "this Redis keeps tasks in memory only: those that are queued are gone when it restarts"
        )


def forgets(workload: Workload, around: Surroundings) -> bool:
    """Return whether a workload is a Redis server that keeps what it holds in memory only."""
    for kind, name in workload.needs():
        if kind == "ConfigMap":
            data = mapping(around.find("ConfigMap", name, workload.key.namespace), "data")
            if any(REDIS_WITHOUT_FILE in str(content).splitlines() for content in data.values()):
                return True
    return False


def _removed(case: Case) -> Effect:
    workload = Workload(case.key, case.before)
    if text(case.before, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted") == "Delete":
        return case.effect(Impact.DATA, "its claims, and what they hold, are deleted with it (whenDeleted: Delete)")
    if forgets(workload, case.was):
        return case.effect(Impact.DATA, "this Redis keeps tasks in memory only: those that are queued go with it")
    pods = case.was.pods(workload)
    kept = "; the claims of its pods stay" if items(case.before, "spec", "volumeClaimTemplates") else ""
    return case.effect(Impact.STOP, f"stops {pods}{kept}")


def _added(case: Case) -> Effect:
    return case.effect(Impact.LIVE, f"starts {case.will_be.pods(Workload(case.key, case.after))}")


_ONCE = "runs before any workload changes, and none does where it fails"


def _cron_job_changed(case: Case, _: Field) -> Effect:
    return case.effect(Impact.LIVE, "counts from the next run on")


def _cron_job_removed(case: Case) -> Effect:
    return case.effect(Impact.STOP, "runs no more")


def _job_changed(case: Case, field: Field) -> Effect:
    if once.is_once(case.after):
        return case.effect(Impact.LIVE, _ONCE)
    if field.part == "parallelism":
        return case.effect(Impact.SCALING, "changes how many of its pods run at a time")
    if field.part == "suspend":
        going = field.after is not True
        return case.effect(Impact.LIVE if going else Impact.STOP, "starts its pods" if going else "stops its pods")
    return case.effect(Impact.LIVE, "counts for the Job as it runs")


def _job_added(case: Case) -> Effect:
    return case.effect(Impact.LIVE, _ONCE) if once.is_once(case.after) else _added(case)


def _cron_job_added(case: Case) -> Effect:
    return case.effect(Impact.LIVE, "starts pods by its schedule")


WORKLOAD = Rules(changed=_changed, removed=_removed, added=_added, also=_also)
CRON_JOB = Rules(changed=_cron_job_changed, removed=_cron_job_removed, added=_cron_job_added)
JOB = Rules(changed=_job_changed, removed=_removed, added=_job_added)
