"""Rules on the Secrets Store CSI driver and its AWS provider."""

import re
from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.contents import synced_secrets
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.scaling import fewest_replicas

DRIVER = "secrets-store.csi.k8s.io"

_PROVIDER = "AWS provider for the Secrets Store CSI driver, usage"
_PARAMETERS = words("objects region failoverRegion pathTranslation usePodIdentity preferredAddressType")
_HELM_VALUES = frozenset({"syncSecret", "rotationPollInterval", "enableSecretRotation"})
_OBJECT_KEYS = words(
    "objectName objectType objectAlias filePermission objectVersion objectVersionLabel jmesPath failoverObject"
)
_TYPES = ("secretsmanager", "ssmparameter")
_COPYING = re.compile(r"\b(cp|mv|cat|ln|install|rsync|tee)\b")


def _aws_classes(manifests: Manifests) -> Iterator[Resource]:
    return (each for each in manifests.kind("SecretProviderClass") if each.spec["provider"].text == "aws")


def _objects(provider: Resource) -> Node | None:
    """The list inside the text of `objects`; None where it is no text with a list."""
    given = provider.spec.at("parameters", "objects")
    from examx_constructs.manifests.yaml_text import YamlError, documents  # noqa: PLC0415 - keeps PyYAML out of the import

    try:
        value = next(iter(documents(given.text)), None)
    except YamlError:
        return None
    node = Node(given.object_id, given.file, given.path, value)
    return node if isinstance(node.value, list) else None


def _file_names(provider: Resource) -> set[str]:
    """The files that a SecretProviderClass mounts, which are what its Secrets are made of."""
    translation = provider.spec.at("parameters", "pathTranslation").text or "_"
    names: set[str] = set()
    for each in _objects(provider) or ():
        paths = [path["objectAlias"].text for path in each["jmesPath"]]
        name = each["objectAlias"].text or each["objectName"].text
        names |= {name, name.lstrip("/") if translation == "False" else name.replace("/", translation), *paths}
    return names


@rule(_PROVIDER)
def provider_parameter_is_known(manifests: Manifests) -> Iterator[Finding]:
    """A SecretProviderClass of AWS has parameters that the provider reads: it ignores others silently."""
    for provider in _aws_classes(manifests):
        for key, value in provider.spec["parameters"].entries():
            if key in _HELM_VALUES:
                yield finding(value, "this as a Helm value of the driver", "in a SecretProviderClass it does nothing")
            elif key not in _PARAMETERS:
                yield finding(value, ", ".join(sorted(_PARAMETERS)), "the provider does not read it")


@rule(_PROVIDER)
def provider_objects_are_valid(manifests: Manifests) -> Iterator[Finding]:
    """The `objects` of a SecretProviderClass are a YAML text with a list, each with a name and known keys.

    An ARN as the name gets an alias, because the file is otherwise named after the ARN, its random ending included.
    """
    for provider in _aws_classes(manifests):
        objects = _objects(provider)
        if objects is None:
            yield finding(
                provider.spec.at("parameters", "objects"),
                "a string (objects: |) with a YAML list",
                "the provider parses the text itself",
            )
        for each in objects or ():
            yield from _object_findings(each)


def _object_findings(each: Node) -> Iterator[Finding]:
    name = each["objectName"].text
    is_arn = name.startswith("arn:")
    for key, value in each.entries():
        if key not in _OBJECT_KEYS:
            yield finding(value, ", ".join(sorted(_OBJECT_KEYS)), "the provider does not read it")
    if not name:
        yield finding(each["objectName"], "the name or ARN of a secret", "there would be nothing to fetch")
    if each["objectType"].text not in _TYPES and (each["objectType"].present or not is_arn):
        yield finding(each["objectType"], " or ".join(_TYPES), "only a full ARN tells the type by itself")
    if is_arn and not each["objectAlias"].text and not each["jmesPath"].present:
        yield finding(each["objectAlias"], "a file name", "the file would be named after the whole ARN")
    for holder in [each, *each["jmesPath"]]:
        permission = holder["filePermission"]
        if permission.present and not re.fullmatch("[0-7]{4}", permission.text):
            yield finding(
                permission, 'four octal digits in quotes, such as "0440"', "the provider refuses anything else"
            )


