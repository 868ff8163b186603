"""How objects are applied, so that each is as rendered afterwards, no matter who wrote it before.

First the record of who owns which field is written anew where others are in it (examx_cli/ownership). kubectl does that
only for `kubectl-client-side-apply`, and for whichever manager applies server-side first (kubernetes#112905). Then
everything is applied server-side in one stream. Conflicts are forced: git says what a field shall be.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from re import compile as pattern

from examx_cli import output
from examx_cli.kubectl import Kubectl, is_outdated, stream
from examx_cli.ownership import FIELD_MANAGER, OTHER_VERSION_MANAGER, Takeover, take_over
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, mapping, name_of, text

_TRY = ("--dry-run=server", "--show-managed-fields", "-f", "-")
_AS_US = (f"--field-manager={FIELD_MANAGER}", "--validate=strict")
_SERVER_SIDE = ("apply", "--server-side", "--force-conflicts", *_AS_US)
_APPLY = (*_SERVER_SIDE, "-f", "-")
_GET = ("get", "--ignore-not-found", "--show-managed-fields", "-f", "-")
_RECORD = ("--type=json", "--patch-file=/dev/stdin", f"--field-manager={FIELD_MANAGER}")

TRY_TO_APPLY = (*_SERVER_SIDE, *_TRY)
"""A dry run of an apply."""
TRY_TO_REPLACE = ("replace", *_AS_US, *_TRY)
"""A dry run of whole objects."""

_TRIES = 5
# The webhook of KEDA knows workloads from a cache, which lags behind the apply that made one. Of four first applies of
# whole environments on a busy machine it refused two (KEDA 2.17.2).
_UNSEEN_TARGET = pattern(r'admission webhook "[^"]*" denied the request: .*not found')
_UNSEEN_TRIES = 20
UNSEEN_PAUSE = 3.0
"""Seconds between two tries."""
_MOST_NAMED = 3


def apply(kubectl: Kubectl, objects: Sequence[Object], live: Mapping[ObjectId, Object]) -> list[str]:
    """Apply objects in their order, ScaledObjects last. `live` is what is there of them.

    Returns a line for each, and for what was taken over from whom. Raises ProcessError with what was refused.
    """
    found = [(key, item, taken) for key, item, taken in _takeovers(objects, live) if taken.managed_fields is not None]
    versions = {key: _write_record(kubectl, item, live[key], taken) for key, item, taken in found}
    objects = [_of_version(each, versions.get(ObjectId.of(each), "")) for each in objects]
    scalers = [each for each in objects if text(each, "kind") == "ScaledObject"]
    others = [each for each in objects if each not in scalers]
    said = kubectl.run(*_APPLY, stdin=stream(others)).splitlines() if others else []
    said += _apply_scalers(kubectl, scalers) if scalers else []
    for _, item, taken in found:
        for version in taken.versions:
            _let_go(kubectl, {**name_of(item), "apiVersion": version})
    after = _read(kubectl, [item for _, item, _ in found])
    return [*said, *(line for key, _, taken in found for line in _told(key, taken, after.get(key, {})))]


def _read(kubectl: Kubectl, objects: Sequence[Object]) -> Mapping[ObjectId, Object]:
    if not objects:
        return {}
    found = kubectl.objects(*_GET, stdin=stream([name_of(each) for each in objects]))
    return {ObjectId.of(each): each for each in found}


def expected(objects: Iterable[Object], live: Mapping[ObjectId, Object]) -> Mapping[ObjectId, Object]:
    """Return the objects that others have fields in, each as an apply will leave it, to replace what is there."""
    return {
        key: _unrecorded(taken.expected)
        for key, _, taken in _takeovers(objects, live)
        if taken.managed_fields is not None
    }


def _takeovers(
    objects: Iterable[Object], live: Mapping[ObjectId, Object]
) -> Iterator[tuple[ObjectId, Object, Takeover]]:
    for item in objects:
        key = ObjectId.of(item)
        if key in live:
            yield key, item, take_over(live[key], item)


def _unrecorded(item: Object) -> Object:
    # Without the version too: the status of what runs changes all the time.
    kept = {name: value for name, value in item.items() if name != "status"}
    left_out = ("managedFields", "resourceVersion")
    metadata = {name: value for name, value in mapping(item, "metadata").items() if name not in left_out}
    return {**kept, "metadata": metadata}


def _of_version(item: Object, version: str) -> Object:
    """Return the object.

    One that names the state that it is for gets that state, with the record of owners written anew.
    """
    metadata = mapping(item, "metadata")
    if not version or "resourceVersion" not in metadata:
        return item
    return {**item, "metadata": {**metadata, "resourceVersion": version}}


def _write_record(kubectl: Kubectl, wanted: Object, live: Object, taken: Takeover) -> str:
    """Write the record of owners anew, of the very state that it was read in; returns its version, if kubectl says it.

    Of an object that names another state nothing is written: it will not be applied either. Raises ProcessError.
    """
    key, named = ObjectId.of(wanted), text(wanted, "metadata", "resourceVersion")
    if named and named != text(live, "metadata", "resourceVersion"):
        return ""
    namespace = [f"--namespace={key.namespace}"] if key.namespace else []
    for attempt in range(1, _TRIES + 1):
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": taken.managed_fields or [{}]},
            # Not `test`: the API server answers a version that is gone with a conflict.
            {"op": "replace", "path": "/metadata/resourceVersion", "value": text(live, "metadata", "resourceVersion")},
        ]
        try:
            written = kubectl.objects("patch", key.resource, *namespace, *_RECORD, stdin=json.dumps(patch))
        except ProcessError as error:
            if named or not is_outdated(error) or attempt == _TRIES:
                raise
        else:
            return text(next(iter(written), None), "metadata", "resourceVersion")
        # Somebody changed it in the meantime.
        live = _read(kubectl, [wanted])[key]
        taken = take_over(live, wanted)
        if taken.managed_fields is None:
            break
    return ""


def _told(key: ObjectId, taken: Takeover, after: Object) -> Iterator[str]:
    if taken.lets_go_of_replicas:
        yield f"{key}: its autoscaler decides on the replicas from now on; their number stays as it is"
    by_manager: dict[str, list[str]] = {}
    # Much of what a client-side apply owns are defaults, which are there again afterwards.
    for each in (each for each in taken.taken if not each.is_in(after)):
        by_manager.setdefault(each.manager, []).append(each.shown)
    for manager, places in by_manager.items():
        more = len(places) - _MOST_NAMED
        named = ", ".join(places[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        yield f"{key}: taken over from {manager}, because it is not rendered: {named}"


def _apply_scalers(kubectl: Kubectl, scalers: Sequence[Object]) -> list[str]:
    for attempt in range(1, _UNSEEN_TRIES + 1):
        try:
            return kubectl.run(*_APPLY, stdin=stream(scalers)).splitlines()
        except ProcessError as error:
            refusals = [line for line in error.said.splitlines() if line.strip()]
            if attempt == _UNSEEN_TRIES or not all(map(_UNSEEN_TARGET.search, refusals)):
                raise
            output.note(
                f"KEDA has not seen every Deployment yet; its ScaledObjects are applied again "
                f"({attempt} of at most {_UNSEEN_TRIES - 1} times)"
            )
        time.sleep(UNSEEN_PAUSE)
    return []


def _let_go(kubectl: Kubectl, part: Object) -> None:
    """Apply nothing under the name that holds what tools wrote in another version of the API: so it goes."""
    options = (f"--field-manager={OTHER_VERSION_MANAGER}", "--force-conflicts", "--validate=false")
    kubectl.run("apply", "--server-side", *options, "-f", "-", stdin=stream([part]))
