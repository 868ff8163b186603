"""Cases of the rules on the metrics of an HPA."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, hpa, obj

REFUSED = "the API server refuses it"
METRIC = "HorizontalPodAutoscaler dev/web: spec.metrics[0]"
TYPES = "Resource, ContainerResource, Pods, External, Object"
SOUND = (
    "{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}",
    "{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1.5Gi}}}",
    "{type: ContainerResource, containerResource: {name: cpu, container: app, target: {type: Utilization, averageUtilization: 70}}}",
    "{type: Pods, pods: {metric: {name: rate}, target: {type: AverageValue, averageValue: '500m'}}}",
    "{type: External, external: {metric: {name: queue}, target: {type: Value, value: 30}}}",
    "{type: Object, object: {metric: {name: rate}, describedObject: {apiVersion: v1, kind: Service, name: web}, target: {type: Value, value: 10k}}}",
)


def one(metric: str) -> Object:
    """An HPA with one metric."""
    return hpa(spec=f"maxReplicas: 3\nmetrics: [{metric}]")


CASES = [
    Case(
        "hpa-states-its-maximum",
        "none, and one in words",
        [hpa(spec="minReplicas: 1"), hpa("api", "maxReplicas: ten")],
        [
            f"HorizontalPodAutoscaler dev/web: spec.maxReplicas is missing; allowed: a whole number, 1 or more; {REFUSED}",
            f'HorizontalPodAutoscaler dev/api: spec.maxReplicas is "ten"; allowed: a whole number, 1 or more; {REFUSED}',
        ],
    ),
    Case(
        "hpa-states-its-maximum", "one, and one that is filled in later", [hpa(), hpa("api", "maxReplicas: '${MOST}'")]
    ),
    Case(
        "hpa-metric-is-complete",
        "no type",
        [one("{resource: {name: cpu}}")],
        [f"{METRIC}.type is missing; allowed: one of {TYPES}; {REFUSED}"],
    ),
    Case(
        "hpa-metric-is-complete",
        "a type that is none",
        [one("{type: cpu, resource: {name: cpu}}")],
        [f'{METRIC}.type is "cpu"; allowed: one of {TYPES}; {REFUSED}'],
    ),
    Case(
        "hpa-metric-is-complete",
        "the source of another type",
        [one("{type: Pods, resource: {name: cpu}}")],
        [f"{METRIC}.pods is missing; allowed: what a metric of type Pods measures; {REFUSED}"],
    ),
    Case(
        "hpa-metric-is-complete",
        "no container",
        [one("{type: ContainerResource, containerResource: {name: cpu}}")],
        [f"{METRIC}.containerResource.container is missing; allowed: a name; {REFUSED}"],
    ),
    Case(
        "hpa-metric-is-complete",
        "no name of a metric",
        [one("{type: External, external: {target: {type: Value, value: 5}}}")],
        [f"{METRIC}.external.metric.name is missing; allowed: a name; {REFUSED}"],
    ),
    Case(
        "hpa-metric-is-complete",
        "no object",
        [one("{type: Object, object: {metric: {name: rate}, describedObject: {kind: Service}}}")],
        [f"{METRIC}.object.describedObject.name is missing; allowed: a name; {REFUSED}"],
    ),
    Case("hpa-metric-is-complete", "one of each", [one(", ".join(SOUND))]),
    Case(
        "hpa-metric-is-complete",
        "the words of an older API",
        [
            one("{type: Resource, resource: {name: cpu, targetAverageUtilization: 70}}")
            | {"apiVersion": "autoscaling/v2beta1"},
            obj("HorizontalPodAutoscaler", "api", "{maxReplicas: 3, targetCPUUtilizationPercentage: 70}")
            | {"apiVersion": "autoscaling/v1"},
        ],
    ),
    Case(
        "hpa-target-has-figure",
        "none",
        [one("{type: Resource, resource: {name: cpu, target: {type: Utilization}}}")],
        [f"{METRIC}.resource.target.averageUtilization is missing; allowed: a figure above 0; {REFUSED}"],
    ),
    Case(
        "hpa-target-has-figure",
        "zero percent",
        [one("{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 0}}}")],
        [f"{METRIC}.resource.target.averageUtilization is 0; allowed: a figure above 0; {REFUSED}"],
    ),
    Case(
        "hpa-target-has-figure",
        "the figure of another type",
        [one("{type: Resource, resource: {name: memory, target: {type: AverageValue, averageUtilization: 80}}}")],
        [f"{METRIC}.resource.target.averageValue is missing; allowed: a figure above 0; {REFUSED}"],
    ),
    Case(
        "hpa-target-has-figure",
        "a type that the metric does not take",
        [one("{type: Pods, pods: {metric: {name: rate}, target: {type: Utilization, averageUtilization: 80}}}")],
        [f'{METRIC}.pods.target.type is "Utilization"; allowed: one of AverageValue; {REFUSED}'],
    ),
    Case(
        "hpa-target-has-figure",
        "no type",
        [one("{type: External, external: {metric: {name: queue}, target: {averageValue: 30}}}")],
        [f"{METRIC}.external.target.type is missing; allowed: one of Value, AverageValue; {REFUSED}"],
    ),
    Case(
        "hpa-target-has-figure",
        "no quantity",
        [one("{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1gb}}}")],
        [f'{METRIC}.resource.target.averageValue is "1gb"; allowed: a figure above 0; {REFUSED}'],
    ),
    Case("hpa-target-has-figure", "one of each", [one(", ".join(SOUND))]),
    Case(
        "hpa-target-has-figure",
        "still to be filled in",
        [one("{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: '${SHARE}'}}}")],
    ),
]
