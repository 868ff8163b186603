"""Cases of parameters of EFS that are still to be filled in, or that another rule speaks of."""
# ruff: noqa: E501 - messages are quoted whole

from tests.unit.checks.cases.efs import COMPLETE, storage
from tests.unit.checks.support import Case

CASES = [
    Case(
        "efs-storage-class-is-valid",
        "filled in later, and numbers without quotes, of which text-is-quoted speaks",
        [
            storage(
                "provisioningMode: efs-ap, directoryPerms: '${PERMS}', fileSystemId: '${EFS_ID}', basePath: '/${APP}',"
                " uid: '${UID_OF_APP}', gid: 1000, reuseAccessPoint: true"
            ),
            storage(f"{COMPLETE}, subPathPattern: '${{APP}}/${{.PVC.name}}'"),
        ],
    ),
    Case(
        "efs-storage-class-is-valid",
        "a variable that the driver does not know, between what it knows",
        [storage(f"{COMPLETE}, subPathPattern: '${{.PVC.name}}-${{.PVC.labels}}'")],
        [
            (
                'StorageClass efs: parameters.subPathPattern is "${.PVC.name}-${.PVC.labels}"; allowed: fixed text, and of'
                " variables ${.PVC.name}, ${.PVC.namespace}, ${.PV.name}; the driver refuses to provision otherwise, and"
                " claims stay pending"
            )
        ],
    ),
]
