"""Volumes that a pod has beside those of its workload, and where a container sees them."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label, object_name
from examx_constructs.settings.quantity import Quantity, byte_size
from examx_constructs.settings.refusal import SettingError, pattern
from examx_constructs.settings.variable_sources import data_key

_PART = r"(?!\.{1,2}(?:/|$))[\w.@-]{1,128}"


@value
class ScratchVolume:
    """An empty directory that lives as long as the pod, and that all containers which mount it share.

    In memory it counts towards the memory limit of who writes to it. On disk, each container that mounts it requests
    its size of the node. A pod that outgrows it is evicted.
    """

    name: str = setting(dns_label)
    """What mounts call the volume."""
    size: Quantity = setting(byte_size)
    """What all containers together may fill."""
    in_memory: bool = False
    """Whether it is a tmpfs, and not on the node's disk."""


@value
class SecretVolume:
    """A Secret of the namespace: each key a file, readable by the group of the pod, and never written to.

    A changed value shows up in a directory, not in a single file (Kubernetes documentation, Secrets, subPath).
    """

    name: str = setting(dns_label)
    """What mounts call the volume."""
    secret: str = setting(object_name)
    """The name of the Secret."""
    optional: bool = False
    """Whether pods start where there is none. By default they wait for it."""


@value
class ConfigMapVolume:
    """A ConfigMap of the namespace: each key a file, and never written to."""

    name: str = setting(dns_label)
    """What mounts call the volume."""
    config_map: str = setting(object_name)
    """The name of the ConfigMap."""
    optional: bool = False
    """Whether pods start where there is none. By default they wait for it."""


@value
class ClaimVolume:
    """A PersistentVolumeClaim of the namespace, made elsewhere. Pods on several nodes share one that lets them."""

    name: str = setting(dns_label)
    """What mounts call the volume."""
    claim: str = setting(object_name)
    """The name of the claim."""
    read_only: bool = False
    """Whether no container may write to it."""


ExtraVolume = ScratchVolume | SecretVolume | ConfigMapVolume | ClaimVolume
"""A volume of its own kind."""


@value
class VolumeMount:
    """Where a container sees a volume: `volume` is the name of one of the pod.

    `file`: one file of it alone, whose mount is at `path`; it keeps the content that it had when the container started.
    """

    volume: str = setting(dns_label)
    path: str = setting(
        pattern(rf"(?:/{_PART})+", "it must be an absolute path, without '..', ':' and a slash at the end")
    )
    file: str | None = setting(
        pattern(rf"{_PART}(?:/{_PART})*", "it must be a path in the volume, without '..'"), default=None
    )
    read_only: bool = False
    """Whether this container may not write to it."""

    def __attrs_post_init__(self) -> None:
        if self.file and (allowed := data_key(self.file.split("/", 1)[0])):
            raise SettingError("VolumeMount.file", self.file, allowed)
