"""Cases of the rules on Pod Security."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, IN_POD, Case, obj, workload

SECURE = (
    "securityContext: {runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, capabilities:"
    " {drop: [ALL], add: [NET_BIND_SERVICE]}, seccompProfile: {type: RuntimeDefault}}"
)
RESTRICTED = obj("Namespace", "dev", labels="{pod-security.kubernetes.io/enforce: restricted}")
BASELINE = "{pod-security.kubernetes.io/enforce: baseline}"
GUESTS = obj(
    "Namespace",
    "dev",
    labels=BASELINE,
    annotations="{examx.ai/cluster: one, examx.ai/guests: 'old-worker, celery-flower'}",
)
REFUSED = "the namespace enforces the restricted standard, and its pods would be refused"

CASES = [
    Case(
        "pod-meets-restricted-standard",
        "nothing set",
        [RESTRICTED, workload()],
        [
            f"{APP}.securityContext.allowPrivilegeEscalation is missing; allowed: false; {REFUSED}",
            f"{APP}.securityContext.runAsNonRoot is missing; allowed: true, on the pod or on the container; {REFUSED}",
            (
                f"{APP}.securityContext.seccompProfile.type is missing; allowed: RuntimeDefault or Localhost, on the pod or on the container;"
                f" {REFUSED}"
            ),
            f"{APP}.securityContext.capabilities.drop is missing; allowed: [ALL]; {REFUSED}",
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "everything set wrong",
        [
            RESTRICTED,
            workload(
                container="ports: [{containerPort: 80, hostPort: 80}]\nsecurityContext: {runAsNonRoot: true, runAsUser: 0, privileged: true,"
                " allowPrivilegeEscalation: false, capabilities: {drop: [NET_RAW], add: [SYS_ADMIN]}, seccompProfile: {type: Unconfined}}",
                pod="hostNetwork: true\nsecurityContext: {runAsUser: 0}\nvolumes: [{name: host, hostPath: {path: /}}]",
            ),
        ],
        [
            f"{IN_POD}.hostNetwork is true; allowed: false, or leave it out; {REFUSED}",
            f"{IN_POD}.securityContext.runAsUser is 0; allowed: any user but 0; {REFUSED}",
            (
                f"{IN_POD}.volumes[0].hostPath is a hostPath volume; allowed: a volume of type configMap, csi, downwardAPI, emptyDir, ephemeral,"
                f" image, persistentVolumeClaim, projected, secret; {REFUSED}"
            ),
            f"{APP}.securityContext.privileged is true; allowed: false, or leave it out; {REFUSED}",
            f"{APP}.securityContext.runAsUser is 0; allowed: any user but 0; {REFUSED}",
            (
                f'{APP}.securityContext.seccompProfile.type is "Unconfined"; allowed: RuntimeDefault or Localhost, on the pod or on the'
                f" container; {REFUSED}"
            ),
            f"{APP}.securityContext.capabilities.drop is [NET_RAW]; allowed: [ALL]; {REFUSED}",
            f'{APP}.securityContext.capabilities.add[0] is "SYS_ADMIN"; allowed: NET_BIND_SERVICE alone; {REFUSED}',
            f"{APP}.ports[0].hostPort is 80; allowed: no port of the host; {REFUSED}",
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "set on the container, on the pod, or not asked for",
        [
            RESTRICTED,
            workload("one", SECURE, pod="volumes: [{name: tmp, emptyDir: {}}]"),
            workload(
                "two",
                "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}",
                pod="securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}",
            ),
            workload("three", namespace="stg"),
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "a guest, and a pod that is none",
        [GUESTS, workload("old-worker"), workload("web", SECURE.replace("runAsUser: 1000", "runAsUser: 0"))],
        [
            (
                f"{APP}.securityContext.runAsUser is 0; allowed: any user but 0; baseline is enforced for the guests of the namespace, and for"
                " no other pod"
            )
        ],
    ),
    Case(
        "namespace-is-restricted",
        "baseline without guests, and nothing at all",
        [
            obj("Namespace", "dev", labels=BASELINE, annotations="{examx.ai/cluster: one}"),
            obj("Namespace", "stg", annotations="{examx.ai/cluster: one}"),
        ],
        [
            (
                'Namespace dev: metadata.labels[pod-security.kubernetes.io/enforce] is "baseline"; allowed: restricted, or baseline beside'
                " the annotation examx.ai/guests; any pod could run as root, without a word for whom"
            ),
            (
                "Namespace stg: metadata.labels[pod-security.kubernetes.io/enforce] is missing; allowed: restricted, or baseline beside"
                " the annotation examx.ai/guests; any pod could run as root, without a word for whom"
            ),
        ],
    ),
    Case(
        "namespace-is-restricted", "baseline for guests, and a foreign namespace", [GUESTS, obj("Namespace", "other")]
    ),
]
