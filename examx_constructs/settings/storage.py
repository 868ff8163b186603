"""The media files' storage on EFS."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.quantity import Quantity, byte_size
from examx_constructs.settings.refusal import SettingError, pattern

_file_system = pattern(r"fs-[0-9a-f]{8,40}", "it must be the id of an EFS file system: fs- and hexadecimal digits")

# A part that begins with a dot is `..`, which leads elsewhere, or one that EFS refuses (EFS API, RootDirectory).
_directory = pattern(
    r"/(?:[\w-][\w.-]*(?:/[\w-][\w.-]*)*/?)?",
    "it must be an absolute path: letters, digits and . _ - between slashes, no part beginning with a dot",
)

# EFS takes 100 characters and four directories. Behind the base goes the claim's own: its volume's name (`pvc-` and a
# UUID), or its namespace and a UUID. There 33 characters are the longest namespace of a feature environment.
_LONGEST_PATH, _DEEPEST_BASE = 100, 3
_VOLUME_NAME, _NAMESPACE_AND_UUID = 40, 33 + 1 + 36


def _class_or_none(given: object) -> str | None:
    return dns_label(given) if given else None


@value
class EfsStorageClass:
    """A StorageClass that makes an access point per claim, in a file system of its own.

    `directory_permissions`: octal, for the directory of each access point, which belongs to the application's user.
    `temporary`: the access point goes with its claim, else it is retained. A directory is named after the claim's
    namespace, so that what the driver leaves of it can be told apart. What is removed with a claim lies below
    `base_path`, which so must be a directory, not the root: by default one named after the application.
    """

    name: str = setting(dns_label)
    """What claims call it. It belongs to the cluster, so no other environment there may have it."""
    file_system: str = setting(_file_system)
    """Its id: `fs-` and hexadecimal digits."""
    directory_permissions: str = setting(pattern(r"0?[0-7]{3}", "it must be octal, such as 700"), default="700")
    base_path: str | None = setting(_directory, default=None)
    temporary: bool = False

    def __attrs_post_init__(self) -> None:
        if self.base_path is None:
            return
        parts = self.base_path.strip("/").split("/")
        if self.temporary and parts == [""]:
            raise SettingError(
                "EfsStorageClass.base_path",
                self.base_path,
                "it must be a directory of a temporary class's own, such as /features: what goes with a claim is in it",
            )
        longest = _LONGEST_PATH - 2 - (_NAMESPACE_AND_UUID if self.temporary else _VOLUME_NAME)
        if len("/".join(parts)) > longest or len(parts) > _DEEPEST_BASE:
            raise SettingError(
                "EfsStorageClass.base_path",
                self.base_path,
                f"the most are {longest} characters and {_DEEPEST_BASE} directories: EFS takes a path of "
                f"{_LONGEST_PATH} characters, and a claim's own directory comes behind",
            )


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
    """Its id: `fs-` and hexadecimal digits."""
    capacity: Quantity = setting(byte_size)
    name: str | None = setting(dns_label, default=None)
    storage_class: str = setting(_class_or_none, default="")
    path: str | None = setting(_directory, default=None)
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
    """The class that makes it, such as one of an EfsStorageClass."""
    capacity: Quantity = setting(byte_size)
