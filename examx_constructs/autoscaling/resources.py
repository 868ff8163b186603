"""The HorizontalPodAutoscaler: on what pods use, and on other metrics."""

from collections.abc import Sequence

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import match as labels_match
from examx_constructs._objects import metadata, quantity
from examx_constructs._strict import strict
from examx_constructs.autoscaling.target import API_VERSION, ScaleTarget, shares
from examx_constructs.settings import Quantity, Replicas, ScalingBehavior, SettingError, Utilization
from examx_constructs.settings.metrics import AnyMetric, ContainerMetric, ExternalMetric, ObjectMetric, PodsMetric
from examx_constructs.settings.naming import autoscaler_name


class ResourceAutoscaler(k8s.KubeHorizontalPodAutoscalerV2):
    """A HorizontalPodAutoscaler on CPU, memory or both, as shares of the pods' requests: `<workload>-pod-autoscaler`.

    `metrics` are others beside these. Of all, the one counts that asks for most.

    `replicas` are the least and the most that it sets.

    Raises SettingError for a minimum of zero, which only KEDA can scale to.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: ScaleTarget,
        replicas: Replicas,
        utilization: Utilization | None = None,
        metrics: Sequence[AnyMetric] = (),
        behavior: ScalingBehavior | None = None,
    ) -> None:
        if replicas.minimum < 1:
            raise SettingError(
                "ResourceAutoscaler.replicas.minimum", replicas.minimum, "the least is 1: an HPA cannot scale to zero"
            )
        super().__init__(
            scope,
            id,
            metadata=metadata(autoscaler_name(target.name), labels=target.labels),
            spec=k8s.HorizontalPodAutoscalerSpecV2(
                scale_target_ref=k8s.CrossVersionObjectReferenceV2(
                    api_version=API_VERSION, kind=target.kind, name=target.name
                ),
                min_replicas=replicas.minimum,
                max_replicas=replicas.maximum,
                metrics=[
                    *(_resource_metric(name, share) for name, share in shares(utilization or Utilization()).items()),
                    *map(_metric, metrics),
                ],
                behavior=_behavior(behavior or ScalingBehavior()),
            ),
        )


def _resource_metric(name: str, share: int) -> k8s.MetricSpecV2:
    return k8s.MetricSpecV2(
        type="Resource",
        resource=k8s.ResourceMetricSourceV2(
            name=name, target=k8s.MetricTargetV2(type="Utilization", average_utilization=share)
        ),
    )


def _metric(of: AnyMetric) -> k8s.MetricSpecV2:
    match of:
        case ContainerMetric():
            target = k8s.MetricTargetV2(type="Utilization", average_utilization=of.utilization)
            source = k8s.ContainerResourceMetricSourceV2(container=of.container, name=of.resource, target=target)
            return k8s.MetricSpecV2(type="ContainerResource", container_resource=source)
        case PodsMetric():
            source = k8s.PodsMetricSourceV2(metric=_named(of), target=_target(of.target, of_all=False))
            return k8s.MetricSpecV2(type="Pods", pods=source)
        case ObjectMetric():
            described = k8s.CrossVersionObjectReferenceV2(api_version=of.api_version, kind=of.kind, name=of.object)
            target = _target(of.target, of_all=of.of_all)
            source = k8s.ObjectMetricSourceV2(metric=_named(of), described_object=described, target=target)
            return k8s.MetricSpecV2(type="Object", object=source)
        case _:
            source = k8s.ExternalMetricSourceV2(metric=_named(of), target=_target(of.target, of_all=of.of_all))
            return k8s.MetricSpecV2(type="External", external=source)


def _named(of: PodsMetric | ObjectMetric | ExternalMetric) -> k8s.MetricIdentifierV2:
    return k8s.MetricIdentifierV2(name=of.name, selector=labels_match(of.labels) if of.labels else None)


def _target(amount: Quantity, *, of_all: bool) -> k8s.MetricTargetV2:
    if of_all:
        return k8s.MetricTargetV2(type="Value", value=quantity(amount))
    return k8s.MetricTargetV2(type="AverageValue", average_value=quantity(amount))


def _behavior(behavior: ScalingBehavior) -> k8s.HorizontalPodAutoscalerBehaviorV2:
    def policy(kind: str, value: int) -> k8s.HpaScalingPolicyV2:
        return k8s.HpaScalingPolicyV2(type=kind, value=value, period_seconds=behavior.period.seconds)

    return k8s.HorizontalPodAutoscalerBehaviorV2(
        scale_down=k8s.HpaScalingRulesV2(
            stabilization_window_seconds=behavior.scale_down_window.seconds,
            policies=[policy("Percent", behavior.scale_down_percent)],
        ),
        scale_up=k8s.HpaScalingRulesV2(
            stabilization_window_seconds=behavior.scale_up_window.seconds,
            select_policy="Max",
            policies=[policy("Percent", behavior.scale_up_percent), policy("Pods", behavior.scale_up_pods)],
        ),
    )
