"""A rule on the file that celery beat writes."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.house import weight_of_advice
from examx_constructs.manifests.commands import base_name, commands, option
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests

_DEFAULT = "celerybeat-schedule"
_PERSISTENT = "PersistentScheduler"
_READ_ONLY = ("configMap", "secret", "downwardAPI", "projected", "image")


@rule("Celery 5 user guide, Periodic Tasks, Starting the Scheduler (celerybeat-schedule)")
def beat_can_write_its_schedule(manifests: Manifests) -> Iterator[Finding]:
    """Beat writes when it last sent what into a file, where its container can write: not into a read-only root.

    Without `-s` the file is in the working directory; which that is, the image may say alone. A scheduler that keeps
    its state in a database (`-S`) writes none.
    """
    for pod in manifests.pods:
        for container in pod.containers:
            if container.at("securityContext", "readOnlyRootFilesystem").value is not True:
                continue
            for words in commands(container):
                names = [base_name(word) for word in words]
                if "celery" in names and "beat" in names[names.index("celery") :]:
                    yield from _unwritable(manifests, pod, container, words)


def _unwritable(manifests: Manifests, pod: Pod, container: Node, words: list[str]) -> Iterator[Finding]:
    scheduler = option(words, "-S", "--scheduler")
    if scheduler and _PERSISTENT not in scheduler:
        return
    given = option(words, "-s", "--schedule")
    directory = container["workingDir"].text
    path = PurePosixPath(directory or "/?", given or _DEFAULT)
    known = path.is_absolute() and "/?" not in str(path) and "$" not in str(path)
    if known and _is_writable(pod, container, path):
        return
    if not known and "$" in str(path):
        return
    command = container["command"] if container["command"].present else container["args"]
    yield finding(
        command,
        "`-s` with a file in a volume that can be written, such as an emptyDir at /tmp",
        "the root is read-only, and beat ends when it cannot write its file",
        value=f"celery beat with its schedule in {path if known else 'the working directory'}",
        severity=Severity.ERROR if known else weight_of_advice(manifests, container),
    )


def _is_writable(pod: Pod, container: Node, path: PurePosixPath) -> bool:
    """Return whether the innermost mount around a path can be written."""
    around = [mount for mount in container["volumeMounts"] if path.is_relative_to(mount["mountPath"].text or "?")]
    if not around:
        return False
    inner = max(around, key=lambda mount: len(mount["mountPath"].text))
    volume = next((each for each in pod.spec["volumes"] if each["name"].text == inner["name"].text), None)
    fixed = volume is not None and any(volume[kind].present for kind in _READ_ONLY)
    return inner["readOnly"].value is not True and not fixed
