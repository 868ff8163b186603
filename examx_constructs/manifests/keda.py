"""What KEDA scales by triggers: ScaledObjects and ScaledJobs, what they start, and what authenticates them."""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource, Scope

KINDS = ("ScaledObject", "ScaledJob")
AUTHENTICATIONS = ("TriggerAuthentication", "ClusterTriggerAuthentication")


@dataclass(frozen=True, slots=True, eq=False)
class Triggered:
    """A ScaledObject, or a ScaledJob: the same triggers, and pods that they start."""

    resource: Resource

    @property
    def id(self) -> ObjectId:
        """The object itself."""
        return self.resource.id

    @property
    def scope(self) -> Scope:
        """Its scope, and that of its target and of its TriggerAuthentications."""
        return self.resource.scope

    @property
    def is_job(self) -> bool:
        """Whether it starts Jobs of its own, and scales no other object."""
        return self.resource.kind == "ScaledJob"

    @property
    def triggers(self) -> list[Node]:
        """What it scales by, in the order of the `spec`."""
        return list(self.resource.spec["triggers"])

    @property
    def target(self) -> str:
        """How people name what the triggers start."""
        reference = self.resource.spec["scaleTargetRef"]
        if self.is_job:
            return "the Job it starts"
        return f"{reference['kind'].text or 'Deployment'} {reference['name'].text}"

    @property
    def environment_container(self) -> Node:
        """The name of the container whose variables KEDA reads; absent where it takes the first one."""
        holder = self.resource.spec if self.is_job else self.resource.spec["scaleTargetRef"]
        return holder["envSourceContainerName"]

    @property
    def uses_formula(self) -> bool:
        """Whether KEDA makes one metric of the triggers: none of them then has a target of its own."""
        return any(value.present for _, value in self.resource.spec.at("advanced", "scalingModifiers").entries())

    def pod(self, manifests: Manifests) -> Pod | None:
        """Return the pods that the triggers start, where the set has them."""
        if self.is_job:
            template = self.resource.spec.at("jobTargetRef", "template")
            return Pod(template, self.resource.root) if template.present else None
        target = self.resource.spec["scaleTargetRef"]
        return manifests.pod_of(target["kind"].text or "Deployment", target["name"].text, self.scope)

    def source_container(self, manifests: Manifests) -> Node | None:
        """Return the container whose variables KEDA reads: KEDA 2.17, ResolveContainerEnv (pkg/scaling/resolver)."""
        pod, wanted = self.pod(manifests), self.environment_container.text
        containers = list(pod.spec["containers"]) if pod else []
        return next((each for each in containers if wanted in ("", each["name"].text)), None)


def triggered(manifests: Manifests) -> Iterator[Triggered]:
    """Return every object of the set that KEDA scales by triggers."""
    return map(Triggered, manifests.kind(*KINDS))


def all_triggers(manifests: Manifests) -> "_Triggers":
    """Return every trigger of the set, with its object: gathered once, for many rules ask."""
    known = _TRIGGERS.get(manifests)
    if known is None:
        known = tuple((each, trigger) for each in triggered(manifests) for trigger in each.triggers)
        _TRIGGERS[manifests] = known
    return known


_Triggers = tuple[tuple[Triggered, Node], ...]
_TRIGGERS: WeakKeyDictionary[Manifests, _Triggers] = WeakKeyDictionary()


def authentication_of(manifests: Manifests, scaled: Triggered, trigger: Node) -> Resource | None:
    """Return the authentication that a trigger names, where the set has it."""
    reference = trigger["authenticationRef"]
    if reference["kind"].text == "ClusterTriggerAuthentication":
        cluster = Scope(scaled.scope.cluster, "", "", scaled.scope.unit)
        return manifests.find("ClusterTriggerAuthentication", reference["name"].text, cluster)
    return manifests.find("TriggerAuthentication", reference["name"].text, scaled.scope)


def supplied_parameters(manifests: Manifests, scaled: Triggered, trigger: Node) -> frozenset[str] | None:
    """Return the parameters that a trigger gets from its authentication; None where these manifests do not tell."""
    if not trigger.at("authenticationRef", "name").text:
        return frozenset()
    found = authentication_of(manifests, scaled, trigger)
    return None if found is None or not found.complete else parameters_of(found.spec)


def parameters_of(spec: Node) -> frozenset[str] | None:
    """Return the parameters that an authentication gives, by every source that KEDA has.

    None where it cannot be told: a file of the operator holds any. What a pod identity, a service principal or a token
    endpoint gives depends on the scaler (KEDA 2.21, resolveAuthRef in pkg/scaling/resolver).
    """
    if any(spec[source].present for source in ("filePath", "azureServicePrincipal", "oauth2")):
        return None
    return frozenset(each["parameter"].text for each in sources(spec)) - {""}


def sources(spec: Node) -> Iterator[Node]:
    """Yield the entries of an authentication that give one parameter each."""
    for source in ("secretTargetRef", "configMapTargetRef", "env", "boundServiceAccountToken"):
        yield from spec[source]
    for source in ("hashiCorpVault", "azureKeyVault", "gcpSecretManager", "awsSecretManager"):
        yield from spec[source]["secrets"]
