"""Rules on who gets into Redis servers inside the cluster."""

import re
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.objects.mounted_files import mounted_files, scripts
from examx_constructs.manifests.commands import base_name
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.pods import Pod, arguments, environment
from examx_constructs.manifests.resources import Manifests

_SERVER = regex(
    r"(?:^|(?<=[\s;&|(\"'/]))(?:redis|valkey|keydb)-server(?![\w.-])(?P<told>[^;&|\n]*)(?P<next>&*)", re.MULTILINE
)
# An empty `requirepass` asks for nothing.
_EMPTY = regex(r"requirepass[ \t=]+(?:\"\"|'')", re.IGNORECASE)
# Whatever could be a password, users, certificates of clients, or a server that only its own pod reaches.
_HELD = regex(
    r"requirepass|aclfile|setuser|(?:^[ \t]*|--)(?:user\s|tls-)|protected-mode[ \t=\"',]+yes|\bport[ \t=\"',]+0\b",
    re.IGNORECASE | re.MULTILINE,
)
_BIND = regex(r"(?:^[ \t]*|--)bind[ \t=](?P<addresses>[^\n#]*)", re.IGNORECASE | re.MULTILINE)
_LOOPBACK = regex(r"-?(?:127(?:\.\d+){3}|::1|localhost)")
_OPEN = regex(r"protected-mode[ \t=]+[\"']?no\b", re.IGNORECASE)
_INCLUDE = regex(r"^[ \t]*include[ \t]+(?P<path>\S+)", re.IGNORECASE | re.MULTILINE)
_COMMENT = regex(r"^[ \t]*#.*$", re.MULTILINE)
_CONTINUED = regex(r"\\\n")
_UNPROTECTED = regex(r"(?:docker\.io/)?(?:library/)?redis|\S+/library/redis|(?:\S+/)?valkey/valkey")
"""The official images, which are built without protected mode (docker-library/redis, valkey-io/valkey-container)."""
_BITNAMI = regex(r"(?:\S+/)?bitnami\w*/(?:redis|valkey)")
_YES = words("1 yes true")
_NOTHING = frozenset({"", "0", "no", "false"})
_TELLS = regex(r"PASS|AUTH|ACL|ARGS|FLAGS|OPTS|OPTIONS|USER|CONF|TLS", re.IGNORECASE)
"""In the names of variables that an entrypoint may make options or users of."""
_EMPTY_ALLOWED = "ALLOW_EMPTY_PASSWORD"
_SHORT_LIVED = words("Job CronJob ScaledJob")
_NOT_SHOWN = "$"


@rule("Redis documentation, Redis security; OWASP Kubernetes Top Ten, K07")
def redis_asks_for_password(manifests: Manifests) -> Iterator[Finding]:
    """A Redis server asks for a password: `requirepass`, users with passwords, or an ACL file.

    Without one every pod that reaches it reads and changes all tasks, and NetworkPolicies hold nobody off where the
    cluster does not enforce them. Only what the manifests show whole is judged: an image alone, a variable on the
    command line, or a file from elsewhere may say more. A Redis beside an application, or in a Job, is its pod's own.
    """
    for pod in manifests.pods:
        if pod.workload.kind in _SHORT_LIVED:
            continue
        for container in list(pod.spec["containers"])[:1]:
            place = _empty_password_allowed(manifests, pod, container) or _unasked(manifests, pod, container)
            if place:
                yield finding(
                    place,
                    "a server with `requirepass`, or with users that have passwords",
                    "every pod that reaches it may read and change all that it holds",
                    value=None if place.text else "a Redis server that asks for no password",
                )


def _empty_password_allowed(manifests: Manifests, pod: Pod, container: Node) -> Node | None:
    """Return where a Bitnami image is told to need no password (bitnami/containers, libredis.sh, redis_validate)."""
    if not _BITNAMI.fullmatch(_repository(container)) or _is_told_elsewhere(container):
        return None
    if environment(container).get(_EMPTY_ALLOWED, "").lower() not in _YES or _is_held(manifests, pod):
        return None
    # The image takes more settings from files that are mounted.
    if any(_is_from_elsewhere(pod, mount["name"].text) for mount in container["volumeMounts"]):
        return None
    return next(each["value"] for each in container["env"] if each["name"].text == _EMPTY_ALLOWED)


