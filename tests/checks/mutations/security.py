"""Pod Security: what the namespace's own level refuses, in pods and in the namespace."""

from tests.checks.mutations.edits import BOXES, POD, Mutation, add, drop, put

BACKEND = "Deployment/examxv2-backend"
WORKER = "Deployment/celery-worker-default"
OWN = f"{BOXES}[0].securityContext"

MUTATIONS = [
    Mutation("root", "?", "prod", put(WORKER, f"{POD}.securityContext.runAsUser", 0)),
    Mutation("root in one container", "?", "prod", put(WORKER, f"{OWN}.runAsUser", 0)),
    Mutation("nothing says that it is not root", "?", "prod", drop(WORKER, f"{POD}.securityContext.runAsNonRoot")),
    Mutation("one container may be root", "?", "dev", put(WORKER, f"{OWN}.runAsNonRoot", False)),
    Mutation("privileged", "?", "prod", put(WORKER, f"{OWN}.privileged", True)),
    Mutation("may gain rights", "?", "prod", drop(WORKER, f"{OWN}.allowPrivilegeEscalation")),
    Mutation("drops nothing", "?", "dev", drop(WORKER, f"{OWN}.capabilities")),
    Mutation("drops one", "?", "dev", put(WORKER, f"{OWN}.capabilities.drop", ["NET_RAW"])),
    Mutation("adds one", "?", "dev", put(WORKER, f"{OWN}.capabilities.add", ["SYS_PTRACE"])),
    Mutation("no filter of system calls", "?", "prod", drop(WORKER, f"{POD}.securityContext.seccompProfile")),
    Mutation(
        "no filter of system calls in one container",
        "?",
        "dev",
        put(WORKER, f"{OWN}.seccompProfile", {"type": "Unconfined"}),
    ),
    Mutation("the node's network", "?", "dev", put(WORKER, f"{POD}.hostNetwork", True)),
    Mutation("the node's processes", "?", "dev", put(WORKER, f"{POD}.hostPID", True)),
    Mutation(
        "the node's files",
        "?",
        "dev",
        add(WORKER, f"{POD}.volumes", "{name: run, hostPath: {path: /var/run/docker.sock}}"),
    ),
    Mutation("the node's port", "?", "dev", put(BACKEND, f"{BOXES}[nginx].ports[0].hostPort", 8080)),
    Mutation("the whole of /proc", "?", "dev", put(WORKER, f"{OWN}.procMount", "Unmasked")),
    Mutation(
        "a setting of the node's kernel",
        "?",
        "dev",
        put(WORKER, f"{POD}.securityContext.sysctls", [{"name": "kernel.msgmax", "value": "65536"}]),
    ),
    Mutation("no profile of AppArmor", "?", "dev", put(WORKER, f"{OWN}.appArmorProfile", {"type": "Unconfined"})),
    Mutation("another type of SELinux", "?", "dev", put(WORKER, f"{OWN}.seLinuxOptions", {"type": "spc_t"})),
    Mutation(
        "an init container that is root",
        "?",
        "prod",
        add(
            WORKER,
            f"{POD}.initContainers",
            "{name: chown, image: 'busybox:1.36', command: [chown, -R, '10001', /app/media]}",
        ),
    ),
    Mutation(
        "a level with a typo",
        "?",
        "prod",
        put("Namespace/examxv2-production", "metadata.labels<pod-security.kubernetes.io/enforce>", "restriced"),
    ),
    Mutation(
        "a namespace without a level",
        "?",
        "prod",
        drop("Namespace/examxv2-production", "metadata.labels<pod-security.kubernetes.io/enforce>"),
    ),
]
