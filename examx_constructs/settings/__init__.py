"""What an environment is: typed, frozen, validated values. Imports no cdk8s, so it loads without Node."""

from examx_constructs.settings._value import ConfigurationError, SettingError
from examx_constructs.settings.autoscaling import Fallback, Replicas, ScalingBehavior, Utilization
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.environment import Access, Environment
from examx_constructs.settings.guest import Guest
from examx_constructs.settings.image import ImageReference
from examx_constructs.settings.ingress import (
    AccessLogs,
    ClientTls,
    ClientTlsOff,
    ClientTlsPassthrough,
    ClientTlsVerify,
    Frontend,
    IngressGroup,
    IngressSettings,
)
from examx_constructs.settings.limits import NamespaceLimits, PodGroup
from examx_constructs.settings.network import ClusterService, ExternalFlow, NetworkSettings
from examx_constructs.settings.nginx import NginxSettings
from examx_constructs.settings.quantity import Quantity
from examx_constructs.settings.queue import Backlog, Queue
from examx_constructs.settings.redis import (
    ExternalRedis,
    RedisAddress,
    RedisPersistence,
    RedisShape,
    ReplicatedRedis,
    SentinelAddress,
    StandaloneRedis,
)
from examx_constructs.settings.resources import Resources
from examx_constructs.settings.scratch import ScratchSizes
from examx_constructs.settings.secrets import KubernetesSecret, SecretFile, SecretsManagerSecret
from examx_constructs.settings.storage import EfsClaim, EfsStorageClass, EfsVolume
from examx_constructs.settings.telemetry import Profiling, SpanBatches, Telemetry
from examx_constructs.settings.workloads import BackendSettings, Rollout

__all__ = [
    "Access",
    "AccessLogs",
    "BackendSettings",
    "Backlog",
    "ClientTls",
    "ClientTlsOff",
    "ClientTlsPassthrough",
    "ClientTlsVerify",
    "ClusterService",
    "ConfigurationError",
    "Duration",
    "EfsClaim",
    "EfsStorageClass",
    "EfsVolume",
    "Environment",
    "ExternalFlow",
    "ExternalRedis",
    "Fallback",
    "Frontend",
    "Guest",
    "ImageReference",
    "IngressGroup",
    "IngressSettings",
    "KubernetesSecret",
    "NamespaceLimits",
    "NetworkSettings",
    "NginxSettings",
    "PodGroup",
    "Profiling",
    "Quantity",
    "Queue",
    "RedisAddress",
    "RedisPersistence",
    "RedisShape",
    "Replicas",
    "ReplicatedRedis",
    "Resources",
    "Rollout",
    "ScalingBehavior",
    "ScratchSizes",
    "SecretFile",
    "SecretsManagerSecret",
    "SentinelAddress",
    "SettingError",
    "SpanBatches",
    "StandaloneRedis",
    "Telemetry",
    "Utilization",
]
