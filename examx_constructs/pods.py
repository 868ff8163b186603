"""What every pod shares: its security context, its volumes, its probes. All pods of the library are built here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cdk8s_plus_27 import k8s

from examx_constructs._clashes import refuse_clashes
from examx_constructs._objects import lean, number, quantity, text
from examx_constructs._placement import affinity, tolerate_spot
from examx_constructs.settings import Duration, ImageReference, Quantity, Resources, SettingError
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.limits import SURGE_PERCENT
from examx_constructs.settings.naming import merged
from examx_constructs.settings.scratch import LOG_ROOM


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A volume and where one container sees it. A claim template of a StatefulSet brings its own volume (None).

    `disk`: how much of the node's disk it may fill.
    """

    volume: k8s.Volume | None
    """The volume of the pod."""
    mount: k8s.VolumeMount
    """The path in the container, and whether it may write there."""
    disk: Quantity | None = None


def scratch(name: str, path: str, size: Quantity, *, in_memory: bool = False) -> Mount:
    """Return an empty directory that lives as long as the pod: the only writable places beside mounted storage.

    In memory it counts towards the container's memory limit; on disk, the container requests it. A pod that outgrows
    `size` is evicted.
    """
    return Mount(
        volume=k8s.Volume(
            name=name,
            empty_dir=k8s.EmptyDirVolumeSource(medium="Memory" if in_memory else None, size_limit=quantity(size)),
        ),
        mount=k8s.VolumeMount(name=name, mount_path=path),
        disk=None if in_memory else size,
    )


def config_map(name: str, config_map_name: str, path: str) -> Mount:
    """Return the files of a ConfigMap, read-only."""
    return Mount(
        volume=k8s.Volume(name=name, config_map=k8s.ConfigMapVolumeSource(name=config_map_name)),
        mount=k8s.VolumeMount(name=name, mount_path=path, read_only=True),
    )


@dataclass(frozen=True, kw_only=True)
class Probes:
    """How the kubelet watches a container. Each is optional, none comes from a default."""

    startup: k8s.Probe | None = None
    readiness: k8s.Probe | None = None
    liveness: k8s.Probe | None = None


@dataclass(frozen=True, kw_only=True)
class Additions:
    """What a pod gets beside its workload's own, as `examx_constructs.extras.additions` makes it of a PodExtras.

    `variables`, `variable_sets` and `mounts` are for the container that runs the workload's program; the rest is the
    pod's, and goes to `pod_template`.
    """

    variables: Sequence[k8s.EnvVar] = ()
    variable_sets: Sequence[k8s.EnvFromSource] = ()
    mounts: Sequence[Mount] = ()
    volumes: Sequence[k8s.Volume] = ()
    native_sidecars: Sequence[k8s.Container] = ()
    init_containers: Sequence[k8s.Container] = ()
    sidecars: Sequence[k8s.Container] = ()
    tolerations: Sequence[k8s.Toleration] = ()
    nodes: k8s.NodeAffinity | None = None
    near: k8s.PodAffinity | None = None
    apart: k8s.PodAntiAffinity | None = None
    priority_class: str | None = None
    runtime_class: str | None = None
    image_pull_secrets: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])


_NOTHING = Additions()


def container(
    *,
    name: str,
    image: ImageReference,
    resources: Resources,
    command: Sequence[str] = (),
    arguments: Sequence[str] = (),
    mounts: Iterable[Mount] = (),
    variables: Iterable[k8s.EnvVar] = (),
    variable_sets: Iterable[k8s.EnvFromSource] = (),
    ports: Mapping[str, int] | None = None,
    probes: Probes | None = None,
    pre_stop: Sequence[str] = (),
) -> k8s.Container:
    """Return a container under the Pod Security Standard `restricted`, with a read-only root file system.

    It requests what it may fill of its node's disk, its scratch space and its logs. So the scheduler finds a node that
    has as much, and a node that runs out of disk evicts others first (Kubernetes documentation, Local ephemeral
    storage). Without a command it runs what its image says.
    """
    probes, mounts = probes or Probes(), list(mounts)
    disk = sum((each.disk for each in mounts if each.disk), LOG_ROOM)
    return k8s.Container(
        name=name,
        image=str(image),
        # A tag names one build for ever, so a node that has it need not ask the registry again to start a pod.
        image_pull_policy="IfNotPresent",
        command=list(command) or None,
        args=list(arguments) or None,
        env_from=list(variable_sets) or None,
        env=list(variables) or None,
        ports=[k8s.ContainerPort(name=key, container_port=port, protocol="TCP") for key, port in (ports or {}).items()]
        or None,
        resources=requirements(resources, disk=disk),
        startup_probe=probes.startup,
        readiness_probe=probes.readiness,
        liveness_probe=probes.liveness,
        lifecycle=_before_stop(pre_stop) if pre_stop else None,
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            capabilities=k8s.Capabilities(drop=["ALL"]),
            read_only_root_filesystem=True,
        ),
        volume_mounts=[each.mount for each in mounts] or None,
    )


def requirements(resources: Resources, *, disk: Quantity) -> k8s.ResourceRequirements:
    """Return a container's requests and limits. `disk` is requested only: each volume has a limit of its own."""
    return k8s.ResourceRequirements(
        requests={
            **_amounts(resources.cpu_request, resources.memory_request),
            "ephemeral-storage": quantity(disk),
        },
        limits=_amounts(resources.cpu_limit, resources.memory_limit),
    )


def _amounts(cpu: Quantity, memory: Quantity) -> dict[str, k8s.Quantity]:
    return {"cpu": quantity(cpu), "memory": quantity(memory)}


