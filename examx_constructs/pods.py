"""What every pod shares: its security context, its volumes, its placement. All pods of the library are built here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cdk8s_plus_27 import k8s

from examx_constructs._objects import match, number, quantity, text
from examx_constructs.settings import Duration, ImageReference, Quantity, Resources

USER = 10001
"""The fixed uid and gid of every container, above 10000 so that it is no user of the node."""


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A volume and where one container sees it. A claim template of a StatefulSet brings its own volume (None)."""

    volume: k8s.Volume | None
    mount: k8s.VolumeMount


def scratch(name: str, path: str, size: Quantity, *, in_memory: bool = False) -> Mount:
    """An empty directory that lives as long as the pod: the only writable places beside mounted storage.

    In memory it counts towards the container's memory limit. A pod that outgrows `size` is evicted.
    """
    return Mount(
        volume=k8s.Volume(
            name=name,
            empty_dir=k8s.EmptyDirVolumeSource(medium="Memory" if in_memory else None, size_limit=quantity(size)),
        ),
        mount=k8s.VolumeMount(name=name, mount_path=path),
    )


def config_map(name: str, config_map_name: str, path: str) -> Mount:
    """The files of a ConfigMap, read-only."""
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


def container(
    *,
    name: str,
    image: ImageReference,
    command: Sequence[str],
    resources: Resources,
    mounts: Iterable[Mount] = (),
    variables: Iterable[k8s.EnvVar] = (),
    ports: Mapping[str, int] | None = None,
    probes: Probes | None = None,
    pre_stop_pause: Duration | None = None,
) -> k8s.Container:
    """A container under the Pod Security Standard `restricted`, with a read-only root file system."""
    probes = probes or Probes()
    return k8s.Container(
        name=name,
        image=str(image),
        # A tag names one build for ever, so a node that has it need not ask the registry again to start a pod.
        image_pull_policy="IfNotPresent",
        command=list(command),
        env=list(variables) or None,
        ports=[k8s.ContainerPort(name=key, container_port=port, protocol="TCP") for key, port in (ports or {}).items()]
        or None,
        resources=requirements(resources),
        startup_probe=probes.startup,
        readiness_probe=probes.readiness,
        liveness_probe=probes.liveness,
        lifecycle=_pause(pre_stop_pause) if pre_stop_pause else None,
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            capabilities=k8s.Capabilities(drop=["ALL"]),
            read_only_root_filesystem=True,
        ),
        volume_mounts=[each.mount for each in mounts] or None,
    )


def requirements(resources: Resources) -> k8s.ResourceRequirements:
    """A container's requests and limits."""
    return k8s.ResourceRequirements(
        requests=_amounts(resources.cpu_request, resources.memory_request),
        limits=_amounts(resources.cpu_limit, resources.memory_limit),
    )


def _amounts(cpu: Quantity, memory: Quantity) -> dict[str, k8s.Quantity]:
    return {"cpu": quantity(cpu), "memory": quantity(memory)}


def _pause(pause: Duration) -> k8s.Lifecycle:
    # `lifecycle.sleep` would need no program in the image, but Kubernetes has it only since 1.30.
    return k8s.Lifecycle(pre_stop=k8s.LifecycleHandler(exec=k8s.ExecAction(command=["sleep", str(pause.seconds)])))


def variables(values: Mapping[str, str]) -> list[k8s.EnvVar]:
    """Plain environment variables."""
    return [k8s.EnvVar(name=name, value=text) for name, text in values.items()]


def http_probe(
    path: str,
    port: int,
    *,
    headers: Mapping[str, str] | None = None,
    period: Duration,
    timeout: Duration,
    failures: int,
) -> k8s.Probe:
    """A GET that must be answered with a status below 400."""
    return k8s.Probe(
        http_get=k8s.HttpGetAction(
            path=path,
            port=number(port),
            http_headers=[k8s.HttpHeader(name=name, value=text) for name, text in (headers or {}).items()] or None,
        ),
        period_seconds=period.seconds,
        timeout_seconds=timeout.seconds,
        failure_threshold=failures,
    )


def tcp_probe(port: int, *, period: Duration, timeout: Duration, failures: int) -> k8s.Probe:
    """A connection that must be accepted."""
    return k8s.Probe(
        tcp_socket=k8s.TcpSocketAction(port=number(port)),
        period_seconds=period.seconds,
        timeout_seconds=timeout.seconds,
        failure_threshold=failures,
    )


def exec_probe(command: Sequence[str], *, period: Duration, timeout: Duration, failures: int) -> k8s.Probe:
    """A command that must end with status 0."""
    return k8s.Probe(
        exec=k8s.ExecAction(command=list(command)),
        period_seconds=period.seconds,
        timeout_seconds=timeout.seconds,
        failure_threshold=failures,
    )


def spread(
    selector: Mapping[str, str], *, own_node_each: bool = False, by_revision: bool = False
) -> list[k8s.TopologySpreadConstraint]:
    """Pods apart: over zones first, then over nodes. For workloads that may have more than one replica.

    `own_node_each` refuses to put two of them on one node; otherwise both are preferences, which never block a rollout.
    `by_revision` spreads a Deployment's new pods among themselves, whatever the old ones still take up.
    """
    return [
        _spread_over("topology.kubernetes.io/zone", selector, strict=False, by_revision=by_revision),
        _spread_over("kubernetes.io/hostname", selector, strict=own_node_each, by_revision=by_revision),
    ]


def _spread_over(
    topology_key: str, selector: Mapping[str, str], *, strict: bool, by_revision: bool
) -> k8s.TopologySpreadConstraint:
    return k8s.TopologySpreadConstraint(
        max_skew=1,
        topology_key=topology_key,
        when_unsatisfiable="DoNotSchedule" if strict else "ScheduleAnyway",
        label_selector=match(selector),
        match_label_keys=["pod-template-hash"] if by_revision else None,
    )


def rolling_update() -> k8s.DeploymentStrategy:
    """Replace pods without ever having fewer than before."""
    return k8s.DeploymentStrategy(
        type="RollingUpdate",
        rolling_update=k8s.RollingUpdateDeployment(max_surge=text("25%"), max_unavailable=number(0)),
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
) -> k8s.PodTemplateSpec:
    """A pod of these containers; `mounts` are those of all containers together, each volume rendered once.

    `node_labels` restrict where it may run, such as to the architecture that its image was built for.
    """
    volumes = {each.volume.name: each.volume for each in mounts if each.volume}
    return k8s.PodTemplateSpec(
        metadata=k8s.ObjectMeta(labels=dict(labels), annotations=dict(annotations) if annotations else None),
        spec=k8s.PodSpec(
            service_account_name=service_account,
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=k8s.PodSecurityContext(
                run_as_non_root=True,
                run_as_user=USER,
                run_as_group=USER,
                fs_group=USER,
                fs_group_change_policy="OnRootMismatch",
                seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
            ),
            node_selector=dict(node_labels) if node_labels else None,
            topology_spread_constraints=list(spread) or None,
            termination_grace_period_seconds=grace_period.seconds,
            init_containers=list(init_containers) or None,
            containers=list(containers),
            volumes=list(volumes.values()) or None,
        ),
    )
