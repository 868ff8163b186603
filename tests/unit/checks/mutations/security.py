"""Pod Security: what the namespace's own level refuses, in pods and in the namespace."""

from tests.unit.checks.mutations.edits import BOXES, POD, Mutation, add, drop, put

BACKEND = "Deployment/examxv2-backend"
WORKER = "Deployment/celery-worker-default"
OWN = f"{BOXES}[0].securityContext"

MUTATIONS = [
    Mutation("root", "pod-meets-restricted-standard", "prod", put(WORKER, f"{POD}.securityContext.runAsUser", 0)),
    Mutation("root in one container", "pod-meets-restricted-standard", "prod", put(WORKER, f"{OWN}.runAsUser", 0)),
    Mutation(
        "nothing says that it is not root",
        "pod-meets-restricted-standard",
        "prod",
        drop(WORKER, f"{POD}.securityContext.runAsNonRoot"),
    ),
    Mutation(
        "one container may be root",
        "pod-meets-restricted-standard",
        "dev",
        put(WORKER, f"{OWN}.runAsNonRoot", value=False),
    ),
    Mutation("privileged", "pod-meets-restricted-standard", "prod", put(WORKER, f"{OWN}.privileged", value=True)),
    Mutation(
        "may gain rights", "pod-meets-restricted-standard", "prod", drop(WORKER, f"{OWN}.allowPrivilegeEscalation")
    ),
    Mutation("drops nothing", "pod-meets-restricted-standard", "dev", drop(WORKER, f"{OWN}.capabilities")),
    Mutation("drops one", "pod-meets-restricted-standard", "dev", put(WORKER, f"{OWN}.capabilities.drop", ["NET_RAW"])),
    Mutation(
        "adds one", "pod-meets-restricted-standard", "dev", put(WORKER, f"{OWN}.capabilities.add", ["SYS_PTRACE"])
    ),
    Mutation(
        "no filter of system calls",
        "pod-meets-restricted-standard",
        "prod",
        drop(WORKER, f"{POD}.securityContext.seccompProfile"),
    ),
    Mutation(
        "no filter of system calls in one container",
        "pod-meets-restricted-standard",
        "dev",
        put(WORKER, f"{OWN}.seccompProfile", {"type": "Unconfined"}),
    ),
    Mutation(
        "the node's network", "pod-meets-restricted-standard", "dev", put(WORKER, f"{POD}.hostNetwork", value=True)
    ),
    Mutation("the node's processes", "pod-meets-restricted-standard", "dev", put(WORKER, f"{POD}.hostPID", value=True)),
    Mutation(
        "the node's files",
        "pod-meets-restricted-standard",
        "dev",
        add(WORKER, f"{POD}.volumes", "{name: run, hostPath: {path: /var/run/docker.sock}}"),
    ),
    Mutation(
        "the node's port",
        "pod-meets-restricted-standard",
        "dev",
        put(BACKEND, f"{BOXES}[nginx].ports[0].hostPort", 8080),
    ),
    Mutation("the whole of /proc", "pod-meets-restricted-standard", "dev", put(WORKER, f"{OWN}.procMount", "Unmasked")),
    Mutation(
        "a setting of the node's kernel",
        "pod-meets-restricted-standard",
        "dev",
        put(WORKER, f"{POD}.securityContext.sysctls", [{"name": "kernel.msgmax", "value": "65536"}]),
    ),
    Mutation(
        "no profile of AppArmor",
        "pod-meets-restricted-standard",
        "dev",
        put(WORKER, f"{OWN}.appArmorProfile", {"type": "Unconfined"}),
    ),
    Mutation(
        "another type of SELinux",
        "pod-meets-restricted-standard",
        "dev",
        put(WORKER, f"{OWN}.seLinuxOptions", {"type": "spc_t"}),
    ),
    Mutation(
        "an init container that is root",
        "pod-meets-restricted-standard",
        "prod",
        add(
            WORKER,
            f"{POD}.initContainers",
            "{name: chown, image: 'busybox:1.36', command: [chown, -R, '10001', /app/media]}",
        ),
    ),
    Mutation(
        "a level with a typo",
        "namespace-is-restricted",
        "prod",
        put("Namespace/examxv2-production", "metadata.labels<pod-security.kubernetes.io/enforce>", "restriced"),
    ),
    Mutation(
        "a namespace without a level",
        "namespace-is-restricted",
        "prod",
        drop("Namespace/examxv2-production", "metadata.labels<pod-security.kubernetes.io/enforce>"),
    ),
]