def _before_stop(command: Sequence[str]) -> k8s.Lifecycle:
    return k8s.Lifecycle(pre_stop=k8s.LifecycleHandler(exec=k8s.ExecAction(command=list(command))))


def pause(length: Duration) -> tuple[str, ...]:
    """Return a pre-stop command that goes on serving for a while.

    `lifecycle.sleep` exists only since Kubernetes 1.30.
    """
    return ("sleep", str(length.seconds))


def variables(values: Mapping[str, str]) -> list[k8s.EnvVar]:
    """Return plain environment variables."""
    return [k8s.EnvVar(name=name, value=text) for name, text in values.items()]


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How often a probe asks, how long it waits, how many failures in a row count.

    `kill_within`: the grace of a container that fails its liveness, instead of the pod's: what hangs makes no use of
    it.
    """

    period: Duration
    timeout: Duration
    failures: int
    kill_within: Duration | None = None


def http_probe(path: str, port: int, timing: Timing, headers: Mapping[str, str] | None = None) -> k8s.Probe:
    """Return a GET that must be answered with a status below 400."""
    return _probe(
        timing,
        http_get=k8s.HttpGetAction(
            path=path,
            port=number(port),
            http_headers=[k8s.HttpHeader(name=name, value=text) for name, text in (headers or {}).items()] or None,
        ),
    )


def tcp_probe(port: int, timing: Timing) -> k8s.Probe:
    """Return a connection that must be accepted."""
    return _probe(timing, tcp_socket=k8s.TcpSocketAction(port=number(port)))


def exec_probe(command: Sequence[str], timing: Timing) -> k8s.Probe:
    """Return a command that must end with status 0."""
    return _probe(timing, exec=k8s.ExecAction(command=list(command)))


def _probe(
    timing: Timing,
    *,
    http_get: k8s.HttpGetAction | None = None,
    tcp_socket: k8s.TcpSocketAction | None = None,
    exec: k8s.ExecAction | None = None,
) -> k8s.Probe:
    return k8s.Probe(
        http_get=http_get,
        tcp_socket=tcp_socket,
        exec=exec,
        period_seconds=timing.period.seconds,
        timeout_seconds=timing.timeout.seconds,
        failure_threshold=timing.failures,
        termination_grace_period_seconds=timing.kill_within.seconds if timing.kill_within else None,
    )


def rolling_update() -> k8s.DeploymentStrategy:
    """Replace pods without ever having fewer than before."""
    return k8s.DeploymentStrategy(
        type="RollingUpdate",
        rolling_update=k8s.RollingUpdateDeployment(max_surge=text(f"{SURGE_PERCENT}%"), max_unavailable=number(0)),
    )


def pod_template(
    *,
    labels: Mapping[str, str],
    containers: Sequence[k8s.Container],
    mounts: Iterable[Mount],
    grace_period: Duration,
    init_containers: Sequence[k8s.Container] = (),
    service_account: str | None = None,
    node_labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    spread: Sequence[k8s.TopologySpreadConstraint] = (),
    anti_affinity: k8s.PodAntiAffinity | None = None,
    spot: bool = False,
    user: int = EXAMX.user,
    restart_policy: str | None = None,
    added: Additions = _NOTHING,
    listens: Sequence[int] = (),
) -> k8s.PodTemplateSpec:
    """Return a pod of these containers; `mounts` are those of all containers together, each volume rendered once.

    `node_labels` restrict where it may run, such as to the architecture that its image was built for. `spot` prefers
    Spot capacity, and takes other nodes where there is none. `user` is the uid and gid of every container.
    `restart_policy` is Kubernetes' own, Always, unless a Job needs another.
    What is `added` comes last, but native sidecars, which start first. Raises SettingError where it clashes with what
    the pod has, and with a port that one of its programs `listens` to without saying so.
    """
    volumes = [*_volumes(mounts), *added.volumes]
    before = [*added.native_sidecars, *added.init_containers, *init_containers]
    together = [*containers, *added.sidecars]
    refuse_clashes(before, together, listens, (labels, added.labels), (annotations or {}, added.annotations))
    template = k8s.PodTemplateSpec(
        metadata=k8s.ObjectMeta(
            labels=merged(labels, added.labels) if added.labels else dict(labels),
            annotations=merged(annotations or {}, added.annotations) or None,
        ),
        spec=k8s.PodSpec(
            service_account_name=service_account,
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=k8s.PodSecurityContext(
                run_as_non_root=True,
                run_as_user=user,
                run_as_group=user,
                fs_group=user,
                fs_group_change_policy="OnRootMismatch",
                seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
            ),
            node_selector=dict(node_labels) if node_labels else None,
            affinity=affinity(spot=spot, nodes=added.nodes, near=added.near, apart=[anti_affinity, added.apart]),
            tolerations=[*(tolerate_spot() if spot else []), *added.tolerations] or None,
            priority_class_name=added.priority_class,
            runtime_class_name=added.runtime_class,
            image_pull_secrets=[k8s.LocalObjectReference(name=each) for each in added.image_pull_secrets] or None,
            topology_spread_constraints=list(spread) or None,
            termination_grace_period_seconds=grace_period.seconds,
            restart_policy=restart_policy,
            init_containers=before or None,
            containers=together,
            volumes=volumes or None,
        ),
    )
    return lean(template)


def _volumes(mounts: Iterable[Mount]) -> list[k8s.Volume]:
    volumes: dict[str, k8s.Volume] = {}
    for volume in (each.volume for each in mounts if each.volume):
        if volumes.setdefault(volume.name, volume) != volume:
            raise SettingError("volume", volume.name, "the name is taken by another volume of the pod")
    return list(volumes.values())