def _unasked(manifests: Manifests, pod: Pod, container: Node) -> Node | None:
    """Return where a server is started for everybody; None where that is not certain."""
    started = list(_started(manifests, pod, container))
    if not started or _is_told_elsewhere(container) or _is_held(manifests, pod):
        return None
    shown = {path: content.text for path, content in mounted_files(manifests, pod, container)}
    if not all(_is_shown(told, shown) for told in started):
        return None
    told = "\n".join([*started, *shown.values()])
    if not (_UNPROTECTED.fullmatch(_repository(container)) or _OPEN.search(told)):
        return None
    return container["command"] if container["command"].present else container["args"]


def _started(manifests: Manifests, pod: Pod, container: Node) -> Iterator[str]:
    """Yield what servers are told where they are started.

    That is the command line, a shell's text in it, or a mounted script.
    """
    argv = arguments(container)
    if argv and base_name(argv[0]) == "docker-entrypoint.sh":
        argv = argv[1:]
    # The entrypoint of the official images puts the server before options, and before a file.
    if argv and not container["command"].present and (argv[0].startswith("-") or argv[0].endswith(".conf")):
        yield " ".join(argv)
    elif argv and _SERVER.fullmatch(base_name(argv[0])):
        yield " ".join(argv[1:])
    else:
        for text in (*argv, *(script.text for script in scripts(manifests, pod, container))):
            for found in _SERVER.finditer(_CONTINUED.sub(" ", _COMMENT.sub("", text))):
                # A name alone may be in a list of programs; in the background, it serves what comes after it.
                is_whole = found["told"].strip() and found["next"] != "&"
                yield found["told"] if is_whole else _NOT_SHOWN


def _is_shown(told: str, shown: dict[str, str]) -> bool:
    """Return whether nothing that a server is told is outside of the manifests."""
    said = [word.strip("\"'") for word in told.split()]
    if re.search(r"[$`<]", told) or "-" in said or any("sentinel" in word or "daemonize" in word for word in said):
        return False
    files = {word for word in said if word.endswith(".conf")} | {word for word in said[:1] if word[:1] != "-"}
    files |= {found["path"].strip("\"'") for text in shown.values() for found in _INCLUDE.finditer(text)}
    return all(file in shown for file in files)


def _is_told_elsewhere(container: Node) -> bool:
    """Return whether variables may tell the server more; whatever comes with `envFrom` may."""
    if any(True for _ in container["envFrom"]):
        return True
    literal = environment(container)
    named = {each["name"].text for each in container["env"]} - {_EMPTY_ALLOWED}
    return any(_TELLS.search(each) and literal.get(each, _NOT_SHOWN).lower() not in _NOTHING for each in named)


def _is_held(manifests: Manifests, pod: Pod) -> bool:
    """Return whether anything in the pod speaks of what keeps strangers out, a hook or another container included."""
    texts = [_EMPTY.sub("", _COMMENT.sub("", text)) for text in _texts(manifests, pod)]
    binds = [found["addresses"].partition(" --")[0].split() for text in texts for found in _BIND.finditer(text)]
    return any(_HELD.search(text) for text in texts) or any(
        addresses and all(_LOOPBACK.fullmatch(each.strip("\"'")) for each in addresses) for addresses in binds
    )


def _texts(manifests: Manifests, pod: Pod) -> Iterator[str]:
    for container in pod.all_containers:
        yield " ".join(word or '""' for word in arguments(container))
        for hook in ("postStart", "preStop"):
            yield " ".join(container.at("lifecycle", hook, "exec", "command").texts)
        for _, content in mounted_files(manifests, pod, container):
            yield content.text


def _is_from_elsewhere(pod: Pod, volume_name: str) -> bool:
    kinds = ("secret", "csi", "projected")
    return any(
        volume["name"].text == volume_name and any(volume.has(kind) for kind in kinds) for volume in pod.spec["volumes"]
    )


def _repository(container: Node) -> str:
    """Return the image without its tag and digest."""
    path, slash, name = container["image"].text.partition("@")[0].rpartition("/")
    return f"{path}{slash}{name.partition(':')[0]}"
