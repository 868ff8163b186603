"""What scales, on which signals: the HorizontalPodAutoscaler for resources, KEDA's ScaledObject for queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdk8s import ApiObjectMetadata
from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import lean, metadata, namespace_of
from examx_constructs.imports import keda
from examx_constructs.settings import (
    Backlog,
    Fallback,
    Queue,
    RedisAddress,
    Replicas,
    ScalingBehavior,
    SentinelAddress,
    SettingError,
    Utilization,
)
from examx_constructs.settings.naming import autoscaler_name, scaled_object_name


@dataclass(frozen=True, kw_only=True)
class ScaleTarget:
    """A workload that may be scaled, and its labels, which its autoscaler shares."""

    workload: k8s.KubeDeployment | k8s.KubeStatefulSet
    labels: Mapping[str, str]
    name: str = ""
    """The workload's name. Left out, the workload is asked, which takes a message to Node."""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.workload.name)

    @property
    def kind(self) -> str:
        """The workload's kind. Its API version is apps/v1 either way."""
        return "Deployment" if isinstance(self.workload, k8s.KubeDeployment) else "StatefulSet"


_API_VERSION = "apps/v1"


class ResourceAutoscaler(k8s.KubeHorizontalPodAutoscalerV2):
    """A HorizontalPodAutoscaler on CPU, memory or both, as shares of the pods' requests: `<workload>-pod-autoscaler`.

    Raises SettingError for a minimum of zero, which only KEDA can scale to.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: ScaleTarget,
        replicas: Replicas,
        utilization: Utilization | None = None,
        behavior: ScalingBehavior | None = None,
    ) -> None:
        if replicas.minimum < 1:
            raise SettingError(
                "ResourceAutoscaler.replicas.minimum", replicas.minimum, "the least is 1: an HPA can not scale to zero"
            )
        super().__init__(
            scope,
            id,
            metadata=metadata(autoscaler_name(target.name), labels=target.labels),
            spec=k8s.HorizontalPodAutoscalerSpecV2(
                scale_target_ref=k8s.CrossVersionObjectReferenceV2(
                    api_version=_API_VERSION, kind=target.kind, name=target.name
                ),
                min_replicas=replicas.minimum,
                max_replicas=replicas.maximum,
                metrics=[
                    _resource_metric(name, share) for name, share in _shares(utilization or Utilization()).items()
                ],
                behavior=_behavior(behavior or ScalingBehavior()),
            ),
        )


def _shares(utilization: Utilization) -> dict[str, int]:
    shares = {"cpu": utilization.cpu, "memory": utilization.memory}
    return {name: share for name, share in shares.items() if share is not None}


def _resource_metric(name: str, share: int) -> k8s.MetricSpecV2:
    return k8s.MetricSpecV2(
        type="Resource",
        resource=k8s.ResourceMetricSourceV2(
            name=name, target=k8s.MetricTargetV2(type="Utilization", average_utilization=share)
        ),
    )


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


class RedisTriggerAuthentication(Construct):
    """How KEDA's scalers get the password of Redis: from a Kubernetes Secret, never from a trigger's metadata.

    `parameters`: which parameters of the scaler have it; Sentinels ask for `sentinelPassword` (KEDA 2.17 and 2.20,
    redis_scaler.go).
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        secret: str,
        key: str,
        parameters: Sequence[str] = ("password",),
    ) -> None:
        super().__init__(scope, id)
        self.name = name
        self.trigger_authentication = keda.TriggerAuthentication(
            self,
            "trigger-authentication",
            metadata=ApiObjectMetadata(name=name),
            spec=keda.TriggerAuthenticationSpec(
                secret_target_ref=[
                    keda.TriggerAuthenticationSpecSecretTargetRef(parameter=each, name=secret, key=key)
                    for each in parameters
                ]
            ),
        )


