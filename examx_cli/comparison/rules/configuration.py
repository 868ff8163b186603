"""What pods read: ConfigMaps, Secrets, secret providers, and the identity that they have."""

from collections.abc import Callable, Sequence

from examx_cli.comparison.fields import Field, canonical
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.comparison.rules.case import Case, Judge, Rules, unnoticed
from examx_cli.comparison.rules.workloads import REDIS_WITHOUT_FILE
from examx_cli.comparison.surroundings import Workload, named

_ROLE_OF_AWS = "eks.amazonaws.com/role-arn"


def _restarting(case: Case, readers: Sequence[Workload]) -> list[Workload]:
    """Return those of these workloads that get another pod template by the same change."""
    return [each for each in readers if _template(case, each) != canonical(each.template)]


def _template(case: Case, workload: Workload) -> str | None:
    earlier = case.was.workload(workload.key)
    return canonical(earlier.template) if earlier else None


def _read(case: Case, *, kept: str) -> Effect:
    """Return what other content does, given who reads it."""
    readers = case.will_be.readers(case.key)
    restarting = _restarting(case, readers)
    others = [each for each in readers if each not in restarting]
    if not readers:
        return case.effect(Impact.NONE, "no pod of these manifests reads it")
    if not others:
        return case.effect(Impact.NONE, f"is read at the start of {named(restarting)}, which restarts as well")
    return case.effect(Impact.LIVE, f"restarts nothing: running pods of {named(others)} keep {kept}")


_AT_START = "what they read at their start"


def _config_map_changed(case: Case, field: Field) -> Effect:
    if field.path[0] == "immutable":
        return case.effect(Impact.NONE, "says only that it may not be changed")
    if _drops_file(field):
        return case.effect(
            Impact.DATA, "Redis starts without its append-only file: tasks that are queued then are gone"
        )
    return _read(case, kept=_AT_START)


def _drops_file(field: Field) -> bool:
    before, after = (str(value).splitlines() for value in (field.before, field.after))
    return REDIS_WITHOUT_FILE in after and REDIS_WITHOUT_FILE not in before


def _secret_changed(case: Case, _: Field) -> Effect:
    return _read(case, kept=_AT_START)


def _provider_changed(case: Case, _: Field) -> Effect:
    return _read(case, kept="their secrets until the driver rotates them")


def _identity_changed(case: Case, _: Field) -> Effect:
    return _read(case, kept="what they have")


def _identity_annotated(case: Case, field: Field) -> Effect:
    if field.path[-1] == _ROLE_OF_AWS:
        return _identity_changed(case, field)
    return unnoticed(case, field)


def _removed(case: Case) -> Effect:
    needed = case.will_be.readers(case.key)
    if needed:
        return case.effect(Impact.STOP, f"new pods of {named(needed)} cannot start without it")
    return case.effect(Impact.NONE, "no pod of the new manifests reads it")


def _added(words: str) -> Judge:
    def judge(case: Case) -> Effect:
        readers = case.will_be.readers(case.key)
        return case.effect(Impact.NONE, f"{words} for {named(readers)}" if readers else f"{words}; no pod reads it yet")

    return judge


def _rules(changed: Callable[[Case, Field], Effect], new: str) -> Rules:
    return Rules(changed=changed, removed=_removed, added=_added(new))


CONFIG_MAP = _rules(_config_map_changed, "configuration")
SECRET = _rules(_secret_changed, "values")
SECRET_PROVIDER = _rules(_provider_changed, "secrets")
SERVICE_ACCOUNT = Rules(
    changed=_identity_changed, removed=_removed, added=_added("an identity"), annotated=_identity_annotated
)
