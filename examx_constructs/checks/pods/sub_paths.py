"""Rules on the single files that containers mount out of a volume."""

from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.secrets.provider_objects import file_names
from examx_constructs.manifests.contents import keys_of
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Scope

_MOST_LISTED = 6


@rule("Kubernetes documentation, Volumes, Using subPath; kubelet v1.34, makeMounts")
def sub_path_is_in_volume(manifests: Manifests) -> Iterator[Finding]:
    """A subPath names a file of its volume, where that is a ConfigMap, a Secret or a SecretProviderClass of the set.

    The kubelet makes an empty directory for one that is not there. The program then finds a directory in the place of
    its file, or the container does not start at all. A slash in the name of a secret is an underscore in its file.
    """
    for pod in manifests.pods:
        scope = manifests.scope_of(pod.template)
        volumes = {each["name"].text: each for each in pod.spec["volumes"]}
        for container in pod.all_containers:
            for mount in container["volumeMounts"]:
                part, volume = mount["subPath"], volumes.get(mount["name"].text)
                paths = _paths(manifests, volume, scope) if part.text and volume is not None else None
                if paths and not is_placeholder(part.text) and not _is_in(part.text, paths):
                    yield finding(part, _allowed(paths), "the kubelet makes an empty directory for what is not there")


def _allowed(paths: set[str]) -> str:
    return "a file of the volume" + (f": {', '.join(sorted(paths))}" if len(paths) <= _MOST_LISTED else "")


def _is_in(part: str, paths: set[str]) -> bool:
    """Return whether a path is one of these, or a directory on the way to one."""
    wanted = part.strip("/").removeprefix("./")
    return any(each == wanted or each.startswith(f"{wanted}/") for each in paths)


def _paths(manifests: Manifests, volume: Node, scope: Scope) -> set[str] | None:
    """Return the files of a volume; None where these manifests do not show them, or where it holds anything."""
    sources = list(volume.at("projected", "sources"))
    if sources:
        found = [_source_paths(manifests, each, scope) for each in sources]
        return None if any(each is None for each in found) else {path for each in found for path in each or ()}
    name = volume.at("csi", "volumeAttributes", "secretProviderClass").text
    if name:
        provider = manifests.find("SecretProviderClass", name, scope)
        aws = provider is not None and provider.complete and provider.spec["provider"].text == "aws"
        names = file_names(provider) if provider is not None and aws else set[str]()
        return None if any(map(is_placeholder, names)) else names
    return _source_paths(manifests, volume, scope)


def _source_paths(manifests: Manifests, source: Node, scope: Scope) -> set[str] | None:
    """Return the files that a ConfigMap, a Secret, a token or the downward API gives."""
    for kind, field in (("ConfigMap", "configMap"), ("Secret", "secret")):
        given = source[field]
        if given.present:
            name = given["name"].text or given["secretName"].text
            items = {each["key"].text: each["path"].text for each in given["items"]}
            return set(items.values()) if items else keys_of(manifests, kind, name, scope)
    if source["downwardAPI"].present:
        return {each["path"].text for each in source.at("downwardAPI", "items")}
    return {source.at("serviceAccountToken", "path").text} if source["serviceAccountToken"].present else None
