"""Secrets as files: of AWS Secrets Manager, by the Secrets Store CSI driver, or of Secrets that somebody else makes.

No value is ever in a manifest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import yaml
from cdk8s import ApiObjectMetadata
from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._strict import strict, strict_value
from examx_constructs.imports import secrets_store
from examx_constructs.manifests.bare import is_text
from examx_constructs.pods import Mount
from examx_constructs.settings import SecretsManagerSecret, SettingError

_DRIVER = "secrets-store.csi.k8s.io"


class AwsSecrets(Construct):
    """A SecretProviderClass: secrets of AWS Secrets Manager as files of a read-only volume.

    `files`: each file's name and the secret that fills it. The pods' ServiceAccount must be allowed to read them
    (secretsmanager:GetSecretValue and DescribeSecret).

    `synced_secret`: also keep the files as a Kubernetes Secret of that name, one key per file, for what can only read
    Secrets (environment variables, KEDA). The driver deletes it when the last pod that mounts the volume goes.

    Raises SettingError for secrets of different regions, which one SecretProviderClass cannot read.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        files: Mapping[str, SecretsManagerSecret],
        synced_secret: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        regions = sorted({secret.region for secret in files.values()})
        if len(regions) != 1:
            raise SettingError(
                "AwsSecrets.files",
                ", ".join(regions) or None,
                "all secrets must be of one region: the provider reads from one",
            )
        self.name = name
        self.synced_secret = synced_secret
        self.secret_provider_class = secrets_store.SecretProviderClass(
            self,
            "class",
            metadata=ApiObjectMetadata(name=name),
            spec=secrets_store.SecretProviderClassSpec(
                provider="aws",
                parameters={"region": regions[0], "objects": _objects(files)},
                secret_objects=[_synced(synced_secret, files)] if synced_secret else None,
            ),
        )

    def mount(self, path: str) -> Mount:
        """Return the whole directory: a rotated value shows up in it, where the driver rotates."""
        return _mount(self._volume, path)

    def mount_file(self, file: str, path: str) -> Mount:
        """Return one file at a path of its own. It keeps the value that it had at the start of the container.

        The provider replaces a file by another of its name, and the mount is of the file that was there. It never
        changes, so a rotation of the value restarts the pods (`examx restart`). Source: Secrets Store CSI driver
        v1.6.0, known limitations, "Secrets not rotated when using subPath volume mount".
        """
        return _mount(self._volume, path, file)

    @property
    def _volume(self) -> k8s.Volume:
        return k8s.Volume(
            name=self.name,
            csi=k8s.CsiVolumeSource(
                driver=_DRIVER, read_only=True, volume_attributes={"secretProviderClass": self.name}
            ),
        )


@strict_value
@dataclass(frozen=True, kw_only=True)
class ExistingSecret:
    """A Secret of the namespace that is made outside of the manifests: its keys as files of a read-only volume."""

    name: str
    """What the Secret is called."""

    def mount(self, path: str) -> Mount:
        """Return the whole directory."""
        return _mount(self._volume, path)

    def mount_file(self, file: str, path: str) -> Mount:
        """Return one file at a path of its own."""
        return _mount(self._volume, path, file)

    @property
    def _volume(self) -> k8s.Volume:
        # Owned by root, and readable by the group that every pod of the library runs as.
        return k8s.Volume(name=self.name, secret=k8s.SecretVolumeSource(secret_name=self.name, default_mode=0o440))


def _mount(volume: k8s.Volume, path: str, file: str | None = None) -> Mount:
    mount = k8s.VolumeMount(name=volume.name, mount_path=path, sub_path=file, read_only=True)
    return Mount(volume=volume, mount=mount)


def _objects(files: Mapping[str, SecretsManagerSecret]) -> str:
    # The driver writes as root and the pods are other users: the files must be readable by all of the pod.
    objects = [
        {"objectName": secret.arn, "objectAlias": file, "filePermission": "0644"} for file, secret in files.items()
    ]
    return yaml.dump(objects, Dumper=_Dumper, sort_keys=False, width=1000)


class _Dumper(yaml.SafeDumper):
    """Writes for the provider, whose reader is go-yaml: PyYAML would leave `y` and `0o22` bare."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Return a text, in quotation marks where some reader takes it for something else."""
        return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=None if is_text(text) else "'")


_Dumper.add_representer(str, _Dumper.represent_text)


def _synced(name: str, files: Mapping[str, SecretsManagerSecret]) -> secrets_store.SecretProviderClassSpecSecretObjects:
    return secrets_store.SecretProviderClassSpecSecretObjects(
        secret_name=name,
        type="Opaque",
        data=[secrets_store.SecretProviderClassSpecSecretObjectsData(object_name=file, key=file) for file in files],
    )
