"""Rules on the variables that triggers take values from: KEDA reads them in the manifest of the target."""

from collections.abc import Iterator

from examx_constructs._keda.scalers import FROM_ENV, scaler
from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.keda.values import is_open
from examx_constructs.manifests.contents import keys_of
from examx_constructs.manifests.keda import Triggered, all_triggers, authentication_of, triggered
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import REDIS_TRIGGERS

_VARIABLE = regex(r"[-._A-Za-z0-9]+")
"""What the API server takes for a variable's name; a placeholder is none."""
_SOURCE = "KEDA 2.17 to 2.21, ResolveContainerEnv in pkg/scaling/resolver"


@rule(_SOURCE, severity=Severity.WARNING)
def trigger_environment_exists(manifests: Manifests) -> Iterator[Finding]:
    """A `…FromEnv` of a trigger names a variable that KEDA can read in the manifest of the target.

    A variable that the image, a mounted file or a shell sets is empty to KEDA. A warning, for what changes the target
    before it is applied may still add the variable.
    """
    for scaled, trigger in all_triggers(manifests):
        if trigger["type"].text not in REDIS_TRIGGERS:
            yield from unreadable_variables(manifests, scaled, trigger)


@rule(_SOURCE, severity=Severity.WARNING)
def authentication_environment_exists(manifests: Manifests) -> Iterator[Finding]:
    """A variable that a TriggerAuthentication reads is one of the target that a trigger scales.

    KEDA takes an empty text for one that is not in the manifest, and logs in with it.
    """
    told: set[tuple[ObjectId, str]] = set()
    for scaled, trigger in all_triggers(manifests):
        authentication = authentication_of(manifests, scaled, trigger)
        variables = list(authentication.spec["env"]) if authentication else []
        pod = scaled.pod(manifests) if variables else None
        containers = list(pod.spec["containers"]) if pod else []
        for entry in variables if containers else ():
            wanted, name = entry["containerName"].text, entry["name"]
            container = next((each for each in containers if wanted in ("", each["name"].text)), None)
            known = not _VARIABLE.fullmatch(name.text) or (name.object_id, name.path) in told
            if known or (container is not None and _can_read(manifests, scaled, container, name.text)):
                continue
            told.add((name.object_id, name.path))
            where = f"container {wanted or containers[0]['name'].text} of {scaled.target}"
            yield finding(name, f"a variable in env or envFrom of {where}", "KEDA would log in with an empty text")


def unreadable_variables(manifests: Manifests, scaled: Triggered, trigger: Node) -> Iterator[Finding]:
    """Yield the keys of a trigger that name a variable which KEDA cannot read."""
    container = scaled.source_container(manifests)
    known = scaler(trigger["type"].text, scaled.resource.versions.keda)
    if container is None or known is None:
        return
    for key, variable in trigger["metadata"].entries():
        parameter = known.by_name.get(key.removesuffix(FROM_ENV))
        read = key in known.by_name or known.any or (parameter is not None and "e" in parameter.places)
        named = key.endswith(FROM_ENV) and read and _VARIABLE.fullmatch(variable.text)
        if named and not _can_read(manifests, scaled, container, variable.text):
            yield finding(
                variable,
                f"a variable in env or envFrom of container {container['name'].text}",
                "KEDA reads the manifest alone, so a variable from a mounted .env or the image is empty to it",
            )


def _can_read(manifests: Manifests, scaled: Triggered, container: Node, variable: str) -> bool:
    for each in container["env"]:
        if each["name"].text == variable:
            source = each["valueFrom"]
            return not (source["fieldRef"].present or source["resourceFieldRef"].present)
    for each in container["envFrom"]:
        for kind, reference in (("ConfigMap", each["configMapRef"]), ("Secret", each["secretRef"])):
            keys = keys_of(manifests, kind, reference["name"].text, scaled.scope)
            if reference.present and (keys is None or variable in keys):
                return True
    return False


@rule(_SOURCE)
def environment_container_exists(manifests: Manifests) -> Iterator[Finding]:
    """`envSourceContainerName` names an ordinary container of the target: without it KEDA builds no trigger at all."""
    for scaled in triggered(manifests):
        name, pod = scaled.environment_container, scaled.pod(manifests)
        names = [each["name"].text for each in pod.spec["containers"]] if pod else []
        if names and name.text and not is_open(name.text) and name.text not in names:
            yield finding(name, f"a container of {scaled.target}: {', '.join(names)}", "KEDA finds no such container")
