"""Probes and endings: pods that are killed, get traffic too early, or lose work."""

from tests.unit.checks.mutations.edits import BOXES, POD, Mutation, both, drop, put

BACKEND = "Deployment/examxv2-backend"
WORKER = "Deployment/celery-worker-default"
AI = "Deployment/celery-question-generator-ai-worker"
LIVE = f"{BOXES}[0].livenessProbe"

MUTATIONS = [
    Mutation(
        "the readiness probes of what a Service selects are gone",
        "served-pod-says-when-ready",
        "prod",
        both(drop(BACKEND, f"{BOXES}[backend].readinessProbe"), drop(BACKEND, f"{BOXES}[nginx].readinessProbe")),
    ),
    Mutation(
        "a probe names a port that no container has",
        "probe-port-exists",
        "dev",
        put(BACKEND, f"{BOXES}[nginx].readinessProbe.httpGet.port", "healthz"),
    ),
    Mutation(
        "a probe names a port of the container beside it",
        "probe-port-exists",
        "dev",
        put(BACKEND, f"{BOXES}[backend].readinessProbe.httpGet.port", "health"),
    ),
    Mutation(
        "a probe in two ways",
        "probe-is-possible",
        "dev",
        put(BACKEND, f"{BOXES}[nginx].readinessProbe.tcpSocket", {"port": 8081}),
    ),
    Mutation(
        "a liveness probe that must succeed twice",
        "probe-is-possible",
        "dev",
        put(WORKER, f"{LIVE}.successThreshold", 2),
    ),
    Mutation("a probe with less than no time", "probe-is-possible", "dev", put(WORKER, f"{LIVE}.timeoutSeconds", -1)),
    Mutation("a period with a unit", "number-is-whole", "dev", put(WORKER, f"{LIVE}.periodSeconds", "60s")),
    Mutation("a probe without any way", "probe-is-possible", "dev", put(WORKER, LIVE, {"periodSeconds": 10})),
    Mutation(
        "a probe that starts celery within a second",
        "celery-probe-has-time",
        "dev",
        put(WORKER, LIVE, {"exec": {"command": ["celery", "-A", "examx", "inspect", "ping"]}, "periodSeconds": 10}),
    ),
    Mutation(
        "a probe that starts celery in a shell, within five seconds",
        "celery-liveness-spares-broker",
        "stg",
        put(
            WORKER,
            LIVE,
            {
                "exec": {"command": ["sh", "-c", "celery -A examx inspect ping -d celery@$HOSTNAME"]},
                "periodSeconds": 30,
                "timeoutSeconds": 5,
            },
        ),
    ),
    Mutation(
        "a probe of another host",
        "pod-meets-restricted-standard",
        "prod",
        put(BACKEND, f"{BOXES}[nginx].livenessProbe.httpGet.host", "169.254.169.254"),
    ),
    Mutation(
        "the grace period is shorter than the pause before it",
        "pre-stop-is-shorter-than-grace-period",
        "prod",
        put(BACKEND, f"{POD}.terminationGracePeriodSeconds", 60),
    ),
    Mutation(
        "no grace period, and a long pause",
        "pre-stop-is-shorter-than-grace-period",
        "stg",
        drop(BACKEND, f"{POD}.terminationGracePeriodSeconds"),
    ),
    Mutation(
        "a grace period shorter than the longest task",
        "grace-period-covers-longest-task",
        "prod",
        put(AI, f"{POD}.terminationGracePeriodSeconds", 300),
    ),
    Mutation(
        "a hook in two ways",
        "probe-is-possible",
        "dev",
        put(BACKEND, f"{BOXES}[backend].lifecycle.preStop.sleep", {"seconds": 5}),
    ),
    Mutation(
        "a hook that sleeps for longer than there is",
        "pre-stop-is-shorter-than-grace-period",
        "dev",
        put(BACKEND, f"{BOXES}[backend].lifecycle.preStop.exec.command", ["sh", "-c", "sleep 600"]),
    ),
]
