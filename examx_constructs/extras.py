"""A PodExtras as the parts of a pod: the one place where they are rendered."""

import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from cdk8s import ApiObject
from cdk8s_plus_27 import k8s

from examx_constructs._objects import quantity
from examx_constructs._placed import apart_from_pods, near_pods, on_nodes, tolerated
from examx_constructs.pods import (
    Additions,
    Mount,
    Probes,
    Timing,
    container,
    exec_probe,
    http_probe,
    scratch,
    tcp_probe,
)
from examx_constructs.settings import (
    AllOfSecret,
    ClaimVolume,
    CommandProbe,
    ConfigMapVolume,
    ExtraContainer,
    FromConfigMap,
    FromField,
    FromResource,
    FromSecret,
    HttpProbe,
    PodExtras,
    ScratchVolume,
    SecretVolume,
    SettingError,
    TcpProbe,
    VolumeMount,
)
from examx_constructs.settings.extra_containers import ContainerProbe
from examx_constructs.settings.extra_volumes import ExtraVolume
from examx_constructs.settings.variable_sources import VariableSet, VariableSource

_Kind = TypeVar("_Kind", bound=ApiObject)


def additions(extras: PodExtras, own: Iterable[Mount]) -> Additions:
    """Return the parts for a pod whose workload has these mounts of its own, in all its containers.

    Raises SettingError for a volume's name that the workload has itself, a volume that no container mounts, and a mount
    of no volume.
    """
    volumes = _Volumes(extras.volumes, own)
    mounted = {each.volume for one in (extras, *extras.containers) for each in one.mounts}
    for each in extras.volumes:
        if each.name not in mounted:
            allowed = "it must be mounted by a container of the pod: none would see it, and the pod would wait for it"
            raise SettingError("PodExtras.volumes", each.name, allowed)
    return Additions(
        variables=_variables(extras.variables),
        variable_sets=_variable_sets(extras.variable_sets),
        volumes=volumes.extra,
        mounts=volumes.mounts(extras.mounts),
        native_sidecars=[_container(each, volumes) for each in extras.native_sidecars],
        init_containers=[_container(each, volumes) for each in extras.init_containers],
        sidecars=[_container(each, volumes) for each in extras.sidecars],
        tolerations=[tolerated(each) for each in extras.tolerations],
        nodes=on_nodes(extras.affinity),
        near=near_pods(extras.affinity),
        apart=apart_from_pods(extras.affinity),
        priority_class=extras.priority_class,
        runtime_class=extras.runtime_class,
        image_pull_secrets=extras.image_pull_secrets,
        labels=extras.labels,
        annotations=extras.annotations,
    )


def with_sidecars(
    kind: type[_Kind], added: Additions, *, pod: Sequence[str] = ("spec", "template", "spec")
) -> type[_Kind]:
    """Return the class of a workload whose native sidecars go on running. `pod`: where in it the spec of its pods is.

    It is `kind` itself where there are none. The structs of Kubernetes 1.27 have no `restartPolicy` of a container,
    which is of 1.28 (KEP-753). What is patched into an object of theirs they leave out when it is rendered
    (cdk8s-plus-27, k8s.ts, toJson of each class). So it is put in behind them.
    """
    count = len(added.native_sidecars)

    def to_json(self: _Kind) -> Any:  # noqa: ANN401 - so it is declared
        whole: Any = kind.to_json(self)
        spec = whole
        for key in pod:
            spec = spec[key]
        for each in spec["initContainers"][:count]:
            each["restartPolicy"] = "Always"
        return whole

    if not count:
        return kind
    made = types.new_class(kind.__name__, (kind,), exec_body=lambda names: names.update(to_json=to_json))
    return cast("type[_Kind]", made)


def _variables(given: Mapping[str, str | VariableSource]) -> list[k8s.EnvVar]:
    # In their order, for `$(NAME)` is filled in from those before.
    return [
        k8s.EnvVar(name=name, value=each) if isinstance(each, str) else k8s.EnvVar(name=name, value_from=_source(each))
        for name, each in given.items()
    ]


def _source(given: VariableSource) -> k8s.EnvVarSource:
    match given:
        case FromSecret():
            secret = k8s.SecretKeySelector(name=given.secret, key=given.key, optional=given.optional or None)
            return k8s.EnvVarSource(secret_key_ref=secret)
        case FromConfigMap():
            key = k8s.ConfigMapKeySelector(name=given.config_map, key=given.key, optional=given.optional or None)
            return k8s.EnvVarSource(config_map_key_ref=key)
        case FromField():
            # The API server adds the version where it is left out, and a comparison would show a change.
            return k8s.EnvVarSource(field_ref=k8s.ObjectFieldSelector(api_version="v1", field_path=given.path))
        case FromResource():
            amount = k8s.ResourceFieldSelector(resource=given.resource, divisor=quantity(given.divisor))
            return k8s.EnvVarSource(resource_field_ref=amount)


