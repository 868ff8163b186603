"""What a set of manifests shows of a namespace, and so how much it weighs that a name leads nowhere.

The rules are said in `references`, for people; here is what decides.
"""

from enum import Enum, auto
from functools import lru_cache

from examx_constructs.checks.slips import slip_of
from examx_constructs.manifests.contents import makes_secrets, secret_names
from examx_constructs.manifests.makers import Makers
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.references import Reference
from examx_constructs.manifests.remembered import remembered
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.settings.naming import (
    CLUSTER_ANNOTATION,
    FOREIGN_AUTHENTICATIONS_ANNOTATION,
    FOREIGN_CLAIMS_ANNOTATION,
    FOREIGN_CONFIG_MAPS_ANNOTATION,
    FOREIGN_SECRETS_ANNOTATION,
)

_FOREIGN = {
    "ConfigMap": FOREIGN_CONFIG_MAPS_ANNOTATION,
    "PersistentVolumeClaim": FOREIGN_CLAIMS_ANNOTATION,
    "Secret": FOREIGN_SECRETS_ANNOTATION,
    "TriggerAuthentication": FOREIGN_AUTHENTICATIONS_ANNOTATION,
}
_OWN = (CLUSTER_ANNOTATION, *_FOREIGN.values())
_MADE_OUTSIDE = frozenset({"Secret", "ServiceAccount"})


class Absence(Enum):
    """Why a name leads nowhere."""

    OF_ANOTHER_PART = auto()
    """The set defines nothing of the kind there: another part of the whole may."""
    UNLIKELY_SOUND = auto()
    """The set defines the kind there, and not this one."""
    CERTAIN = auto()
    """The set is whole, or a name that is there differs by a slip of the hand."""


class Shown:
    """What a set shows of each scope, looked up once for all the references into it."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._makers = Makers(manifests)
        self.names = lru_cache(maxsize=None)(self._names)
        self._claims = lru_cache(maxsize=None)(self._defines)

    def absence(self, scope: Scope, reference: Reference) -> Absence | None:
        """Return why a reference leads nowhere; None where it does, where it need not, or where nobody can tell."""
        kind, name = reference.kind, reference.name.text
        names = self.names(kind, scope)
        if reference.optional or name in names or is_placeholder(name) or is_placeholder(scope.namespace):
            return None
        if not self._manifests.resource_of(reference.name).complete or any(map(is_placeholder, names)):
            return None
        if self._makers.may_make(kind, name, scope):
            return None
        if not self._claims(kind, scope):
            return Absence.OF_ANOTHER_PART
        whole = self._is_whole(kind, scope) or slip_of(name, names)
        return Absence.CERTAIN if whole else Absence.UNLIKELY_SOUND

    def _names(self, kind: str, scope: Scope) -> frozenset[str]:
        names = secret_names(self._manifests, scope) if kind == "Secret" else self._manifests.names(kind, scope)
        foreign = self._manifests.listed_on_namespace(_FOREIGN[kind], scope) if kind in _FOREIGN else set[str]()
        return frozenset(names | foreign)

    def _defines(self, kind: str, scope: Scope) -> bool:
        """Return whether the set claims to define this kind in the scope."""
        if kind == "Secret":
            return makes_secrets(self._manifests, scope) or self._is_whole(kind, scope)
        return bool(self._manifests.in_scope(kind, scope)) or self._namespace(scope) is not None

    def _is_whole(self, kind: str, scope: Scope) -> bool:
        """Return whether the set is all that there is of the kind, and not a part."""
        namespace = self._namespace(scope)
        if namespace is None:
            return False
        own = any(namespace.annotations[key].present for key in _OWN)
        return own or (kind not in _MADE_OUTSIDE and bool(self._manifests.in_scope(kind, scope)))

    def _namespace(self, scope: Scope) -> Resource | None:
        cluster = Scope(scope.cluster, "", "", scope.unit)
        return self._manifests.find("Namespace", scope.namespace, cluster) if scope.namespace else None


@remembered
def shown_by(manifests: Manifests) -> Shown:
    """Return what these manifests show."""
    return Shown(manifests)
