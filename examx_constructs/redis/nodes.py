"""What a standalone server, a primary, a replica and a Sentinel have in common: a StatefulSet and its Service."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import match, metadata, namespace_of, pod_labels, quantity, text
from examx_constructs.pods import (
    Mount,
    Probes,
    config_map,
    container,
    exec_probe,
    pod_template,
    scratch,
    spread,
    tcp_probe,
    variables,
)
from examx_constructs.redis.connection import RedisPassword
from examx_constructs.settings import Duration, ImageReference, Quantity, RedisPersistence, Resources
from examx_constructs.settings.naming import checked_name, labels, selector

APPLICATION = "redis"
PODS = {"app.kubernetes.io/name": APPLICATION}
"""The labels of every pod of Redis, Sentinels included."""

_FILES_PATH = "/etc/redis"
_GENERATED_PATH = "/run/redis"
_GRACE_PERIOD = Duration("60s")


@dataclass(frozen=True, kw_only=True)
class RedisProcess:
    """One kind of Redis process: its files, the script that writes its configuration, the command that starts it.

    The configuration is written by an init container, because it holds what no manifest may or can: the password, the
    pod's own name, and who is the primary at the moment.
    """

    files: Mapping[str, str]
    script: str
    command: Sequence[str]
    port: int


@dataclass(frozen=True, kw_only=True)
class RedisHardware:
    """What the processes of one kind run on."""

    image: ImageReference
    resources: Resources
    replicas: int | None
    """None where an autoscaler owns the number."""
    persistence: RedisPersistence | None = None
    own_node_each: bool = False


class RedisNodes(Construct):
    """A StatefulSet of Redis processes of one kind, the ConfigMap of their files, and their governing Service."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        process: RedisProcess,
        hardware: RedisHardware,
        password: RedisPassword | None,
        headless: bool,
    ) -> None:
        super().__init__(scope, id)
        self.name = checked_name("RedisNodes.name", name)
        self.host = f"{name}.{namespace_of(self, 'Redis')}.svc.cluster.local"
        self.labels = labels(application=APPLICATION, instance=name, component="redis")
        self.selector = selector(application=APPLICATION, instance=name)
        self._process, self._hardware, self._password = process, hardware, password
        self.config_map = k8s.KubeConfigMap(
            self, "config", metadata=metadata(f"{name}-config", labels=self.labels), data=dict(process.files)
        )
        self.service = self._service(headless=headless)
        self.stateful_set = self._stateful_set()

    def host_of(self, ordinal: int) -> str:
        """The name of one pod of a headless Service, the same after every restart."""
        return f"{self.name}-{ordinal}.{self.host}"

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
                selector=self.selector,
                ports=[_service_port(self._process.port)],
            ),
        )

    def _stateful_set(self) -> k8s.KubeStatefulSet:
        hardware = self._hardware
        mounts = self._mounts()
        return k8s.KubeStatefulSet(
            self,
            "stateful-set",
            metadata=metadata(self.name, labels=self.labels),
            spec=k8s.StatefulSetSpec(
                replicas=hardware.replicas,
                service_name=self.name,
                selector=match(self.selector),
                pod_management_policy="Parallel",
                update_strategy=k8s.StatefulSetUpdateStrategy(type="RollingUpdate"),
                volume_claim_templates=[_claim(hardware.persistence)] if hardware.persistence else None,
                template=pod_template(
                    labels=pod_labels(self, self.labels),
                    annotations={"checksum/config": _digest(self._process.files)},
                    grace_period=_GRACE_PERIOD,
                    spread=spread(self.selector, own_node_each=hardware.own_node_each)
                    if hardware.replicas != 1
                    else (),
                    mounts=mounts,
                    init_containers=[self._configure(mounts)],
                    containers=[self._run(mounts)],
                ),
            ),
        )

    def _mounts(self) -> list[Mount]:
        data = Mount(volume=None, mount=k8s.VolumeMount(name="data", mount_path="/data"))
        return [
            config_map("config", f"{self.name}-config", _FILES_PATH),
            scratch("generated", _GENERATED_PATH, Quantity("16Mi"), in_memory=True),
            *([self._password.mount] if self._password else []),
            *([data] if self._hardware.persistence else []),
        ]

    def _configure(self, mounts: Sequence[Mount]) -> k8s.Container:
        return container(
            name="configure",
            image=self._hardware.image,
            command=["sh", f"{_FILES_PATH}/{self._process.script}"],
            resources=self._hardware.resources,
            mounts=mounts,
            variables=variables({"GOVERNING_SERVICE": self.host}),
        )

    def _run(self, mounts: Sequence[Mount]) -> k8s.Container:
        port = self._process.port
        answers = ["sh", "-c", f"redis-cli -p {port} ping | grep -q PONG"]
        return container(
            name="redis",
            image=self._hardware.image,
            command=self._process.command,
            resources=self._hardware.resources,
            mounts=mounts,
            variables=[self._password.variable("REDISCLI_AUTH")] if self._password else [],
            ports={"redis": port},
            probes=Probes(
                # While it loads its data a server answers, but not with PONG: alive, not ready.
                readiness=exec_probe(answers, period=Duration("5s"), timeout=Duration("3s"), failures=3),
                liveness=tcp_probe(port, period=Duration("10s"), timeout=Duration("5s"), failures=6),
            ),
        )


def _service_port(port: int) -> k8s.ServicePort:
    return k8s.ServicePort(name="redis", port=port, target_port=text("redis"), protocol="TCP")


def _digest(files: Mapping[str, str]) -> str:
    """Rolls the pods when a file changes, as the processes read their files only at start."""
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
