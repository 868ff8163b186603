"""What a pod names of its namespace: without it, a new pod does not start."""

from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.remembered import remembered


class Reference(NamedTuple):
    """A field that names another object of the namespace, and the keys that it needs of it."""

    kind: str
    name: Node
    keys: tuple[Node, ...] = ()
    optional: bool = False


@remembered
def pod_references(pod: Pod) -> tuple[Reference, ...]:
    """Return what the pods of a workload name of their namespace, in its fields that may be absent too."""
    return tuple(_pod_references(pod))


def _pod_references(pod: Pod) -> Iterator[Reference]:
    yield Reference("ServiceAccount", pod.spec["serviceAccountName"])
    for volume in pod.spec["volumes"]:
        # A StatefulSet puts the claim of a template in place of the volume of its name.
        if volume["name"].text in pod.claim_names:
            continue
        yield from volume_references(volume)
        for source in volume.at("projected", "sources"):
            yield from volume_references(source)
    for container in pod.all_containers:
        yield from variable_references(container)


def volume_references(volume: Node) -> Iterator[Reference]:
    """Yield what a volume, or a source of a projected one, takes its files from."""
    yield Reference("PersistentVolumeClaim", volume.at("persistentVolumeClaim", "claimName"))
    yield Reference("SecretProviderClass", volume.at("csi", "volumeAttributes", "secretProviderClass"))
    for kind, source, name in (
        ("ConfigMap", "configMap", "name"),
        ("Secret", "secret", "secretName"),
        ("Secret", "secret", "name"),
    ):
        if volume.has(source):
            node = volume[source]
            keys = tuple(item["key"] for item in node["items"])
            yield Reference(kind, node[name], keys, node["optional"].value is True)


def variable_references(container: Node) -> Iterator[Reference]:
    """Yield what a container takes its variables from; a reference without keys takes all."""
    for each in container["envFrom"]:
        for kind, source in (("ConfigMap", each["configMapRef"]), ("Secret", each["secretRef"])):
            yield Reference(kind, source["name"], optional=source["optional"].value is True)
    for origin in (each["valueFrom"] for each in container["env"] if each.has("valueFrom")):
        for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
            source = origin[key]
            yield Reference(kind, source["name"], (source["key"],), source["optional"].value is True)
