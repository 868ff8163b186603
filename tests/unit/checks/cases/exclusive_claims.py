"""Cases of the rules on claims that one node, or one pod, has at a time."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import IN_POD, Case, Object, hpa, obj, workload

REPLACED = "claim-is-free-when-pod-is-replaced"
SHARED = "claim-is-shared-only-if-it-may-be"
MOUNT = "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]"
CLAIM = f"{IN_POD}.volumes[0].persistentVolumeClaim.claimName"
WAITS = "the new pod waits for the volume of the old one, which waits for the new one"
ONE = "allowed: a claim that is ReadWriteMany, one pod, or a StatefulSet with volumeClaimTemplates"
PINNED = {
    "a name of a node": "nodeName: node-1",
    "a selector of one node": "nodeSelector: {kubernetes.io/hostname: node-1}",
    "an affinity to one node": "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:"
    " [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [a]}]}]}}}",
    "an affinity to its own pods": "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey:"
    " kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}]}}",
}


def claim(mode: str = "ReadWriteOnce", more: str = "") -> Object:
    return obj("PersistentVolumeClaim", "data", f"accessModes: [{mode}]\n{more}")


def rolled(value: str, mode: str = "ReadWriteOnce") -> str:
    return (
        f"Deployment dev/web: spec.strategy.type is {value}; allowed: Recreate, or RollingUpdate with maxSurge 0 and"
        f" maxUnavailable 1; PersistentVolumeClaim dev/data is {mode}: {WAITS}"
    )


def shared(place: str, many: str, mode: str = "ReadWriteOnce") -> str:
    return f'{place} is "data"; {ONE}; it is {mode}, and {many} would share it: one gets it, the others wait'


CASES = [
    Case(REPLACED, "a rolling update, by default", [claim(), workload(pod=MOUNT)], [rolled("missing")]),
    Case(REPLACED, "the old pod goes first", [claim(), workload(pod=MOUNT, spec="strategy: {type: Recreate}")]),
    *(
        Case(
            REPLACED,
            f"a rolling update with {surge}",
            [
                claim(),
                workload(pod=MOUNT, spec=f"replicas: 1\nstrategy: {{type: RollingUpdate, rollingUpdate: {surge}}}"),
            ],
            [rolled('"RollingUpdate"')],
        )
        for surge in ("{maxSurge: 1}", "{maxSurge: 10%, maxUnavailable: 0}", "{maxUnavailable: 1}")
    ),
    Case(
        REPLACED,
        "for one pod at a time, on a file server, and where its pods are kept on one node",
        [
            claim("ReadWriteOncePod", "storageClassName: efs"),
            workload(pod=f"{MOUNT}\nnodeName: node-1"),
        ],
        [rolled("missing", "ReadWriteOncePod")],
    ),
    Case(
        REPLACED,
        "no surge, no pods, another kind, many readers, an unseen claim",
        [
            claim(),
            workload(pod=MOUNT, spec="strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}"),
            workload("none", pod=MOUNT, spec="replicas: 0"),
            workload("db", pod=MOUNT, kind="StatefulSet"),
            obj("PersistentVolumeClaim", "media", "accessModes: [ReadWriteMany, ReadWriteOnce]"),
            workload("app", pod=MOUNT.replace("data", "media")),
            workload("unseen", pod=MOUNT.replace("data", "unseen")),
            workload(
                "own",
                pod="volumes: [{name: d, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]}}}}]",
            ),
        ],
    ),
    *(Case(REPLACED, f"{name}", [claim(), workload(pod=f"{MOUNT}\n{pin}")]) for name, pin in PINNED.items()),
    *(
        Case(REPLACED, f"on {name}", [*objects, workload(pod=MOUNT)])
        for name, objects in {
            "a class that is named after its file server": [claim(more="storageClassName: efs-sc")],
            "the disk of a node": [claim(more="storageClassName: local-path")],
            "a class of a file server": [
                claim(more="storageClassName: shared"),
                obj("StorageClass", "shared", root="provisioner: nfs.csi.k8s.io"),
            ],
            "a volume of a file server": [
                claim(more="volumeName: v"),
                obj("PersistentVolume", "v", "nfs: {server: nfs.example.com, path: /}"),
            ],
            "a directory of a node that has its class": [
                claim(more="storageClassName: manual"),
                obj("PersistentVolume", "v", "storageClassName: manual\nhostPath: {path: /data}"),
            ],
            "a volume of EFS that is reserved for it": [
                claim(),
                obj(
                    "PersistentVolume",
                    "v",
                    "csi: {driver: efs.csi.aws.com, volumeHandle: fs-0123}\nclaimRef: {namespace: dev, name: data}",
                ),
            ],
        }.items()
    ),
    Case(
        REPLACED,
        "on a disk that is attached to a node, whatever its class is called",
        [
            claim(more="storageClassName: efs"),
            obj("StorageClass", "efs", root="provisioner: ebs.csi.aws.com"),
            workload(pod=MOUNT),
        ],
        [rolled("missing")],
    ),
    Case(
        SHARED,
        "replicas of one Deployment",
        [claim(), workload(pod=MOUNT, spec="replicas: 3\nstrategy: {type: Recreate}")],
        [shared(CLAIM, "3 pods of Deployment web")],
    ),
    Case(SHARED, "a single pod", [claim(), workload(pod=MOUNT, spec="replicas: 1\nstrategy: {type: Recreate}")]),
    Case(
        SHARED,
        "an autoscaler, a DaemonSet, a StatefulSet without templates, a Job that runs in parallel",
        [
            claim(),
            workload(pod=MOUNT),
            hpa(spec="maxReplicas: 5"),
            obj("PersistentVolumeClaim", "data", "accessModes: [ReadWriteOncePod]", namespace="b"),
            workload("agent", pod=MOUNT, kind="DaemonSet", namespace="b"),
            obj("PersistentVolumeClaim", "data", "accessModes: [ReadWriteOnce]", namespace="c"),
            workload("db", pod=MOUNT, kind="StatefulSet", spec="replicas: 2", namespace="c"),
            obj("PersistentVolumeClaim", "data", "accessModes: [ReadWriteOnce]", namespace="d"),
            workload("load", pod=MOUNT, kind="Job", spec="parallelism: 4", namespace="d"),
        ],
        [
            shared(CLAIM, "5 pods of Deployment web"),
            shared(CLAIM.replace("Deployment dev/web", "StatefulSet c/db"), "2 pods of StatefulSet db"),
            shared(
                CLAIM.replace("Deployment dev/web", "DaemonSet b/agent"),
                "a pod on each node of DaemonSet agent",
                "ReadWriteOncePod",
            ),
            shared(CLAIM.replace("Deployment dev/web", "Job d/load"), "4 pods of Job load"),
        ],
    ),
    Case(
        SHARED,
        "two workloads",
        [
            claim(),
            workload(pod=MOUNT, spec="strategy: {type: Recreate}"),
            workload("backup", pod=MOUNT, kind="CronJob"),
        ],
        [
            (
                'CronJob dev/backup: spec.jobTemplate.spec.template.spec.volumes[0].persistentVolumeClaim.claimName is "data";'
                " allowed: a claim that is ReadWriteMany, or one for each workload; it is ReadWriteOnce, and Deployment web mounts it too"
            )
        ],
    ),
    Case(
        SHARED,
        "many readers, claims of one name in two namespaces, a template for each pod, pods that are kept together",
        [
            obj("PersistentVolumeClaim", "media", "accessModes: [ReadWriteMany]"),
            workload("app", pod=MOUNT.replace("data", "media"), spec="replicas: 3"),
            workload("worker", pod=MOUNT.replace("data", "media"), spec="replicas: 3"),
            claim(),
            workload(pod=MOUNT),
            obj("PersistentVolumeClaim", "data", "accessModes: [ReadWriteOnce]", namespace="stg"),
            workload(pod=MOUNT, namespace="stg"),
            workload("backup", pod=f"{MOUNT}\n{PINNED['an affinity to its own pods']}", kind="CronJob"),
            workload(
                "db",
                kind="StatefulSet",
                spec="replicas: 3\nvolumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]}}]",
            ),
        ],
    ),
]
