"""What a pod takes of secrets: files and variables, and which of its containers take them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from examx_constructs.manifests import Node, Object, items, text
from examx_constructs.manifests.references import Reference, variable_references, volume_references

CLASS = "SecretProviderClass"


class Source(NamedTuple):
    """Where a secret comes from: a SecretProviderClass, or a Secret that somebody else makes."""

    kind: str
    name: str

    def __str__(self) -> str:
        """Return its name, by which people know it."""
        return self.name


def synced_secrets(classes: Iterable[Object]) -> dict[str, str]:
    """Return the Secrets that the driver keeps for SecretProviderClasses, and the class of each."""
    return {
        text(secret, "secretName"): text(each, "metadata", "name")
        for each in classes
        for secret in items(each, "spec", "secretObjects")
    }


def taken(template: Object, synced: Mapping[str, str]) -> dict[Source, frozenset[str]]:
    """Return the secrets that a pod's containers take, init containers too, and the names of these containers.

    A Secret that the driver keeps counts as its class. A volume that no container mounts is not taken.
    """
    pod = Node.of(template)["spec"]
    volumes = {each["name"].text: _of_volume(each) for each in pod["volumes"]}
    found: defaultdict[Source, set[str]] = defaultdict(set)
    for container in (*pod["initContainers"], *pod["containers"]):
        mounted = {mount["name"].text for mount in container["volumeMounts"]}
        sources = {source for name in mounted for source in volumes.get(name, ())} | _of_variables(container)
        for source in sources:
            found[_behind(source, synced)].add(container["name"].text)
    return {source: frozenset(names) for source, names in found.items() if source.name}


def takes_by_variable(template: Object, synced: Mapping[str, str]) -> frozenset[str]:
    """Return the SecretProviderClasses that a pod takes variables of, out of the Secret that the driver keeps."""
    pod = Node.of(template)["spec"]
    containers = (*pod["initContainers"], *pod["containers"])
    named = {source.name for container in containers for source in _of_variables(container)}
    return frozenset(synced[name] for name in named if name in synced)


def _of_volume(volume: Node) -> set[Source]:
    everything = (volume, *volume.at("projected", "sources"))
    return _secrets(reference for each in everything for reference in volume_references(each))


def _of_variables(container: Node) -> set[Source]:
    return _secrets(variable_references(container))


def _secrets(references: Iterable[Reference]) -> set[Source]:
    return {Source(each.kind, each.name.text) for each in references if each.kind in (CLASS, "Secret")}


def _behind(source: Source, synced: Mapping[str, str]) -> Source:
    return Source(CLASS, synced[source.name]) if source.kind == "Secret" and source.name in synced else source
