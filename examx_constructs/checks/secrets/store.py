"""Rules on the Secrets Store CSI driver and its AWS provider."""

from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.secrets.provider_objects import aws_classes
from examx_constructs.manifests.contents import classes_of, secret_names, synced_secrets
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.references import pod_references
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.scaling import fewest_replicas

DRIVER = "secrets-store.csi.k8s.io"

_PROVIDER = "AWS provider for the Secrets Store CSI driver, usage"
_PARAMETERS = words("objects region failoverRegion pathTranslation usePodIdentity preferredAddressType")
_REFUSED = "the provider refuses it, and no pod that mounts the class starts"
_HELM_VALUES = frozenset({"syncSecret", "rotationPollInterval", "enableSecretRotation"})
_SWITCH = regex(r"1|t|T|TRUE|true|True|0|f|F|FALSE|false|False")
_COMPLETE = {
    "secretName": "the name of the Secret",
    "type": "a type, such as Opaque",
    "data": "a list with an objectName and a key",
}
_COMPLETE_DATA = {"objectName": "a mounted file", "key": "the key in the Secret"}
_COPYING = regex(r"\b(cp|mv|cat|ln|install|rsync|tee)\b")


@rule(_PROVIDER)
def provider_parameter_is_known(manifests: Manifests) -> Iterator[Finding]:
    """A SecretProviderClass of AWS has parameters that the provider reads: it ignores others silently."""
    for provider in aws_classes(manifests):
        for key, value in provider.spec["parameters"].entries():
            if key in _HELM_VALUES:
                yield finding(value, "this as a Helm value of the driver", "in a SecretProviderClass it does nothing")
            elif key not in _PARAMETERS:
                yield finding(value, ", ".join(sorted(_PARAMETERS)), "the provider does not read it")
        yield from _parameter_findings(provider.spec["parameters"])


def _parameter_findings(parameters: Node) -> Iterator[Finding]:
    """Yield values that the provider refuses when a pod mounts the class (server/server.go, Mount)."""
    translation, switch = parameters["pathTranslation"], parameters["usePodIdentity"]
    region, second = parameters["region"], parameters["failoverRegion"]
    if len(translation.text) > 1 and translation.text.lower() != "false" and not is_placeholder(translation.text):
        yield finding(translation, 'one character, or "False"', _REFUSED)
    if switch.text and not _SWITCH.fullmatch(switch.text) and not is_placeholder(switch.text):
        yield finding(switch, '"true" or "false"', _REFUSED)
    if second.text and second.text == region.text and not is_placeholder(second.text):
        yield finding(second, f"another region than {region.text}", _REFUSED)


@rule("Secrets Store CSI driver v1.6.0, pkg/util/secretutil/secret.go, ValidateSecretObject")
def synced_secret_is_complete(manifests: Manifests) -> Iterator[Finding]:
    """A Secret that the driver syncs has a name, a type and data: it makes none that lacks one of them."""
    for provider in manifests.kind("SecretProviderClass"):
        for secret in provider.spec["secretObjects"]:
            for key, allowed in _COMPLETE.items():
                if not secret[key].text and not list(secret[key]):
                    yield finding(secret[key], allowed, "the driver makes no Secret without it")
            for data in secret["data"]:
                for key, allowed in _COMPLETE_DATA.items():
                    if not data[key].text:
                        yield finding(data[key], allowed, "the driver makes no Secret without it")


@rule("Secrets Store CSI driver, Sync as Kubernetes Secret")
def synced_secret_is_mounted(manifests: Manifests) -> Iterator[Finding]:
    """A pod that needs a synced Secret finds it: a pod of the namespace mounts the SecretProviderClass.

    The driver makes the Secret when the first pod mounts the class, and deletes it with the last one. A pod that takes
    a variable, or a volume, from a Secret that is not there never starts.
    """
    mounted = {
        (volume.at("csi", "volumeAttributes", "secretProviderClass").text, manifests.scope_of(pod.template).everywhere)
        for pod in manifests.pods
        for volume in pod.spec["volumes"]
    }
    for pod in manifests.pods:
        scope = manifests.scope_of(pod.template)
        for reference in pod_references(pod):
            if reference.kind == "Secret" and reference.name.text and not reference.optional:
                classes = classes_of(manifests, reference.name.text, scope)
                if classes and not any((each.name, scope.everywhere) in mounted for each in classes):
                    yield from _unmounted(manifests, reference.name, classes[0])


def _unmounted(manifests: Manifests, name: Node, provider: Resource) -> Iterator[Finding]:
    """Yield that a Secret is never there, unless something else makes it, or mounts the class unseen."""
    scope = manifests.scope_of(name)
    if manifests.shows_all_pods(scope) and name.text not in secret_names(manifests, scope, synced=False):
        yield finding(
            name,
            f"a Secret whose {provider.id.qualified} a pod of the namespace mounts",
            "the driver makes the Secret only while a pod mounts the class, and no pod does: this one never starts",
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