class QueueAutoscaler(keda.ScaledObject):
    """A KEDA ScaledObject: replicas follow a queue's backlog, CPU and memory, whichever asks for most.

    KEDA makes and owns the HPA (`keda-hpa-<name>`), so no other may exist for the target, and the target must not
    render `replicas`. Backlog: ceil(list length / `queue.list_length`) replicas. Address and list come from the same
    values as the worker's. Where the queue has a `backlog`, Prometheus is asked for it instead. `behavior` is the
    queue's own unless another is given. `fallback` applies to the queue's trigger only.

    `paused_at` holds the number of replicas and stops scaling until it is taken out again (KEDA, pause autoscaling).
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: ScaleTarget,
        queue: Queue,
        redis: RedisAddress | SentinelAddress,
        authentication: RedisTriggerAuthentication | None = None,
        utilization: Utilization | None = None,
        behavior: ScalingBehavior | None = None,
        fallback: Fallback | None = None,
        paused_at: int | None = None,
    ) -> None:
        if redis.authenticated and authentication is None and queue.backlog is None:
            raise SettingError(
                "QueueAutoscaler.authentication", None, "it must be given: this Redis asks for a password"
            )
        pause = {"autoscaling.keda.sh/paused-replicas": str(paused_at)} if paused_at is not None else None
        super().__init__(
            scope,
            id,
            metadata=ApiObjectMetadata(
                name=scaled_object_name(target.name), labels=dict(target.labels), annotations=pause
            ),
            spec=lean(
                keda.ScaledObjectSpec(
                    scale_target_ref=keda.ScaledObjectSpecScaleTargetRef(
                        api_version=_API_VERSION, kind=target.kind, name=target.name
                    ),
                    polling_interval=queue.polling_interval.seconds,
                    cooldown_period=queue.cooldown.seconds,
                    min_replica_count=queue.replicas.minimum,
                    max_replica_count=queue.replicas.maximum,
                    fallback=_fallback(fallback) if fallback else None,
                    advanced=keda.ScaledObjectSpecAdvanced(
                        horizontal_pod_autoscaler_config=keda.ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfig(
                            behavior=_keda_behavior(behavior or queue.behavior)
                        )
                    ),
                    triggers=[
                        _backlog_trigger(queue, queue.backlog, namespace_of(scope, "QueueAutoscaler"))
                        if queue.backlog
                        else _queue_trigger(queue, redis, authentication),
                        *(
                            _resource_trigger(name, share)
                            for name, share in _shares(utilization or Utilization()).items()
                        ),
                    ],
                )
            ),
        )


def _queue_trigger(
    queue: Queue, redis: RedisAddress | SentinelAddress, authentication: RedisTriggerAuthentication | None
) -> keda.ScaledObjectSpecTriggers:
    return keda.ScaledObjectSpecTriggers(
        type=redis.trigger_type,
        metric_type="AverageValue",
        metadata={**redis.trigger_metadata, "listName": queue.name, "listLength": str(queue.list_length)},
        authentication_ref=keda.ScaledObjectSpecTriggersAuthenticationRef(name=authentication.name)
        if authentication
        else None,
    )


def _backlog_trigger(queue: Queue, backlog: Backlog, namespace: str) -> keda.ScaledObjectSpecTriggers:
    return keda.ScaledObjectSpecTriggers(
        type="prometheus",
        metric_type="AverageValue",
        metadata={
            "serverAddress": backlog.server,
            "query": backlog.query(queue.name, namespace),
            "threshold": str(backlog.threshold),
            # No answer counts as an error, which holds what runs; KEDA's default takes it for an empty queue.
            "ignoreNullValues": "false",
            **({"authModes": ",".join(backlog.auth_modes)} if backlog.auth_modes else {}),
        },
        authentication_ref=keda.ScaledObjectSpecTriggersAuthenticationRef(name=backlog.authentication)
        if backlog.authentication
        else None,
    )


def _resource_trigger(name: str, share: int) -> keda.ScaledObjectSpecTriggers:
    return keda.ScaledObjectSpecTriggers(type=name, metric_type="Utilization", metadata={"value": str(share)})


def _fallback(fallback: Fallback) -> keda.ScaledObjectSpecFallback:
    return keda.ScaledObjectSpecFallback(
        failure_threshold=fallback.failure_threshold,
        replicas=fallback.replicas,
        behavior=_FALLBACK_BEHAVIORS[fallback.behavior],
    )


_FALLBACK_BEHAVIORS = {
    "static": keda.ScaledObjectSpecFallbackBehavior.STATIC,
    "currentReplicas": keda.ScaledObjectSpecFallbackBehavior.CURRENT_REPLICAS,
    "currentReplicasIfHigher": keda.ScaledObjectSpecFallbackBehavior.CURRENT_REPLICAS_IF_HIGHER,
    "currentReplicasIfLower": keda.ScaledObjectSpecFallbackBehavior.CURRENT_REPLICAS_IF_LOWER,
}

_KedaBehavior = keda.ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehavior
_KedaScaleDown = keda.ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehaviorScaleDown
_KedaScaleDownPolicy = keda.ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehaviorScaleDownPolicies
_KedaScaleUp = keda.ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehaviorScaleUp
_KedaScaleUpPolicy = keda.ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehaviorScaleUpPolicies


def _keda_behavior(behavior: ScalingBehavior) -> _KedaBehavior:
    period = behavior.period.seconds
    return _KedaBehavior(
        scale_down=_KedaScaleDown(
            stabilization_window_seconds=behavior.scale_down_window.seconds,
            policies=[_KedaScaleDownPolicy(type="Percent", value=behavior.scale_down_percent, period_seconds=period)],
        ),
        scale_up=_KedaScaleUp(
            stabilization_window_seconds=behavior.scale_up_window.seconds,
            select_policy="Max",
            policies=[
                _KedaScaleUpPolicy(type="Percent", value=behavior.scale_up_percent, period_seconds=period),
                _KedaScaleUpPolicy(type="Pods", value=behavior.scale_up_pods, period_seconds=period),
            ],
        ),
    )
