"""What a pod has beside what its workload asks for."""

from collections.abc import Iterable, Mapping
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.extra_containers import ExtraContainer, refuse_repeats
from examx_constructs.settings.extra_volumes import ExtraVolume, ScratchVolume, VolumeMount
from examx_constructs.settings.limits import ContainerSize
from examx_constructs.settings.naming import APP_LABEL, dns_label, label_key, label_value, object_name
from examx_constructs.settings.placement import Affinity, Toleration
from examx_constructs.settings.quantity import Quantity
from examx_constructs.settings.refusal import SettingError
from examx_constructs.settings.variable_sources import VariableSet, VariableSource
from examx_constructs.settings.variables import refuse_sources

_SELECTED_BY = (
    APP_LABEL,
    *(f"app.kubernetes.io/{each}" for each in ("name", "instance", "component", "part-of")),
    # Controllers put these on the pods that they make, and select them by them.
    "apps.kubernetes.io/pod-index",
    "controller-revision-hash",
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
)

NamedKind = Literal["ConfigMap", "PersistentVolumeClaim", "Secret"]
"""What a pod names, and does not start without."""
_NAMES: Mapping[NamedKind, str] = {"ConfigMap": "config_map", "PersistentVolumeClaim": "claim", "Secret": "secret"}


@value
class PodExtras:
    """What every pod of a workload gets beside its own: rendered in one place, for all workloads alike.

    `variables`: plain texts, which are public, or where their values come from; `variable_sets`: all keys of a Secret
    or ConfigMap. These and `mounts` are for the container that runs the workload's program: of the backend, gunicorn.
    `volumes` are the pod's, for whichever container mounts them. `init_containers` run in their order, each to its end,
    before the others start. `native_sidecars` start before them, in their order, and run until all others have ended
    (restartPolicy Always, Kubernetes 1.29 or newer). A proxy that a migration needs is one. `sidecars` start with the
    program. `priority_class` and `runtime_class` are objects of the cluster; the class decides what the pod costs and
    may do. `labels` and `annotations` are on the pods alone. Labels by which pods are selected stay what they are.

    What the pod has already is refused: the name of a container, of a volume or of a variable, a path, a port, a label.
    """

    variables: Mapping[str, str | VariableSource] = {}
    variable_sets: tuple[VariableSet, ...] = ()
    volumes: tuple[ExtraVolume, ...] = ()
    mounts: tuple[VolumeMount, ...] = ()
    init_containers: tuple[ExtraContainer, ...] = ()
    native_sidecars: tuple[ExtraContainer, ...] = ()
    sidecars: tuple[ExtraContainer, ...] = ()
    tolerations: tuple[Toleration, ...] = ()
    """Taints of nodes that its pods bear."""
    affinity: Affinity = Affinity()
    priority_class: str | None = setting(object_name, default=None)
    runtime_class: str | None = setting(dns_label, default=None)
    image_pull_secrets: tuple[str, ...] = setting(object_name, default=())
    """Names of Secrets with logins to registries. ECR in the node's account needs none."""
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}

    def __attrs_post_init__(self) -> None:
        refuse_sources("PodExtras.variables", self.variables)
        refuse_repeats("PodExtras container", [each.name for each in self.containers], "logs and probes go by the name")
        refuse_repeats("PodExtras.volumes", [each.name for each in self.volumes], "containers mount it by its name")
        refuse_repeats("PodExtras.mounts", [each.path for each in self.mounts], "a path leads to one volume")
        refuse_repeats("PodExtras.image_pull_secrets", self.image_pull_secrets, "it is tried once")
        ports = [port for each in self.containers for port in each.ports.values()]
        refuse_repeats("ExtraContainer.ports", ports, "the containers of a pod share its address")
        for each in self.init_containers:
            if watched := each.watched:
                raise SettingError(
                    f"ExtraContainer.{watched}",
                    each.name,
                    "it must be left out of an init container, which runs to its end: what goes on is a native sidecar",
                )
        self._check_labels()

    def _check_labels(self) -> None:
        for key, text in self.labels.items():
            taken = f"it must be another one: pods are selected by {key}" if key in _SELECTED_BY else None
            if allowed := taken or label_key(key):
                raise SettingError("PodExtras.labels key", key, allowed)
            if allowed := label_value(text):
                raise SettingError(f"PodExtras.labels[{key}]", text, allowed)
        for key in self.annotations:
            if allowed := label_key(key):
                raise SettingError("PodExtras.annotations key", key, allowed)

    def __add__(self, own: "PodExtras") -> "PodExtras":
        """Join both: these for all pods, and a workload's own, whose value counts where both set one of a name."""
        return PodExtras(
            variables={**self.variables, **own.variables},
            variable_sets=(*self.variable_sets, *own.variable_sets),
            volumes=(*self.volumes, *own.volumes),
            mounts=(*self.mounts, *own.mounts),
            init_containers=(*self.init_containers, *own.init_containers),
            native_sidecars=(*self.native_sidecars, *own.native_sidecars),
            sidecars=(*self.sidecars, *own.sidecars),
            tolerations=tuple(dict.fromkeys((*self.tolerations, *own.tolerations))),
            affinity=self.affinity + own.affinity,
            priority_class=own.priority_class or self.priority_class,
            runtime_class=own.runtime_class or self.runtime_class,
            image_pull_secrets=tuple(dict.fromkeys((*self.image_pull_secrets, *own.image_pull_secrets))),
            labels={**self.labels, **own.labels},
            annotations={**self.annotations, **own.annotations},
        )

    @property
    def placement(self) -> "PodExtras":
        """Where pods run and what they may pull, without what runs in them."""
        return PodExtras(
            tolerations=self.tolerations,
            affinity=self.affinity,
            priority_class=self.priority_class,
            runtime_class=self.runtime_class,
            image_pull_secrets=self.image_pull_secrets,
        )

    @property
    def containers(self) -> tuple[ExtraContainer, ...]:
        """All containers, in the order in which they start."""
        return (*self.native_sidecars, *self.init_containers, *self.sidecars)

    @property
    def images(self) -> tuple[str, ...]:
        """The repositories of the containers' images."""
        return tuple(dict.fromkeys(each.image.source for each in self.containers))

    def named(self, kind: NamedKind) -> frozenset[str]:
        """Return the objects of a kind that are made elsewhere, and that variables, volumes or images are of."""
        sources = [each for one in (self, *self.containers) for each in (*one.variables.values(), *one.variable_sets)]
        names = [getattr(each, _NAMES[kind], None) for each in (*sources, *self.volumes)]
        pulling = self.image_pull_secrets if kind == "Secret" else ()
        return frozenset((*(each for each in names if each), *pulling))

    def size_of(self, container: ExtraContainer) -> ContainerSize:
        """Return what a container requests: its resources, and the scratch volumes that it mounts."""
        return ContainerSize(resources=container.resources, scratch=self.scratch(container.mounts))

    def scratch(self, mounts: Iterable[VolumeMount]) -> Quantity:
        """Return how much of its node's disk a container may fill with the extra volumes among these mounts."""
        mounted = {each.volume for each in mounts}
        on_disk = [each for each in self.volumes if isinstance(each, ScratchVolume) and not each.in_memory]
        return sum((each.size for each in on_disk if each.name in mounted), Quantity("0"))


NOTHING = PodExtras()
"""A pod that is as its workload says."""
