"""The files by which a Redis process has its users, and takes their passwords of a Secret while it runs."""

from typing import Literal

from examx_constructs._templates import render
from examx_constructs.settings.redis import EXPORTER_USER, REDIS_PORT, REDIS_USERS, SENTINEL_PORT

_KEPT = "examx:lea"
"""How the keys begin by which servers agree who leads: `examx:leader` and `examx:leaving` (templates/redis)."""
_SENTINELS = "__sentinel__"
"""The channel by which Sentinels tell each other who leads begins so: who may publish there decides it."""


_UNLESS_GIVEN = f"""
    # A Secret of before monitoring has no key for it, and Redis starts all the same.
    if [ "$user" = {EXPORTER_USER} ] && [ ! -f "$secrets/{EXPORTER_USER}" ]; then
      echo "{EXPORTER_USER} reset off"
      continue
    fi"""


def users_files(
    kind: Literal["single", "server", "sentinel"], *, master_name: str = "", exporter: bool = False
) -> dict[str, str]:
    """Return the files beside those of its own that a process needs, by their names in /etc/redis.

    `kind`: a single server, one that follows others or leads them, or a Sentinel, which has other rights and commands.
    `master_name`: for a Sentinel. `exporter`: whether an exporter of metrics logs in, as a user of its own.
    """
    plain = {name: render(f"redis/{name}") for name in ("accepts.sh", "cli.sh", "keep-passwords.sh", "passwords.sh")}
    if kind == "sentinel":
        rights = render("redis/sentinel.rights")
        outgoing = render("redis/outgoing-sentinel.sh", master_name=master_name)
    else:
        rights = render(
            "redis/server.rights",
            keys=" ".join(f"~{each}" for each in all_but(_KEPT)),
            channels=" ".join(f"&{each}" for each in all_but(_SENTINELS)),
        )
        outgoing = render(f"redis/outgoing-{'none' if kind == 'single' else 'server'}.sh")
    if exporter:
        rights += render(f"redis/exporter-{'sentinel' if kind == 'sentinel' else 'server'}.rights")
    return {
        **plain,
        "operator.sh": render("redis/operator.sh", port=SENTINEL_PORT if kind == "sentinel" else REDIS_PORT),
        "outgoing.sh": outgoing,
        "rights": rights,
        "users.sh": render(
            "redis/users.sh",
            users=" ".join([*REDIS_USERS, *([EXPORTER_USER] if exporter else [])]),
            unless_given=_UNLESS_GIVEN if exporter else "",
        ),
    }


def all_but(prefix: str) -> list[str]:
    """Return patterns of all names that do not begin like this, of keys or channels.

    Redis has none that takes names away.

    A name either is a beginning of the prefix, or leaves it at some letter.
    """
    beginnings = [prefix[:length] for length in range(len(prefix))]
    return [
        pattern
        for beginning, letter in zip(beginnings, prefix, strict=True)
        for pattern in (f"{beginning}[^{letter}]*", *([beginning] if beginning else []))
    ]