def _variable_sets(given: Sequence[VariableSet]) -> list[k8s.EnvFromSource]:
    return [_variable_set(each, each.prefix or None, optional=each.optional or None) for each in given]


def _variable_set(given: VariableSet, prefix: str | None, *, optional: bool | None) -> k8s.EnvFromSource:
    if isinstance(given, AllOfSecret):
        return k8s.EnvFromSource(prefix=prefix, secret_ref=k8s.SecretEnvSource(name=given.secret, optional=optional))
    source = k8s.ConfigMapEnvSource(name=given.config_map, optional=optional)
    return k8s.EnvFromSource(prefix=prefix, config_map_ref=source)


class _Volumes:
    """The volumes of a pod by name: those that are added, and those of its workload."""

    def __init__(self, extra: Sequence[ExtraVolume], own: Iterable[Mount]) -> None:
        mounts = [each.mount for each in own]
        self._own = dict.fromkeys(each.name for each in mounts)
        self._sizes = {each.name: each.size for each in extra if isinstance(each, ScratchVolume) and not each.in_memory}
        self._read_only = {
            each.name
            for each in extra
            if isinstance(each, SecretVolume | ConfigMapVolume) or (isinstance(each, ClaimVolume) and each.read_only)
        } | {name for name in self._own if all(each.read_only for each in mounts if each.name == name)}
        for each in extra:
            if each.name in self._own:
                raise SettingError(
                    "PodExtras.volumes",
                    each.name,
                    f"it must be another name: the pod has {', '.join(self._own)} already",
                )
        self._extra = {each.name: _volume(each) for each in extra}

    @property
    def extra(self) -> list[k8s.Volume]:
        return list(self._extra.values())

    def mounts(self, given: Sequence[VolumeMount]) -> list[Mount]:
        """Return the mounts of one container, which requests the size of each scratch volume once."""
        requested: set[str] = set()
        mounts: list[Mount] = []
        for each in given:
            if each.volume not in self._own and each.volume not in self._extra:
                known = ", ".join((*self._own, *self._extra)) or "none"
                raise SettingError(
                    "VolumeMount.volume", each.volume, f"it must be the name of a volume of the pod: {known}"
                )
            disk = self._sizes.get(each.volume) if each.volume not in requested else None
            requested.add(each.volume)
            read_only = each.read_only or each.volume in self._read_only
            mount = k8s.VolumeMount(
                name=each.volume, mount_path=each.path, sub_path=each.file, read_only=read_only or None
            )
            # The volume itself is the pod's, whether a container mounts it or not.
            mounts.append(Mount(volume=None, mount=mount, disk=disk))
        return mounts


def _volume(given: ExtraVolume) -> k8s.Volume:
    match given:
        case ScratchVolume():
            made = scratch(given.name, "/", given.size, in_memory=given.in_memory).volume
            assert made is not None  # noqa: S101 - a scratch directory is a volume
            return made
        case SecretVolume():
            # Owned by root, and readable by the group that every pod of the library runs as.
            secret = k8s.SecretVolumeSource(
                secret_name=given.secret, default_mode=0o440, optional=given.optional or None
            )
            return k8s.Volume(name=given.name, secret=secret)
        case ConfigMapVolume():
            files = k8s.ConfigMapVolumeSource(name=given.config_map, optional=given.optional or None)
            return k8s.Volume(name=given.name, config_map=files)
        case ClaimVolume():
            claim = k8s.PersistentVolumeClaimVolumeSource(claim_name=given.claim, read_only=given.read_only or None)
            return k8s.Volume(name=given.name, persistent_volume_claim=claim)


def _container(given: ExtraContainer, volumes: _Volumes) -> k8s.Container:
    return container(
        name=given.name,
        image=given.image,
        command=given.command,
        arguments=given.arguments,
        resources=given.resources,
        mounts=volumes.mounts(given.mounts),
        variables=_variables(given.variables),
        variable_sets=_variable_sets(given.variable_sets),
        ports=given.ports,
        probes=Probes(
            startup=_probe(given.startup), readiness=_probe(given.readiness), liveness=_probe(given.liveness)
        ),
        pre_stop=given.pre_stop,
    )


def _probe(given: ContainerProbe | None) -> k8s.Probe | None:
    if given is None:
        return None
    timing = Timing(period=given.period, timeout=given.timeout, failures=given.failures)
    match given:
        case HttpProbe():
            return http_probe(given.path, given.port, timing)
        case TcpProbe():
            return tcp_probe(given.port, timing)
        case CommandProbe():
            return exec_probe(given.command, timing)
