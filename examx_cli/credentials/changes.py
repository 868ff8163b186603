"""The changes that make a rotation: JSON patches of a Secret's keys. Only the first holds a value, the new one.

The API server moves and copies what is there itself (RFC 6902, `move`, `copy`), so a password in use never leaves it.
Each patch is over one state of the object: a state that is no longer there is a conflict.
"""

from collections.abc import Iterable, Mapping

from examx_cli.credentials.keys import ROTATING, Keys, previous, upcoming
from examx_cli.credentials.random_secret import encoded, new_value

Patch = list[dict[str, object]]
_MARK = "/metadata/annotations/" + ROTATING.replace("/", "~1")


def begun(keys: Keys, users: Iterable[str], values: Mapping[str, str]) -> Patch:
    """Return a new password beside the one of each user; the only one where there is none yet.

    The rotation is marked.
    """
    patch = _over(keys)
    if not keys.annotated:
        patch.append({"op": "add", "path": "/metadata/annotations", "value": {}})
    patch.append({"op": "add", "path": _MARK, "value": ",".join(users)})
    for user in users:
        key = upcoming(user) if user in keys.names else user
        if key not in keys.names:
            patch.append({"op": "add", "path": _path(key), "value": encoded(values[user])})
    return patch


def new_values(users: Iterable[str]) -> dict[str, str]:
    """Return a new password for each user."""
    return {each: new_value() for each in users}


def promoted(keys: Keys, users: Iterable[str]) -> Patch:
    """Return the new passwords in the place of those in use, and these kept as the previous ones: all in one step."""
    patch = _over(keys)
    for user in keys.with_next(users):
        if user in keys.names:
            patch.append({"op": "copy", "from": _path(user), "path": _path(previous(user))})
        patch.append({"op": "move", "from": _path(upcoming(user)), "path": _path(user)})
    return patch


def ended(keys: Keys) -> Patch:
    """Return the mark taken away."""
    return [*_over(keys), *([{"op": "remove", "path": _MARK}] if keys.begun else [])]


def forgotten(keys: Keys, users: Iterable[str]) -> Patch:
    """Return the previous passwords taken away."""
    return [*_over(keys), *({"op": "remove", "path": _path(previous(each))} for each in keys.with_previous(users))]


def _over(keys: Keys) -> Patch:
    # Not `test`: the API server answers a version that is gone with a conflict.
    return [{"op": "replace", "path": "/metadata/resourceVersion", "value": keys.version}]


def _path(key: str) -> str:
    return f"/data/{key}"
