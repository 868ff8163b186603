"""Cases of fields that an API server drops."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.support import APP, IN_POD, Case, obj, workload


def dropped(place: str, value: str, version: str, gate: str, since: str, without: str) -> str:  # noqa: PLR0917 - one sentence
    reads = f"Kubernetes {since} or later" if since else "no Kubernetes up to 1.37"
    return f"{place} is {value}; allowed: nothing in {version}: {reads} reads it by default (feature gate {gate}); the API server drops it in silence, and {without}"


STOP = "lifecycle: {stopSignal: SIGQUIT}"
SIGNAL = "the container gets the signal that its image says, SIGTERM else"
NEW = [
    workload(
        container="restartPolicyRules: [{action: Restart}]\nenv: [{name: A, valueFrom: {fileKeyRef: {volumeName: a, path: b, key: c}}}]",
        pod="hostnameOverride: web\nresources: {requests: {cpu: 1}}\nvolumes: [{name: model, image: {reference: 'a:1'}}]\nhostUsers: false",
    ),
    workload("set", kind="StatefulSet", spec="updateStrategy: {rollingUpdate: {maxUnavailable: 2}}"),
    obj("PersistentVolumeClaim", "data", "volumeAttributesClassName: fast"),
]

CASES = [
    Case(
        "field-is-not-dropped",
        "a signal to stop by",
        [workload(container=STOP)],
        [dropped(f"{APP}.lifecycle.stopSignal", '"SIGQUIT"', "1.34", "ContainerStopSignals", "", SIGNAL)],
    ),
    Case("field-is-not-dropped", "a hook", [workload(container="lifecycle: {preStop: {sleep: {seconds: 5}}}")]),
    Case(
        "field-is-not-dropped",
        "a signal in the newest version, of a sidecar and a CronJob",
        [
            workload(pod=f"initContainers: [{{name: a, restartPolicy: Always, {STOP}}}]"),
            workload("job", STOP, kind="CronJob"),
        ],
        [
            dropped(
                f"{IN_POD}.initContainers[0].lifecycle.stopSignal",
                '"SIGQUIT"',
                "1.37",
                "ContainerStopSignals",
                "",
                SIGNAL,
            ),
            dropped(
                "CronJob dev/job: spec.jobTemplate.spec.template.spec.containers[0].lifecycle.stopSignal",
                '"SIGQUIT"',
                "1.37",
                "ContainerStopSignals",
                "",
                SIGNAL,
            ),
        ],
        versions=Versions("1.37"),
    ),
    Case(
        "field-is-not-dropped",
        "what newer versions read",
        NEW,
        [
            dropped(
                f"{IN_POD}.resources",
                "a mapping of 1 keys",
                "1.32",
                "PodLevelResources",
                "1.34",
                "the pod requests and is limited to what its containers say alone",
            ),
            dropped(
                f"{IN_POD}.hostnameOverride",
                '"web"',
                "1.32",
                "HostnameOverride",
                "1.35",
                "the pod has its own name as host name",
            ),
            dropped(
                f"{IN_POD}.hostUsers",
                "false",
                "1.32",
                "UserNamespacesSupport",
                "1.33",
                "root in the pod is root on the node",
            ),
            dropped(
                f"{IN_POD}.volumes[0].image",
                "a mapping of 1 keys",
                "1.32",
                "ImageVolume",
                "1.35",
                "the volume is an empty directory",
            ),
            dropped(
                f"{APP}.restartPolicyRules",
                "a list of 1",
                "1.32",
                "ContainerRestartRules",
                "1.35",
                "the container restarts as the pod says",
            ),
            dropped(
                f"{APP}.env[0].valueFrom.fileKeyRef",
                "a mapping of 3 keys",
                "1.32",
                "EnvFiles",
                "1.35",
                "the variable has no value",
            ),
            dropped(
                "StatefulSet dev/set: spec.updateStrategy.rollingUpdate.maxUnavailable",
                "2",
                "1.32",
                "MaxUnavailableStatefulSet",
                "1.35",
                "pods are replaced one after the other",
            ),
            dropped(
                "PersistentVolumeClaim dev/data: spec.volumeAttributesClassName",
                '"fast"',
                "1.32",
                "VolumeAttributesClass",
                "1.34",
                "the volume has the attributes of its StorageClass",
            ),
        ],
        versions=Versions("1.32"),
    ),
    Case("field-is-not-dropped", "the same in a version that reads them", NEW, versions=Versions("1.35")),
    Case(
        "field-is-not-dropped",
        "nulls, users of the host, a Deployment's maxUnavailable",
        [
            workload(container="lifecycle: {stopSignal: null}", pod="hostUsers: true\nresources: null"),
            workload("api", spec="strategy: {rollingUpdate: {maxUnavailable: 2}}"),
        ],
        versions=Versions("1.30"),
    ),
]
