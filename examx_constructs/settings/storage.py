"""The media files' storage on EFS."""

from examx_constructs.settings._value import pattern, setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.quantity import Quantity, byte_size

_file_system = pattern(r"fs-[0-9a-f]{8,40}", "it must be the id of an EFS file system: fs- and hexadecimal digits")


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

    `capacity` is required by Kubernetes and not enforced by EFS. `path` is the directory in the file system; with an
    `access_point`, the path is inside it. `storage_class` is rendered beside the volume and named by it.
    """

    file_system: str = setting(_file_system)
    capacity: Quantity = setting(byte_size)
    path: str | None = setting(pattern(r"/[\w./-]*", "it must be an absolute path"), default=None)
    access_point: str | None = setting(
        pattern(r"fsap-[0-9a-f]{8,40}", "it must be the id of an EFS access point: fsap- and hexadecimal digits"),
        default=None,
    )
    storage_class: EfsStorageClass | None = None

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
