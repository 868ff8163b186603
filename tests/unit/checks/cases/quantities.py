"""Cases of the rules on how amounts are written."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, IN_POD, Case, obj, workload

REFUSED = "the API server refuses it"
FORM = "digits with a suffix of Kubernetes: Ki, Mi, Gi (powers of 1024), k, M, G (of 1000), m (a thousandth)"
FRACTION = "whole bytes, such as 512Mi; m is a thousandth: this is a fraction of a byte"


def asks(requests: str, limits: str = "") -> str:
    return f"resources: {{requests: {{{requests}}}, limits: {{{limits}}}}}"


def unit(amount: str) -> str:
    return f"an amount with its unit, such as {amount}Mi; without a unit these are bytes, and nothing fits into {amount} of them"


def cpus(amount: int) -> str:
    return f"{amount}m for thousandths of a CPU; without the m these are {amount} CPUs, and a pod that asks for them is not placed anywhere"


CASES = [
    Case(
        "quantity-is-valid",
        "a letter for bytes",
        [workload(container=asks("memory: 512MB"))],
        [f'{APP}.resources.requests.memory is "512MB"; allowed: {FORM}; 512Mi, or 512M; {REFUSED}'],
    ),
    Case("quantity-is-valid", "mebibytes", [workload(container=asks("memory: 512Mi"))]),
    Case(
        "quantity-is-valid",
        "small letters, a comma, a space, a word, below zero, no text; of claims, volumes, directories, ranges",
        [
            workload(
                container=asks("cpu: '0,5', memory: 1g", "cpu: half, memory: 1 Gi, ephemeral-storage: -1Gi"),
                pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 64mb}}]",
            ),
            workload(
                "set",
                kind="StatefulSet",
                spec="volumeClaimTemplates: [{spec: {resources: {requests: {storage: 5GB}}}}]",
            ),
            obj("PersistentVolumeClaim", "data", "resources: {requests: {storage: 10gb}}"),
            obj("PersistentVolume", "data", "capacity: {storage: true}"),
            obj("LimitRange", "limits", "limits: [{type: Container, max: {memory: 1KB}}]"),
        ],
        [
            f'{APP}.resources.requests.cpu is "0,5"; allowed: {FORM}; {REFUSED}',
            f'{APP}.resources.requests.memory is "1g"; allowed: {FORM}; 1Gi, or 1G; {REFUSED}',
            f'{APP}.resources.limits.cpu is "half"; allowed: {FORM}; {REFUSED}',
            f'{APP}.resources.limits.memory is "1 Gi"; allowed: {FORM}; 1Gi, or 1G; {REFUSED}',
            f'{APP}.resources.limits.ephemeral-storage is "-1Gi"; allowed: 0 or more; {REFUSED}',
            f'{IN_POD}.volumes[0].emptyDir.sizeLimit is "64mb"; allowed: {FORM}; 64Mi, or 64M; {REFUSED}',
            f'StatefulSet dev/set: spec.volumeClaimTemplates[0].spec.resources.requests.storage is "5GB"; allowed: {FORM}; 5Gi, or 5G; {REFUSED}',
            f'PersistentVolumeClaim dev/data: spec.resources.requests.storage is "10gb"; allowed: {FORM}; 10Gi, or 10G; {REFUSED}',
            f"PersistentVolume data: spec.capacity.storage is true; allowed: {FORM}; {REFUSED}",
            f'LimitRange dev/limits: spec.limits[0].max.memory is "1KB"; allowed: {FORM}; 1Ki, or 1k; {REFUSED}',
        ],
    ),
    Case(
        "quantity-is-valid",
        "a part of a device",
        [workload(container=asks("", "nvidia.com/gpu: '0.5'"))],
        [
            f'{APP}.resources.limits[nvidia.com/gpu] is "0.5"; allowed: a whole number; nvidia.com/gpu is counted in pieces, and the API server refuses a part of one'
        ],
    ),
    Case(
        "quantity-is-valid",
        "all that can be read, and what is filled in later",
        [
            workload(container=asks("cpu: 0.5, memory: 1e9", "cpu: '2', memory: 1.5Gi, ephemeral-storage: 129M")),
            workload("two", asks("cpu: 100m, memory: 123Ki", "cpu: .5, memory: 1E, nvidia.com/gpu: 1")),
            workload("three", asks("cpu: '${CPU}', memory: '{{ .Values.memory }}'", "cpu: null, memory: 12e6")),
            obj("PersistentVolumeClaim", "data", "resources: {requests: {storage: 10Gi}}"),
            obj("LimitRange", "limits", "limits: [{type: Container, maxLimitRequestRatio: {memory: 4}}]"),
        ],
    ),
    Case(
        "quantity-has-its-unit",
        "half a byte",
        [workload(container=asks("memory: 500m"))],
        [f'{APP}.resources.requests.memory is "500m"; allowed: {FRACTION}'],
    ),
    Case(
        "quantity-has-its-unit",
        "512 bytes in thousandths",
        [workload(container=asks("memory: 512000m"))],
        [
            (
                f'{APP}.resources.requests.memory is "512000m"; allowed: an amount with its unit, such as 512Mi; '
                "in thousandths these are bytes, and nothing fits into 512 of them"
            )
        ],
    ),
    Case(
        "quantity-has-its-unit",
        "CPUs in units of memory",
        [workload(container=asks("cpu: 100Mi", "cpu: 1G"))],
        [
            f'{APP}.resources.{part}.cpu is "{text}"; allowed: a number of CPUs, such as 0.5 or 500m; this counts bytes, and no node has as many CPUs'
            for part, text in (("requests", "100Mi"), ("limits", "1G"))
        ],
    ),
    Case("quantity-has-its-unit", "500 MiB", [workload(container=asks("memory: 500Mi"))]),
    Case(
        "quantity-has-its-unit",
        "no unit at all; a fraction of a byte",
        [
            workload(
                container=asks("cpu: 500, memory: 512", "cpu: '1000', memory: '1024', ephemeral-storage: 0.5"),
                pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 100}}]",
            ),
            workload("many", asks("cpu: 128")),
            obj("PersistentVolumeClaim", "data", "resources: {requests: {storage: '10'}}"),
            obj("PersistentVolume", "data", "capacity: {storage: 1500m}"),
        ],
        [
            f"{APP}.resources.requests.cpu is 500; allowed: {cpus(500)}",
            f"{APP}.resources.requests.memory is 512; allowed: {unit('512')}",
            f'{APP}.resources.limits.cpu is "1000"; allowed: {cpus(1000)}',
            f'{APP}.resources.limits.memory is "1024"; allowed: {unit("1024")}',
            f"{APP}.resources.limits.ephemeral-storage is 0.5; allowed: {FRACTION}",
            f"{IN_POD}.volumes[0].emptyDir.sizeLimit is 100; allowed: {unit('100')}",
            f"Deployment dev/many: spec.template.spec.containers[0].resources.requests.cpu is 128; allowed: {cpus(128)}",
            f'PersistentVolumeClaim dev/data: spec.resources.requests.storage is "10"; allowed: {unit("10")}',
            f'PersistentVolume data: spec.capacity.storage is "1500m"; allowed: {FRACTION}',
        ],
    ),
    Case(
        "quantity-has-its-unit",
        "bytes in full, little with a unit, nothing, a quota of many CPUs, fractions of a CPU",
        [
            workload(
                container=asks(
                    "cpu: 0.25, memory: 536870912", "cpu: 1500m, memory: 128974848000m, ephemeral-storage: 0"
                )
            ),
            workload("small", asks("cpu: 64, memory: 0", "memory: 512Ki")),
            obj("ResourceQuota", "all", "hard: {requests.cpu: 400, limits.memory: 1Ti, pods: 50}")
            | {"apiVersion": "v1"},
        ],
    ),
]
