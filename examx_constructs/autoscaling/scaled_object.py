"""KEDA's ScaledObject: any triggers, and the HPA that KEDA makes of them."""

from collections.abc import Sequence

from cdk8s import ApiObjectMetadata
from constructs import Construct

from examx_constructs._objects import lean
from examx_constructs._strict import strict
from examx_constructs.autoscaling.target import API_VERSION, ScaleTarget, shares
from examx_constructs.imports import keda
from examx_constructs.settings import Duration, Fallback, Replicas, ScalingBehavior, SettingError, Utilization
from examx_constructs.settings.naming import scaled_object_name
from examx_constructs.settings.triggers import AnyTrigger, Trigger

# KEDA's own, said so that no upgrade changes them unseen (KEDA 2.17, ScaledObject specification).
_POLLING, _COOLDOWN = Duration("30s"), Duration("300s")


class TriggerAutoscaler(keda.ScaledObject):
    """A KEDA ScaledObject on any triggers: replicas are as many as the one asks for that asks for most.

    KEDA makes and owns the HPA (`keda-hpa-<name>`), so no other may exist for the target, and the target must not
    render `replicas`. `utilization` adds the CPU and memory of the pods, which can wake nothing from zero replicas.
    `polling_interval` paces the step from 0 to 1, and `cooldown` applies to the step from 1 to 0 alone.
    `fallback` is what KEDA assumes where triggers fail, but for cpu and memory.
    `paused_at` holds the number of replicas and stops scaling until it is taken out again (KEDA, pause autoscaling).

    `triggers` are what is counted: at least one, of any types.

    Raises SettingError where no trigger could wake the workload from zero.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: ScaleTarget,
        triggers: Sequence[AnyTrigger],
        replicas: Replicas,
        polling_interval: Duration = _POLLING,
        cooldown: Duration = _COOLDOWN,
        utilization: Utilization | None = None,
        behavior: ScalingBehavior | None = None,
        fallback: Fallback | None = None,
        paused_at: int | None = None,
    ) -> None:
        made = [each.trigger for each in triggers]
        resources = [_share(name, share) for name, share in shares(utilization).items()] if utilization else []
        if not made and not resources:
            raise SettingError("TriggerAutoscaler.triggers", (), "it must name one: KEDA refuses an object without any")
        if replicas.minimum < 1 and all(each.type in _RESOURCES for each in made):
            raise SettingError(
                "TriggerAutoscaler.replicas.minimum",
                replicas.minimum,
                "the least is 1: cpu and memory cannot be measured at zero, so nothing would wake the workload",
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
                        api_version=API_VERSION, kind=target.kind, name=target.name
                    ),
                    polling_interval=polling_interval.seconds,
                    cooldown_period=cooldown.seconds,
                    min_replica_count=replicas.minimum,
                    max_replica_count=replicas.maximum,
                    fallback=_fallback(fallback) if fallback else None,
                    advanced=keda.ScaledObjectSpecAdvanced(
                        horizontal_pod_autoscaler_config=keda.ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfig(
                            behavior=_keda_behavior(behavior or ScalingBehavior())
                        )
                    ),
                    triggers=[_trigger(each) for each in (*made, *resources)],
                )
            ),
        )


_RESOURCES = ("cpu", "memory")


def _share(name: str, share: int) -> Trigger:
    return Trigger(type=name, metadata={"value": str(share)}, metric_type="Utilization")


def _trigger(of: Trigger) -> keda.ScaledObjectSpecTriggers:
    # KEDA's own kind is left out.
    kind = None if of.authentication_kind == "TriggerAuthentication" else of.authentication_kind
    return keda.ScaledObjectSpecTriggers(
        type=of.type,
        name=of.name,
        metric_type=of.metric_type,
        metadata=dict(of.metadata),
        use_cached_metrics=True if of.cached else None,
        authentication_ref=keda.ScaledObjectSpecTriggersAuthenticationRef(name=of.authentication, kind=kind)
        if of.authentication
        else None,
    )


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
