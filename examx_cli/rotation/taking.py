"""What a pod takes of secrets: files and variables, and which of its containers take them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from examx_constructs.manifests import Object, items, mapping, text

DRIVER = "secrets-store.csi.k8s.io"
CLASS = "SecretProviderClass"


class Source(NamedTuple):
    """Where a secret comes from: a SecretProviderClass, or a Secret that somebody else makes."""

    kind: str
    name: str

    def __str__(self) -> str:
        """Its name, by which people know it."""
        return self.name


def synced_secrets(classes: Iterable[Object]) -> dict[str, str]:
    """The Secrets that the driver keeps for SecretProviderClasses, and the class of each."""
    return {
        text(secret, "secretName"): text(each, "metadata", "name")
        for each in classes
        for secret in items(each, "spec", "secretObjects")
    }


def taken(template: Object, synced: Mapping[str, str]) -> dict[Source, frozenset[str]]:
    """The secrets that the containers of a pod take, init containers included, and the names of these containers.

    A Secret that the driver keeps counts as its class. A volume that no container mounts is not taken.
    """
    pod = mapping(template, "spec")
    volumes = {text(each, "name"): set(_of_volume(each)) for each in items(pod, "volumes")}
    found: defaultdict[Source, set[str]] = defaultdict(set)
    for container in (*items(pod, "initContainers"), *items(pod, "containers")):
        mounted = {text(mount, "name") for mount in items(container, "volumeMounts")}
        sources = {source for name in mounted for source in volumes.get(name, ())} | set(_of_variables(container))
        for source in sources:
            found[_behind(source, synced)].add(text(container, "name"))
    return {source: frozenset(names) for source, names in found.items() if source.name}


def takes_by_variable(template: Object, synced: Mapping[str, str]) -> frozenset[str]:
    """The SecretProviderClasses of which a pod takes variables, out of the Secret that the driver keeps."""
    pod = mapping(template, "spec")
    named = {
        source.name
        for container in (*items(pod, "initContainers"), *items(pod, "containers"))
        for source in _of_variables(container)
    }
    return frozenset(synced[name] for name in named if name in synced)


def _of_volume(volume: object) -> Iterator[Source]:
    if text(volume, "csi", "driver") == DRIVER:
        yield Source(CLASS, text(volume, "csi", "volumeAttributes", "secretProviderClass"))
    yield Source("Secret", text(volume, "secret", "secretName"))
    for source in items(volume, "projected", "sources"):
        yield Source("Secret", text(source, "secret", "name"))


def _of_variables(container: object) -> Iterator[Source]:
    for each in items(container, "envFrom"):
        yield Source("Secret", text(each, "secretRef", "name"))
    for each in items(container, "env"):
        yield Source("Secret", text(each, "valueFrom", "secretKeyRef", "name"))


def _behind(source: Source, synced: Mapping[str, str]) -> Source:
    return Source(CLASS, synced[source.name]) if source.kind == "Secret" and source.name in synced else source
