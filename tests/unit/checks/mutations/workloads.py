"""Workloads: what an API server refuses, and pods that never start."""

from tests.unit.checks.mutations.edits import BOXES, POD, Mutation, add, annotated, both, drop, put, swap, turned

BACKEND = "Deployment/examxv2-backend"
WORKER = "Deployment/celery-worker-default"
BULK = "Deployment/celery-bulk-upload-worker"

MUTATIONS = [
    Mutation(
        "the selector is not what the pods have",
        "selector-matches-own-pods",
        "dev",
        put(BACKEND, "spec.selector.matchLabels.app", "backend"),
    ),
    Mutation(
        "a copied worker keeps the label of the other one",
        "selector-matches-no-other-pods",
        "dev",
        both(
            put(BULK, "spec.selector.matchLabels.app", "celery-enrichment-worker"),
            put(BULK, "spec.template.metadata.labels.app", "celery-enrichment-worker"),
        ),
    ),
    Mutation(
        "two containers have one name", "container-names-are-unique", "dev", put(BACKEND, f"{BOXES}[1].name", "backend")
    ),
    Mutation(
        "a volume is gone that is mounted", "volume-mount-has-volume", "stg", drop(BACKEND, f"{POD}.volumes[media]")
    ),
    Mutation(
        "a mount names a volume that is not there",
        "volume-mount-has-volume",
        "prod",
        put(WORKER, f"{BOXES}[0].volumeMounts[tmp].name", "temp"),
    ),
    Mutation(
        "two volumes are mounted at one path",
        "mount-paths-are-unique",
        "dev",
        put(BACKEND, f"{BOXES}[backend].volumeMounts[gunicorn].mountPath", "/tmp"),
    ),
    Mutation(
        "a volume has two sources",
        "reference-leads-somewhere",
        "dev",
        put(BACKEND, f"{POD}.volumes[tmp].configMap", {"name": "x"}),
    ),
    Mutation(
        "two volumes have one name",
        "volume-names-are-unique",
        "dev",
        add(BACKEND, f"{POD}.volumes", "{name: tmp, emptyDir: {}}"),
    ),
    Mutation(
        "a variable is set twice",
        "variables-are-unique",
        "dev",
        add(WORKER, f"{BOXES}[0].env", "{name: HOME, value: /root}"),
    ),
    Mutation(
        "a number as a variable", "text-is-quoted", "dev", put(BACKEND, f"{BOXES}[backend].env[WORKERS].value", 4)
    ),
    Mutation(
        "true as a variable", "text-is-quoted", "prod", put(WORKER, f"{BOXES}[0].env[ENABLE_OTEL].value", value=True)
    ),
    Mutation(
        "a password stands behind the URL that uses it",
        "variable-is-defined-before-use",
        "dev",
        turned(WORKER, f"{BOXES}[0].env"),
    ),
    Mutation(
        "a URL names the password with a typo",
        "variable-is-defined-before-use",
        "stg",
        swap(WORKER, f"{BOXES}[0].env[REDIS_URL].value", "REDIS_PASSWORD", "REDIS_PASWORD"),
    ),
    Mutation(
        "a command names a variable that is gone",
        "command-variable-is-filled-in",
        "dev",
        drop(BACKEND, f"{BOXES}[backend].env[WORKERS]"),
    ),
    Mutation(
        "a command names a variable as a shell does",
        "command-variable-is-filled-in",
        "dev",
        put(BACKEND, f"{BOXES}[backend].command[5]", "${WORKERS}"),
    ),
    Mutation("a number in a command", "text-is-quoted", "dev", put(BACKEND, f"{BOXES}[backend].command[9]", 4)),
    Mutation(
        "the image is latest",
        "image-names-one-build",
        "prod",
        put(BACKEND, f"{BOXES}[backend].image", "399600302704.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend:latest"),
    ),
    Mutation(
        "the image has no tag",
        "image-names-one-build",
        "stg",
        put(WORKER, f"{BOXES}[0].image", "399600302704.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend"),
    ),
    Mutation(
        "the image's name has capitals",
        "image-is-a-reference",
        "dev",
        put(WORKER, f"{BOXES}[0].image", "399600302704.dkr.ecr.ap-south-1.amazonaws.com/ExamX-Backend:1.4"),
    ),
    Mutation("the image is empty", "image-is-a-reference", "dev", put(WORKER, f"{BOXES}[0].image", "")),
    Mutation(
        "a pull policy that is none", "choice-is-known", "dev", put(WORKER, f"{BOXES}[0].imagePullPolicy", "Allways")
    ),
    Mutation("no container has an image", "image-is-a-reference", "dev", drop(WORKER, f"{BOXES}[0].image")),
    Mutation(
        "a Deployment's pods restart never", "choice-is-known", "dev", put(WORKER, f"{POD}.restartPolicy", "Never")
    ),
    Mutation("no container at all", "scratch-space-is-requested", "dev", put(WORKER, BOXES, [])),
    Mutation(
        "surge and unavailable are both zero",
        "rollout-can-move",
        "dev",
        put(BACKEND, "spec.strategy.rollingUpdate.maxSurge", 0),
    ),
    Mutation(
        "a percentage without its sign",
        "share-is-number-or-percentage",
        "dev",
        put(BACKEND, "spec.strategy.rollingUpdate.maxSurge", "25 percent"),
    ),
    Mutation(
        "Recreate keeps the figures of a rolling update",
        "rollout-is-possible",
        "dev",
        put(BACKEND, "spec.strategy.type", "Recreate"),
    ),
    Mutation(
        "ready for longer than a rollout may take",
        "rollout-is-possible",
        "prod",
        put(BACKEND, "spec.minReadySeconds", 900),
    ),
    Mutation(
        "spread constraints select nothing",
        "spread-constraint-selects-own-pods",
        "prod",
        put(BACKEND, f"{POD}.topologySpreadConstraints[0].labelSelector.matchLabels.app", "backend"),
    ),
    Mutation(
        "a spread constraint that nobody knows",
        "choice-is-known",
        "prod",
        put(BACKEND, f"{POD}.topologySpreadConstraints[0].whenUnsatisfiable", "DoNotSchedul"),
    ),
    Mutation(
        "anti-affinity that keeps a pod away from itself on all nodes",
        "",
        "prod",
        put(BACKEND, f"{POD}.nodeSelector", {"kubernetes.io/arch": "arm64", "kubernetes.io/hostname": "ip-10-0-1-7"}),
        missed="whether such a node is there is known to the cluster alone",
    ),
    Mutation(
        "the StatefulSet names a Service that is not there",
        "reference-leads-somewhere",
        "dev",
        put("StatefulSet/redis", "spec.serviceName", "redis-headless"),
    ),
    Mutation(
        "an integer where a whole number must be",
        "number-is-whole",
        "dev",
        put("Deployment/celery-beat", "spec.replicas", "1"),
    ),
    Mutation("replicas below zero", "number-is-whole", "dev", put("Deployment/celery-beat", "spec.replicas", -1)),
    Mutation(
        "a worker asks for a GPU with a fraction",
        "quantity-is-valid",
        "dev",
        put(WORKER, f"{BOXES}[0].resources.limits<nvidia.com/gpu>", "0.5"),
    ),
    Mutation(
        "requests above the limits",
        "request-fits-limit",
        "dev",
        put(BACKEND, f"{BOXES}[nginx].resources.requests.memory", "1Gi"),
    ),
    Mutation(
        "requests of cpu above the limit",
        "request-fits-limit",
        "prod",
        put(WORKER, f"{BOXES}[0].resources.requests.cpu", "2500m"),
    ),
    Mutation(
        "memory in thousandths of a byte",
        "nginx-buffers-fit-limit",
        "dev",
        put(BACKEND, f"{BOXES}[nginx].resources.limits.memory", "512m"),
    ),
    Mutation("memory in GB", "quantity-is-valid", "dev", put(WORKER, f"{BOXES}[0].resources.limits.memory", "8GB")),
    Mutation("cpu in words", "quantity-is-valid", "dev", put(WORKER, f"{BOXES}[0].resources.limits.cpu", "2 cores")),
    Mutation(
        "scratch space that is larger than what is requested",
        "scratch-space-is-requested",
        "dev",
        put(WORKER, f"{BOXES}[0].resources.requests<ephemeral-storage>", "64Mi"),
    ),
    Mutation(
        "a typo in the size of a scratch volume",
        "quantity-is-valid",
        "dev",
        put(BACKEND, f"{POD}.volumes[tmp].emptyDir.sizeLimit", "10Gib"),
    ),
    Mutation(
        "two containers listen on one port",
        "container-ports-are-unique",
        "dev",
        add(BACKEND, f"{BOXES}[backend].ports", "{name: app, containerPort: 8080}"),
    ),
    Mutation(
        "two ports have one name",
        "container-ports-are-unique",
        "dev",
        put(BACKEND, f"{BOXES}[nginx].ports[1].name", "http"),
    ),
    Mutation(
        "a port name that is too long",
        "container-name-is-valid",
        "dev",
        put(BACKEND, f"{BOXES}[nginx].ports[1].name", "health-check-port"),
    ),
    Mutation(
        "a port beyond 65535", "number-is-whole", "dev", put(BACKEND, f"{BOXES}[nginx].ports[1].containerPort", 80810)
    ),
    Mutation(
        "an annotation that must be text is a number",
        "annotation-is-valid",
        "dev",
        annotated(BACKEND, "examx.ai/build", 17),
    ),
    Mutation(
        "a stop signal that this version drops",
        "field-is-not-dropped",
        "dev",
        put(WORKER, f"{BOXES}[0].lifecycle.stopSignal", "SIGINT"),
    ),
]
