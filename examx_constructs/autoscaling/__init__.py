"""What scales, on which signals: the HorizontalPodAutoscaler for resources, KEDA's ScaledObject for all else."""

from examx_constructs.autoscaling.authentication import RedisTriggerAuthentication as RedisTriggerAuthentication
from examx_constructs.autoscaling.queue import QueueAutoscaler as QueueAutoscaler
from examx_constructs.autoscaling.resources import ResourceAutoscaler as ResourceAutoscaler
from examx_constructs.autoscaling.scaled_object import TriggerAutoscaler as TriggerAutoscaler
from examx_constructs.autoscaling.target import ScaleTarget as ScaleTarget
