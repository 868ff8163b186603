"""Cases of the rules on ScaledJobs, and of rules on pods that see those of a ScaledJob."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.keda import CPU_TRIGGER, QUEUE_TRIGGER
from tests.unit.checks.support import Case, Object, obj

CONTAINERS = "containers: [{name: app, image: 'example/app:1'}]"


def job(
    more: str = "", pod: str = f"{{restartPolicy: Never, {CONTAINERS}}}", triggers: str = f"[{QUEUE_TRIGGER}]"
) -> Object:
    """A ScaledJob."""
    return obj("ScaledJob", "web", f"jobTargetRef: {{template: {{spec: {pod}}}}}\ntriggers: {triggers}\n{more}") | {
        "apiVersion": "keda.sh/v1alpha1"
    }


CASES = [
    Case(
        "scaled-job-counts-work",
        "cpu",
        [job(triggers=f"[{QUEUE_TRIGGER}, {CPU_TRIGGER}]")],
        [
            'ScaledJob dev/web: spec.triggers[1].type is "cpu"; allowed: a trigger that counts work, such as a queue\'s; KEDA skips it for Jobs, and starts none because of it'
        ],
    ),
    Case("scaled-job-counts-work", "a queue", [job()]),
    *(
        Case(
            "scaled-job-choice-is-known",
            place,
            [job(more)],
            [
                f'ScaledJob dev/web: spec.{place} is "{value}"; allowed: one of {allowed}; KEDA knows no other, and takes {allowed.partition(",")[0]}'
            ],
        )
        for place, value, allowed, more in (
            (
                "scalingStrategy.strategy",
                "Accurate",
                "default, custom, accurate, eager",
                "scalingStrategy: {strategy: Accurate}",
            ),
            (
                "scalingStrategy.multipleScalersCalculation",
                "mean",
                "max, min, avg, sum",
                "scalingStrategy: {multipleScalersCalculation: mean}",
            ),
            ("rollout.strategy", "rolling", "gradual, immediate", "rollout: {strategy: rolling}"),
            ("rollout.propagationPolicy", "orphan", "background, foreground", "rollout: {propagationPolicy: orphan}"),
            ("rolloutStrategy", "recreate", "gradual, immediate", "rolloutStrategy: recreate"),
        )
    ),
    Case(
        "scaled-job-choice-is-known",
        "one of each",
        [
            job(
                "scalingStrategy: {strategy: eager, multipleScalersCalculation: sum}\nrollout: {strategy: gradual, propagationPolicy: foreground}"
            ),
            job("scalingStrategy: {strategy: '${STRATEGY}'}"),
            job(),
        ],
    ),
    Case(
        "scaled-job-range-is-possible",
        "no room between them",
        [job("minReplicaCount: 5\nmaxReplicaCount: 5")],
        [
            "ScaledJob dev/web: spec.minReplicaCount is 5; allowed: less than spec.maxReplicaCount, 5; KEDA starts the difference for work that waits, which is none"
        ],
    ),
    Case(
        "scaled-job-range-is-possible",
        "room, and the defaults",
        [job("minReplicaCount: 4\nmaxReplicaCount: 5"), job("minReplicaCount: 4"), job()],
    ),
    Case(
        "scaled-object-has-triggers",
        "none of a job",
        [job(triggers="[]")],
        [
            "ScaledJob dev/web: spec.triggers is an empty list; allowed: at least one trigger; there is nothing to scale on"
        ],
    ),
    Case(
        "trigger-metadata-is-text",
        "a number, of a job",
        [job(triggers="[{type: redis, metadata: {listName: default, listLength: 10}}]")],
        [
            "ScaledJob dev/web: spec.triggers[0].metadata.listLength is 10; allowed: a string: put it in quotes; the CRD refuses anything else"
        ],
    ),
    Case(
        "choice-is-known",
        "a job of KEDA that would start again",
        [job(pod=f"{{{CONTAINERS}}}")],
        [
            "ScaledJob dev/web: spec.jobTargetRef.template.spec.restartPolicy is missing; allowed: OnFailure or Never; pods that run once have no default: the API server refuses it"
        ],
    ),
    Case("choice-is-known", "a job of KEDA", [job()]),
]
