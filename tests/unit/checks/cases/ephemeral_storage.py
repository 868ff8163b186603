"""Cases of the rules on scratch space."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, obj, workload

SIZE_LIMIT = "spec.template.spec.volumes[0].emptyDir.sizeLimit"
COUNTED = "the node's disk is counted by what is requested, and a node evicts first what uses more than that"

CASES = [
    Case(
        "scratch-space-is-requested",
        "nothing requested, less than the limits, a LimitRange that gives too little, a Job",
        [
            workload("web", pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]"),
            workload(
                "two",
                "resources: {requests: {ephemeral-storage: 1Gi}}",
                pod="volumes: [{name: a, emptyDir: {sizeLimit: 1Gi}}, {name: b, emptyDir: {sizeLimit: 512Mi, medium: ''}}]",
            ),
            obj(
                "LimitRange",
                "limits",
                "limits: [{type: Container, defaultRequest: {ephemeral-storage: 64Mi}}]",
                namespace="stg",
            ),
            workload("small", pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 65Mi}}]", namespace="stg"),
            workload("once", kind="Job", pod="volumes: [{name: tmp, emptyDir: {sizeLimit: '100'}}]"),
        ],
        [
            f"Deployment dev/web: {SIZE_LIMIT} is 1Gi in all; allowed: size limits of 0 in all, or requests of ephemeral-storage for 1Gi; {COUNTED}",
            f"Deployment dev/two: {SIZE_LIMIT} is 1536Mi in all; allowed: size limits of 1Gi in all, or requests of ephemeral-storage for 1536Mi; {COUNTED}",
            f"Deployment stg/small: {SIZE_LIMIT} is 65Mi in all; allowed: size limits of 64Mi in all, or requests of ephemeral-storage for 65Mi; {COUNTED}",
            f"Job dev/once: {SIZE_LIMIT} is 100 in all; allowed: size limits of 0 in all, or requests of ephemeral-storage for 100; {COUNTED}",
        ],
    ),
    Case(
        "scratch-space-is-requested",
        "requested, by a limit, by two containers, by one that initialises, by a LimitRange; in memory; unbounded; unreadable",
        [
            workload(
                "web",
                "resources: {requests: {ephemeral-storage: 1Gi}}",
                pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]",
            ),
            workload(
                "limit",
                "resources: {limits: {ephemeral-storage: 2G}}",
                pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]",
            ),
            workload(
                "two",
                pod="containers: [{name: a, resources: {requests: {ephemeral-storage: 1Gi}}}, {name: b, resources: {requests: {ephemeral-storage: 1Gi}}}]\n"
                "volumes: [{name: tmp, emptyDir: {sizeLimit: 2Gi}}]",
            ),
            workload(
                "first",
                pod="initContainers: [{name: a, resources: {requests: {ephemeral-storage: 2Gi}}}]\nvolumes: [{name: tmp, emptyDir: {sizeLimit: 2Gi}}]",
            ),
            workload(
                "memory",
                pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi, medium: Memory}}, {name: pages, emptyDir: {medium: HugePages, sizeLimit: 1Gi}}]",
            ),
            workload("open", pod="volumes: [{name: tmp, emptyDir: {}}, {name: c, configMap: {name: c}}]"),
            workload(
                "odd",
                "resources: {requests: {ephemeral-storage: much}}",
                pod="volumes: [{name: a, emptyDir: {sizeLimit: 1Gi}}]",
            ),
            workload("none", pod="volumes: [{name: a, emptyDir: {sizeLimit: a lot}}]"),
            obj(
                "LimitRange",
                "limits",
                "limits: [{type: Pod}, {type: Container, default: {ephemeral-storage: 1Gi}}]",
                namespace="stg",
            ),
            workload("given", pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]", namespace="stg"),
        ],
    ),
]