@rule("Secrets Store CSI driver, Sync as Kubernetes Secret")
def synced_secret_has_object(manifests: Manifests) -> Iterator[Finding]:
    """The `objectName` in a SecretProviderClass's secretObjects is a file that it mounts: the alias, if any."""
    for provider in _aws_classes(manifests):
        names = _file_names(provider)
        for secret in provider.spec["secretObjects"]:
            for data in secret["data"]:
                if _objects(provider) and data["objectName"].text not in names:
                    known = ", ".join(sorted(names))
                    yield finding(
                        data["objectName"], f"a mounted file: {known}", "the driver finds no such file to copy"
                    )


@rule("Secrets Store CSI driver, Sync as Kubernetes Secret")
def trigger_secret_outlives_workers(manifests: Manifests) -> Iterator[Finding]:
    """A synced Secret that a TriggerAuthentication reads is mounted by a workload that never scales to zero.

    The driver makes it when the first pod mounts the SecretProviderClass and deletes it with the last one. KEDA then
    has no password, and cannot wake the workers up again.
    """
    for authentication in manifests.kind("TriggerAuthentication"):
        for reference in authentication.spec["secretTargetRef"]:
            for provider, secret in synced_secrets(manifests, authentication.scope):
                if secret["secretName"].text == reference["name"].text and not _is_kept(manifests, provider):
                    yield finding(
                        reference["name"],
                        f"a Secret whose {provider.id.qualified} is mounted by a workload with at least one replica",
                        "the Secret exists only while a pod mounts it, and KEDA would have no password",
                    )


def _is_kept(manifests: Manifests, provider: Resource) -> bool:
    pods = _mounting(manifests, provider.name, provider.scope)
    return any(fewest_replicas(manifests, pod) > 0 for pod in pods)


def _mounting(manifests: Manifests, name: str, scope: Scope) -> Iterator[Pod]:
    for pod in manifests.pods_in(scope):
        if any(
            volume.at("csi", "volumeAttributes", "secretProviderClass").text == name for volume in pod.spec["volumes"]
        ):
            yield pod


@rule("Secrets Store CSI driver, usage")
def secrets_volume_is_read_only(manifests: Manifests) -> Iterator[Finding]:
    """A volume of the Secrets Store CSI driver is readOnly and names its SecretProviderClass, or it does not mount."""
    for pod in manifests.pods:
        for volume in pod.spec["volumes"]:
            csi = volume["csi"]
            if csi["driver"].text != DRIVER:
                continue
            if csi["readOnly"].value is not True:
                yield finding(csi["readOnly"], "true", "the driver refuses to mount it otherwise")
            name = csi.at("volumeAttributes", "secretProviderClass")
            if not name.text:
                yield finding(name, "the name of a SecretProviderClass", "the driver would not know what to mount")


@rule("Kubernetes documentation, Container Lifecycle Hooks; spec section 4")
def secrets_are_not_copied_by_hook(manifests: Manifests) -> Iterator[Finding]:
    """No postStart hook copies a `.env`.

    The hook runs beside the entrypoint, which may have read an old file, or none, by then.
    """
    for pod in manifests.pods:
        for container in pod.all_containers:
            command = container.at("lifecycle", "postStart", "exec", "command")
            script = " ".join(command.texts)
            if ".env" in script and _COPYING.search(script):
                yield finding(
                    command,
                    "a mount of the file, or an init container that copies it",
                    "the hook races with the entrypoint, and its failure kills the container",
                    value=f'"{script[:80]}"',
                )
