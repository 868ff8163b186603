"""What a standalone server, a primary, a replica and a Sentinel have in common: a StatefulSet and its Service."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import match, metadata, namespace_of, pod_labels, quantity, text
from examx_constructs._templates import render
from examx_constructs.availability import never_on_one_node, one_for_each_node
from examx_constructs.extras import additions, with_sidecars
from examx_constructs.pods import (
    Additions,
    Mount,
    Probes,
    Timing,
    config_map,
    container,
    exec_probe,
    pod_template,
    scratch,
    tcp_probe,
    variables,
)
from examx_constructs.redis.connection import RedisUsers
from examx_constructs.redis.memory import memory_bounds
from examx_constructs.settings import (
    Application,
    Duration,
    ImageReference,
    PodExtras,
    Quantity,
    RedisPersistence,
    Resources,
)
from examx_constructs.settings.naming import application_selector, checked_name, component_selector, labels, selector
from examx_constructs.settings.pod_extras import NOTHING
from examx_constructs.settings.redis import USERS_KEEPER_RESOURCES

APPLICATION = "redis"
PODS = application_selector(APPLICATION)
"""The labels of every pod of Redis, Sentinels included."""

_FILES_PATH = "/etc/redis"
_GENERATED_PATH = "/run/redis"
_GRACE_PERIOD = Duration("60s")
"""Writing what is not on disk yet takes far less; Redis itself waits 10 s for replicas (`shutdown-timeout`)."""


def server_configuration(resources: Resources, *, persistent: bool) -> str:
    """Return the file `redis.conf`.

    It says where data are, how they are written, and how much of them fits the memory request.
    """
    return render(
        "redis/redis.conf",
        # Without a volume nothing is written, but the server still changes into a directory that is there.
        directory="/data" if persistent else _GENERATED_PATH,
        appendonly="yes" if persistent else "no",
        **memory_bounds(resources),
    )


@dataclass(frozen=True, kw_only=True)
class RedisProcess:
    """One kind of Redis process: its files, and which of them are run.

    `component`: server or sentinel, by which the pods of a kind find their placement and their disruption budget.

    `script` writes the configuration and becomes the process. The configuration holds what no manifest may or can, the
    password, the pod's own name, and who leads at the moment. A container that restarts gets a new one.

    `keeper`: the script that runs beside it for as long, and gives it changed passwords. `follows`: whether it is a
    copy of another server, or may be. `pre_stop`: a script that runs before it stops, for `leave_within` at most.
    """

    component: Literal["server", "sentinel"]
    files: Mapping[str, str]
    script: str
    port: int
    keeper: str = "passwords.sh"
    keeper_resources: Resources = USERS_KEEPER_RESOURCES
    follows: bool = False
    pre_stop: str | None = None
    leave_within: Duration | None = None


@dataclass(frozen=True, kw_only=True)
class RedisHardware:
    """What the processes of one kind run on."""

    image: ImageReference
    resources: Resources
    replicas: int | None
    """None where an autoscaler owns the number."""
    persistence: RedisPersistence | None = None
    apart: bool = False
    """Whether pods of the component, of this StatefulSet or another, must not all be on one node."""
    own_node_each: bool = False
    spot: bool = False


class RedisNodes(Construct):
    """A StatefulSet of Redis processes of one kind, the ConfigMap of their files, and their governing Service.

    `owner`: the application that it is a part of, and whose uid its processes have.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        process: RedisProcess,
        hardware: RedisHardware,
        users: RedisUsers,
        headless: bool,
        owner: Application,
        extras: PodExtras = NOTHING,
    ) -> None:
        super().__init__(scope, id)
        self.name = checked_name("RedisNodes.name", name)
        self.host = f"{name}.{namespace_of(scope, 'Redis')}.svc.cluster.local"
        self.labels = labels(
            application=APPLICATION,
            instance=name,
            component=process.component,
            part_of=owner.part_of or owner.name,
        )
        self.selector = selector(name)
        self.peers = component_selector(application=APPLICATION, component=process.component)
        self._pod_labels = pod_labels(scope, self.labels)
        self._process, self._hardware, self._users, self._owner = process, hardware, users, owner
        self._extras = extras
        self.config_map = k8s.KubeConfigMap(
            self, "config", metadata=metadata(f"{name}-config", labels=self.labels), data=dict(process.files)
        )
        self.service = self._service(headless=headless)
        self.stateful_set = self._stateful_set()

    @property
    def service_selector(self) -> dict[str, str]:
        """What a Service selects these pods by. It repeats what NetworkPolicies call Redis.

        The VPC CNI opens the way to a Service's address where its selector has what the policy asks for, not the labels
        of its pods.
        """
        return {**self.selector, **PODS}

    @property
    def _is_server(self) -> bool:
        return self._process.component == "server"

    def _service(self, *, headless: bool) -> k8s.KubeService:
        return k8s.KubeService(
            self,
            "service",
            metadata=metadata(self.name, labels=self.labels),
            spec=k8s.ServiceSpec(
                type="ClusterIP",
                cluster_ip="None" if headless else None,
                # The processes find each other by name before any of them is ready.
                publish_not_ready_addresses=True if headless else None,
                selector=self.service_selector,
                ports=[_service_port(self._process.port)],
            ),
        )

    def _stateful_set(self) -> k8s.KubeStatefulSet:
        hardware = self._hardware
        mounts = self._mounts()
        added = additions(self._extras, mounts)
        return with_sidecars(k8s.KubeStatefulSet, added)(
            self,
            "stateful-set",
            metadata=metadata(self.name, labels=self.labels, annotations=self._users.annotations),
            spec=k8s.StatefulSetSpec(
                replicas=hardware.replicas,
                service_name=self.name,
                selector=match(self.selector),
                pod_management_policy="Parallel",
                update_strategy=k8s.StatefulSetUpdateStrategy(type="RollingUpdate"),
                volume_claim_templates=[_claim(hardware.persistence)] if hardware.persistence else None,
                template=pod_template(
                    labels=self._pod_labels,
                    annotations={"checksum/config": _digest(self._process.files)},
                    grace_period=_with(self._process.leave_within),
                    spread=never_on_one_node(self.peers) if hardware.apart else (),
                    anti_affinity=one_for_each_node(self.peers) if hardware.own_node_each else None,
                    spot=hardware.spot,
                    user=self._owner.user,
                    mounts=mounts,
                    containers=[self._run(mounts, added), self._keeper(mounts)],
                    added=added,
                ),
            ),
        )

    def _mounts(self) -> list[Mount]:
        data = Mount(volume=None, mount=k8s.VolumeMount(name="data", mount_path="/data"))
        return [
            config_map("config", f"{self.name}-config", _FILES_PATH),
            scratch("generated", _GENERATED_PATH, Quantity("16Mi"), in_memory=True),
            self._users.server_mount,
            *([data] if self._hardware.persistence else []),
        ]

    def _run(self, mounts: Sequence[Mount], added: Additions) -> k8s.Container:
        process, port = self._process, self._process.port
        return container(
            name="redis",
            image=self._hardware.image,
            command=_sh(process.script),
            resources=self._hardware.resources,
            mounts=[*mounts, *added.mounts],
            variables=[*self._variables(), *added.variables],
            variable_sets=added.variable_sets,
            ports={"redis": port},
            pre_stop=_sh(process.pre_stop) if process.pre_stop else (),
            probes=Probes(
                readiness=exec_probe(
                    self._is_ready(), Timing(period=Duration("5s"), timeout=Duration("3s"), failures=3)
                ),
                liveness=tcp_probe(port, Timing(period=Duration("10s"), timeout=Duration("5s"), failures=6)),
            ),
        )

    def _is_ready(self) -> list[str]:
        """Ask for PONG: while it loads its data a server answers, but not with PONG: alive, not ready.

        A copy is ready in sync.
        """
        if self._process.follows:
            asked, answers = "INFO replication", r"'^role:master|^master_link_status:up'"
        else:
            asked, answers = "PING", "PONG"
        return ["sh", "-c", f"sh {_FILES_PATH}/cli.sh {asked} | grep -qE {answers}"]

    def _keeper(self, mounts: Sequence[Mount]) -> k8s.Container:
        # It says so after each look.
        looks = exec_probe(
            ["sh", "-c", f"find {_GENERATED_PATH}/keeper -mmin -1 | grep -q ."],
            Timing(period=Duration("20s"), timeout=Duration("5s"), failures=3),
        )
        return container(
            name="keeper",
            image=self._hardware.image,
            command=_sh(self._process.keeper),
            resources=self._process.keeper_resources,
            mounts=[each for each in mounts if each.mount.name != "data"],
            variables=self._variables(),
            probes=Probes(readiness=looks, liveness=looks),
        )

    def _variables(self) -> list[k8s.EnvVar]:
        # A server of its own needs no other.
        return variables({"GOVERNING_SERVICE": self.host} if self._needs_names else {})

    @property
    def _needs_names(self) -> bool:
        return "topology.sh" in self._process.files


def _with(leave_within: Duration | None) -> Duration:
    return leave_within + _GRACE_PERIOD if leave_within else _GRACE_PERIOD


def _sh(script: str) -> tuple[str, ...]:
    return ("sh", f"{_FILES_PATH}/{script}")


def _service_port(port: int) -> k8s.ServicePort:
    return k8s.ServicePort(name="redis", port=port, target_port=text("redis"), protocol="TCP")


def _digest(files: Mapping[str, str]) -> str:
    """Roll the pods when a file changes, as the processes read their files only at start."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{content}\0".encode())
    return digest.hexdigest()


def _claim(persistence: RedisPersistence) -> k8s.KubePersistentVolumeClaimProps:
    return k8s.KubePersistentVolumeClaimProps(
        metadata=metadata("data"),
        spec=k8s.PersistentVolumeClaimSpec(
            access_modes=["ReadWriteOnce"],
            resources=k8s.ResourceRequirements(requests={"storage": quantity(persistence.size)}),
            storage_class_name=persistence.storage_class,
        ),
    )
