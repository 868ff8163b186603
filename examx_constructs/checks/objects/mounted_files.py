"""The files that a container gets from ConfigMaps of the set."""

from collections.abc import Iterator

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod, arguments
from examx_constructs.manifests.remembered import remembered_in_last
from examx_constructs.manifests.resources import Manifests


@remembered_in_last
def mounted_files(manifests: Manifests, pod: Pod, container: Node) -> tuple[tuple[str, Node], ...]:
    """Return the files and where the container sees them: path and content."""
    return tuple(_mounted(manifests, pod, container))


def _mounted(manifests: Manifests, pod: Pod, container: Node) -> Iterator[tuple[str, Node]]:
    for mount in container["volumeMounts"]:
        for path, content in _files(manifests, pod, mount["name"].text):
            place, part = mount["mountPath"].text.rstrip("/"), mount["subPath"].text
            if not part:
                yield f"{place}/{path}", content
            elif path == part or path.startswith(f"{part}/"):
                yield f"{place}{path.removeprefix(part)}", content


def scripts(manifests: Manifests, pod: Pod, container: Node) -> Iterator[Node]:
    """Yield the mounted files that the container's command line names."""
    if not mounted_files(manifests, pod, container):
        return
    words = {word for argument in arguments(container) for word in argument.split()}
    for path, content in mounted_files(manifests, pod, container):
        if path in words:
            yield content


def _files(manifests: Manifests, pod: Pod, volume_name: str) -> Iterator[tuple[str, Node]]:
    scope = manifests.scope_of(pod.template)
    for volume in pod.spec["volumes"]:
        if volume["name"].text == volume_name and (volume.has("configMap") or volume.has("projected")):
            sources = [volume["configMap"], *(each["configMap"] for each in volume.at("projected", "sources"))]
            for source in sources:
                if found := manifests.find("ConfigMap", source["name"].text, scope):
                    yield from _chosen(source, found.root["data"])


def _chosen(source: Node, data: Node) -> Iterator[tuple[str, Node]]:
    paths = {item["key"].text: item["path"].text for item in source["items"]}
    for key, content in data.entries():
        if not paths or key in paths:
            yield paths.get(key, key), content
