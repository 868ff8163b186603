"""Typed cdk8s constructs for ExamX-V2.

Every public name can be imported from here. Names load on first use (PEP 562), because importing a construct starts
Node: `examx_constructs.settings`, `.environments` and `.checks` load without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from examx_constructs.access import DeployerAccess, ObserverAccess, RestrictedNamespace, WorkloadIdentity
    from examx_constructs.admission import DeployerPolicy
    from examx_constructs.autoscaling import (
        QueueAutoscaler,
        RedisTriggerAuthentication,
        ResourceAutoscaler,
        ScaleTarget,
    )
    from examx_constructs.availability import DisruptionBudget
    from examx_constructs.backend import Backend
    from examx_constructs.celery import CeleryBeat, CeleryWorker
    from examx_constructs.chart import ExamxChart
    from examx_constructs.django import DjangoApp
    from examx_constructs.ingress import AlbIngress
    from examx_constructs.network import (
        DefaultDeny,
        ExternalFlows,
        GuestFlows,
        IncomingFromNetworks,
        InternalFlow,
        ServiceFlows,
    )
    from examx_constructs.nginx import NginxConfig
    from examx_constructs.pods import Mount
    from examx_constructs.quota import NamespaceQuota
    from examx_constructs.redis import ExternalServer, RedisConnection, ReplicatedServers, StandaloneServer
    from examx_constructs.secrets import AwsSecrets, ExistingSecret
    from examx_constructs.storage import EfsDirectory, EfsProvisioner, EfsStorage

_HOMES = {
    "access": ("DeployerAccess", "ObserverAccess", "RestrictedNamespace", "WorkloadIdentity"),
    "admission": ("DeployerPolicy",),
    "autoscaling": ("QueueAutoscaler", "RedisTriggerAuthentication", "ResourceAutoscaler", "ScaleTarget"),
    "availability": ("DisruptionBudget",),
    "backend": ("Backend",),
    "celery": ("CeleryBeat", "CeleryWorker"),
    "chart": ("ExamxChart",),
    "django": ("DjangoApp",),
    "ingress": ("AlbIngress",),
    "network": ("DefaultDeny", "ExternalFlows", "GuestFlows", "IncomingFromNetworks", "InternalFlow", "ServiceFlows"),
    "nginx": ("NginxConfig",),
    "pods": ("Mount",),
    "quota": ("NamespaceQuota",),
    "redis": ("ExternalServer", "RedisConnection", "ReplicatedServers", "StandaloneServer"),
    "secrets": ("AwsSecrets", "ExistingSecret"),
    "storage": ("EfsDirectory", "EfsProvisioner", "EfsStorage"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AlbIngress",
    "AwsSecrets",
    "Backend",
    "CeleryBeat",
    "CeleryWorker",
    "DefaultDeny",
    "DeployerAccess",
    "DeployerPolicy",
    "DisruptionBudget",
    "DjangoApp",
    "EfsDirectory",
    "EfsProvisioner",
    "EfsStorage",
    "ExamxChart",
    "ExistingSecret",
    "ExternalFlows",
    "ExternalServer",
    "GuestFlows",
    "IncomingFromNetworks",
    "InternalFlow",
    "Mount",
    "NamespaceQuota",
    "NginxConfig",
    "ObserverAccess",
    "QueueAutoscaler",
    "RedisConnection",
    "RedisTriggerAuthentication",
    "ReplicatedServers",
    "ResourceAutoscaler",
    "RestrictedNamespace",
    "ScaleTarget",
    "ServiceFlows",
    "StandaloneServer",
    "WorkloadIdentity",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
