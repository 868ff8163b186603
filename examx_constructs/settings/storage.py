"""The media files' storage on EFS."""

from examx_constructs.settings._value import SettingError, pattern, setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.quantity import Quantity, byte_size

_file_system = pattern(r"fs-[0-9a-f]{8,40}", "it must be the id of an EFS file system: fs- and hexadecimal digits")


def _class_or_none(given: object) -> str | None:
    return dns_label(given) if given else None


@value
class EfsStorageClass:
    """A StorageClass that makes an access point per claim, in a file system of its own.

    `directory_permissions`: octal, for the directory of each access point, which belongs to the application's user.
    `temporary`: the access point goes with its claim, else it is retained; and a directory is named after the claim's
    namespace, so that what the driver leaves of it can be told apart.
    """

    name: str = setting(dns_label)
    file_system: str = setting(_file_system)
    directory_permissions: str = setting(pattern(r"0?[0-7]{3}", "it must be octal, such as 700"), default="700")
    base_path: str = setting(pattern(r"/[\w./-]*", "it must be an absolute path"), default="/examxv2")
    temporary: bool = False


@value
class EfsVolume:
    """A directory of an EFS file system, mounted read-write by many pods.

    `name`: of the PersistentVolume, which has no namespace: another one for each environment of a cluster. Left out, it
    is made of the namespace and the claim. `storage_class`: what volume and claim both say, so that they find each
    other; a class of that name need not exist. None of these, nor what the volume is made of, can change once the claim
    is bound. `capacity` is required by Kubernetes and not enforced by EFS. `path` is the directory in the file system;
    with an `access_point`, the path is inside it. `provisioner` is rendered beside the volume, for other claims.
    """

    file_system: str = setting(_file_system)
    capacity: Quantity = setting(byte_size)
    name: str | None = setting(dns_label, default=None)
    storage_class: str = setting(_class_or_none, default="")
    path: str | None = setting(pattern(r"/[\w./-]*", "it must be an absolute path"), default=None)
    access_point: str | None = setting(
        pattern(r"fsap-[0-9a-f]{8,40}", "it must be the id of an EFS access point: fsap- and hexadecimal digits"),
        default=None,
    )
    provisioner: EfsStorageClass | None = None

    def __attrs_post_init__(self) -> None:
        if self.provisioner and self.provisioner.name == self.storage_class:
            raise SettingError(
                "EfsVolume.provisioner.name",
                self.provisioner.name,
                "it must be another name than storage_class: a claim that does not find the volume would get an empty "
                "directory of the provisioner",
            )

    @property
    def handle(self) -> str:
        """The CSI volume handle: `fs-ID[:path[:fsap-ID]]`; an access point without a path takes a double colon."""
        if self.access_point:
            return f"{self.file_system}:{self.path or ''}:{self.access_point}"
        return f"{self.file_system}:{self.path}" if self.path else self.file_system


@value
class EfsClaim:
    """A directory of its own in an EFS file system, made by a StorageClass of the cluster when it is claimed.

    Nothing cluster-scoped is rendered for it. `capacity` is required by Kubernetes and not enforced by EFS.
    """

    storage_class: str = setting(dns_label)
    capacity: Quantity = setting(byte_size)
