"""What an environment is: typed, frozen, validated values. Imports no cdk8s, so it loads without Node.

Names load on first use (PEP 562): rules on manifests need the names of annotations from here, and none of the types.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from examx_constructs.settings.application import Application
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
    from examx_constructs.settings.refusal import ConfigurationError, SettingError
    from examx_constructs.settings.resources import Resources
    from examx_constructs.settings.scratch import ScratchSizes
    from examx_constructs.settings.secrets import KubernetesSecret, SecretFile, SecretsManagerSecret
    from examx_constructs.settings.storage import EfsClaim, EfsStorageClass, EfsVolume
    from examx_constructs.settings.telemetry import Profiling, SpanBatches, Telemetry
    from examx_constructs.settings.workloads import BackendSettings, Rollout

_HOMES = {
    "application": ("Application",),
    "autoscaling": (
        "Fallback",
        "Replicas",
        "ScalingBehavior",
        "Utilization",
    ),
    "duration": ("Duration",),
    "environment": (
        "Access",
        "Environment",
    ),
    "guest": ("Guest",),
    "image": ("ImageReference",),
    "ingress": (
        "AccessLogs",
        "ClientTls",
        "ClientTlsOff",
        "ClientTlsPassthrough",
        "ClientTlsVerify",
        "Frontend",
        "IngressGroup",
        "IngressSettings",
    ),
    "limits": (
        "NamespaceLimits",
        "PodGroup",
    ),
    "network": (
        "ClusterService",
        "ExternalFlow",
        "NetworkSettings",
    ),
    "nginx": ("NginxSettings",),
    "quantity": ("Quantity",),
    "queue": (
        "Backlog",
        "Queue",
    ),
    "redis": (
        "ExternalRedis",
        "RedisAddress",
        "RedisPersistence",
        "RedisShape",
        "ReplicatedRedis",
        "SentinelAddress",
        "StandaloneRedis",
    ),
    "refusal": (
        "ConfigurationError",
        "SettingError",
    ),
    "resources": ("Resources",),
    "scratch": ("ScratchSizes",),
    "secrets": (
        "KubernetesSecret",
        "SecretFile",
        "SecretsManagerSecret",
    ),
    "storage": (
        "EfsClaim",
        "EfsStorageClass",
        "EfsVolume",
    ),
    "telemetry": (
        "Profiling",
        "SpanBatches",
        "Telemetry",
    ),
    "workloads": (
        "BackendSettings",
        "Rollout",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Access",
    "AccessLogs",
    "Application",
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


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
