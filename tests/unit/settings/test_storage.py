"""Media on EFS."""

import attrs
import pytest

from examx_constructs.settings import Quantity
from tests.unit.settings.samples import CLAIM, STORAGE_CLASS, VOLUME
from tests.unit.settings.support import refusal

FILE_SYSTEM = "fs-0123456789abcdef0"
ACCESS_POINT = "fsap-0123456789abcdef0"


@pytest.mark.parametrize(
    ("changes", "handle"),
    [
        ({}, FILE_SYSTEM),
        ({"path": "/media"}, f"{FILE_SYSTEM}:/media"),
        ({"access_point": ACCESS_POINT}, f"{FILE_SYSTEM}::{ACCESS_POINT}"),
        ({"path": "/media", "access_point": ACCESS_POINT}, f"{FILE_SYSTEM}:/media:{ACCESS_POINT}"),
    ],
)
def test_the_volume_handle(changes: dict[str, str], handle: str) -> None:
    assert attrs.evolve(VOLUME, **changes).handle == handle


@pytest.mark.parametrize(
    "changes",
    [
        {"base_path": "/"},
        {"base_path": f"/{'a' * 58}"},
        {"base_path": f"/{'a' * 28}", "temporary": True},
        {"base_path": "/a.b/c_d/e-f/"},
    ],
)
def test_a_class_keeps_what_it_may_be(changes: dict[str, object]) -> None:
    made = attrs.evolve(STORAGE_CLASS, **changes)
    assert (made.base_path, made.temporary) == (changes["base_path"], changes.get("temporary", False))


@pytest.mark.parametrize(
    ("sample", "changes", "message"),
    [
        (VOLUME, {"file_system": "0123456789abcdef0"}, "it must be the id of an EFS file system: fs- and hexadecimal"),
        (
            VOLUME,
            {"file_system": "fs-xyz"},
            'EfsVolume.file_system is "fs-xyz"; it must be the id of an EFS file system',
        ),
        (VOLUME, {"file_system": f"{FILE_SYSTEM}:/media"}, "; it must be the id of an EFS file system"),
        (VOLUME, {"path": "media"}, 'EfsVolume.path is "media"; it must be an absolute path'),
        (VOLUME, {"path": "/a:b"}, 'EfsVolume.path is "/a:b"; it must be an absolute path'),
        (VOLUME, {"path": "/médias"}, 'EfsVolume.path is "/médias"; it must be an absolute path'),
        (
            VOLUME,
            {"access_point": FILE_SYSTEM},
            "it must be the id of an EFS access point: fsap- and hexadecimal digits",
        ),
        (
            VOLUME,
            {"capacity": Quantity("0")},
            "EfsVolume.capacity is 0; it must be whole bytes, at least 8Mi: is the unit",
        ),
        (VOLUME, {"capacity": Quantity("10")}, "EfsVolume.capacity is 10; it must be whole bytes"),
        (VOLUME, {"capacity": "10Gi"}, 'EfsVolume.capacity is "10Gi"; it must be Quantity'),
        (STORAGE_CLASS, {"name": "Efs"}, 'EfsStorageClass.name is "Efs"; it must be a DNS label'),
        (STORAGE_CLASS, {"file_system": "fs-1"}, 'EfsStorageClass.file_system is "fs-1"; it must be the id of an EFS'),
        (
            STORAGE_CLASS,
            {"directory_permissions": "rwx"},
            'EfsStorageClass.directory_permissions is "rwx"; it must be octal, such as 700',
        ),
        (STORAGE_CLASS, {"directory_permissions": "789"}, "it must be octal, such as 700"),
        (STORAGE_CLASS, {"directory_permissions": 700}, "EfsStorageClass.directory_permissions is 700; it must be str"),
        (VOLUME, {"name": "Dev_pv"}, 'EfsVolume.name is "Dev_pv"; it must be a DNS label'),
        (VOLUME, {"storage_class": "Standard"}, 'EfsVolume.storage_class is "Standard"; it must be a DNS label'),
        (
            VOLUME,
            {"storage_class": "sample-efs", "provisioner": STORAGE_CLASS},
            'EfsVolume.provisioner.name is "sample-efs"; it must be another name than storage_class: a claim that does',
        ),
        (CLAIM, {"storage_class": "Features"}, 'EfsClaim.storage_class is "Features"; it must be a DNS label'),
        (CLAIM, {"capacity": Quantity("1m")}, "EfsClaim.capacity is 1m; it must be whole bytes, at least 8Mi"),
        (STORAGE_CLASS, {"base_path": "examx"}, 'EfsStorageClass.base_path is "examx"; it must be an absolute path'),
        (STORAGE_CLASS, {"base_path": ""}, 'EfsStorageClass.base_path is ""; it must be an absolute path'),
        (
            STORAGE_CLASS,
            {"base_path": "/a/../b"},
            'EfsStorageClass.base_path is "/a/../b"; it must be an absolute path',
        ),
        (STORAGE_CLASS, {"base_path": "/.hidden"}, "no part beginning with a dot"),
        (STORAGE_CLASS, {"base_path": "/a//b"}, "it must be an absolute path"),
        (STORAGE_CLASS, {"base_path": "/a/b/c/d"}, 'base_path is "/a/b/c/d"; the most are 58 characters and 3 dir'),
        (
            STORAGE_CLASS,
            {"base_path": f"/{'a' * 59}"},
            "; the most are 58 characters and 3 directories: EFS takes a pa",
        ),
        (STORAGE_CLASS, {"base_path": f"/{'a' * 29}", "temporary": True}, "; the most are 28 characters and 3 direct"),
        (
            STORAGE_CLASS,
            {"base_path": "/", "temporary": True},
            'EfsStorageClass.base_path is "/"; it must be a directory of a temporary class\'s own, such as /features',
        ),
        (VOLUME, {"path": "/media/../.."}, 'EfsVolume.path is "/media/../.."; it must be an absolute path'),
    ],
)
def test_refuses(sample: object, changes: dict[str, object], message: str) -> None:
    assert message in refusal(lambda: attrs.evolve(sample, **changes))
