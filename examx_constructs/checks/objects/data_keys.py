"""Rules on the keys of ConfigMaps and Secrets: what an API server refuses, and files that are mounted of none."""

from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.contents import keys_of
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests

_KEY = regex(r"[-._a-zA-Z0-9]{1,253}")
_VALIDATION = "Kubernetes v1.34 pkg/apis/core/validation/validation.go"


@rule(f"{_VALIDATION}, ValidateConfigMap and ValidateSecret")
def data_key_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """The keys of a ConfigMap or Secret are names of files: the API server takes letters, digits, -, _ and ."""
    for item in manifests.kind("ConfigMap", "Secret"):
        for part in ("data", "binaryData", "stringData"):
            for key, value in item.root[part].entries():
                if (not _KEY.fullmatch(key) or key in (".", "..")) and not is_placeholder(key):
                    yield finding(
                        value,
                        "a key of letters, digits, -, _ and ., at most 253",
                        "it is a file's name, and the API server refuses others",
                        value=f'under the key "{key[:80]}"',
                    )


@rule(f"{_VALIDATION}, validateSecretKeySelector and validateConfigMapKeySelector")
def key_reference_is_complete(manifests: Manifests) -> Iterator[Finding]:
    """A variable out of a ConfigMap or Secret names a key, and has no value beside it: the API server refuses both."""
    for pod in manifests.pods:
        if not manifests.resource_of(pod.template).complete:
            continue
        for container in pod.all_containers:
            for variable in container["env"]:
                origin = variable["valueFrom"]
                if origin.present and variable["value"].text:
                    yield finding(
                        variable["value"],
                        "either value or valueFrom",
                        "the API server refuses both in one variable",
                        value="given beside valueFrom",
                    )
                for source in ("secretKeyRef", "configMapKeyRef"):
                    if origin[source].present and not origin[source]["key"].present:
                        yield finding(
                            origin[source]["key"], "the key that holds the value", "the API server refuses it"
                        )


@rule("Kubernetes documentation, Volumes, Using subPath; kubelet v1.34 pkg/volume/util/subpath")
def mounted_file_exists(manifests: Manifests) -> Iterator[Finding]:
    """A file that is mounted out of a ConfigMap, by subPath, is one of its files: else a directory is there."""
    for pod in manifests.pods:
        for container in pod.all_containers:
            for mount in container["volumeMounts"]:
                part = mount["subPath"]
                files = _files(manifests, pod, mount["name"].text) if part.text else None
                if files and not any(each == part.text or each.startswith(f"{part.text}/") for each in files):
                    yield finding(
                        part,
                        f"a file of the ConfigMap: {', '.join(sorted(files)[:6])}",
                        "the kubelet would put an empty directory there, or not start the container",
                    )


def _files(manifests: Manifests, pod: Pod, name: str) -> set[str] | None:
    """Return the files of a volume that is one ConfigMap; None where these manifests do not show them."""
    volume = next((each for each in pod.spec["volumes"] if each["name"].text == name), None)
    source: Node | None = volume["configMap"] if volume is not None else None
    if source is None or not source.present or source["optional"].value is True:
        return None
    keys = keys_of(manifests, "ConfigMap", source["name"].text, manifests.scope_of(pod.template))
    if keys is None or not source["items"].present:
        return keys
    return {item["path"].text for item in source["items"] if item["key"].text in keys}
