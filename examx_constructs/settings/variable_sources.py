"""Where a container's environment variables come from, beside plain texts: Secrets, ConfigMaps, and the pod itself."""

from collections.abc import Mapping
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import object_name
from examx_constructs.settings.quantity import Quantity
from examx_constructs.settings.refusal import SettingError, pattern

data_key = pattern(
    r"(?!\.\.)[\w.-]{1,253}", "it must be a key of a Secret or ConfigMap: letters, digits, '-', '_' and '.'"
)
"""A check of a key (Kubernetes v1.34, apimachinery/pkg/util/validation, IsConfigMapKey)."""

_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.podIP",
    "status.podIPs",
)
_KEYED = r"metadata\.(?:labels|annotations)\['[^'\]]+'\]"
_field = pattern(
    "|".join((*(each.replace(".", r"\.") for each in _FIELDS), _KEYED)),
    f"it must be a field that Kubernetes gives to a variable: {', '.join(_FIELDS)}, metadata.labels['KEY'] or "
    "metadata.annotations['KEY']",
)


@value
class FromSecret:
    """One key of a Secret of the namespace. A pod does not start without it, unless it is `optional`.

    It keeps the value that it had when the container started. The value itself is in no manifest.
    """

    secret: str = setting(object_name)
    """Its name."""
    key: str = setting(data_key)
    """Which of its entries."""
    optional: bool = False


@value
class FromConfigMap:
    """One key of a ConfigMap of the namespace. A pod does not start without it, unless it is `optional`."""

    config_map: str = setting(object_name)
    """Its name."""
    key: str = setting(data_key)
    """Which of its entries."""
    optional: bool = False


@value
class FromField:
    """A field of the pod itself, such as `spec.nodeName` (Kubernetes v1.34, Downward API; those since 1.27)."""

    path: str = setting(_field)
    """Where the value is in the pod's manifest."""


@value
class FromResource:
    """A request or limit of the container that has the variable, in whole units of `divisor`, rounded up.

    One core or one byte by default; `divisor="1Mi"` tells memory in MiB, `"1m"` cores in thousandths.
    """

    resource: Literal[
        "limits.cpu",
        "limits.ephemeral-storage",
        "limits.memory",
        "requests.cpu",
        "requests.ephemeral-storage",
        "requests.memory",
    ]
    """Which figure, as the container's manifest names it."""
    divisor: Quantity = Quantity("1")

    def __attrs_post_init__(self) -> None:
        allowed = ("1", "1m") if self.resource.endswith("cpu") else ("1", "1k", "1M", "1G", "1Ki", "1Mi", "1Gi")
        if str(self.divisor) not in allowed:
            raise SettingError(
                "FromResource.divisor",
                self.divisor,
                f"it must be one of {', '.join(allowed)}: Kubernetes takes no other for {self.resource}",
            )


VariableSource = FromSecret | FromConfigMap | FromField | FromResource
"""What a variable is read from when its container starts."""


_prefix = pattern(r"(?:[A-Za-z_]\w*)?", "it must be how names of variables begin: letters, digits and '_'")


@value
class AllOfSecret:
    """All keys of a Secret as variables, their names behind `prefix`.

    A variable that is named by itself wins over one of these. What keys there are is not known here, so nothing can be
    said of them: name those that matter by themselves.
    """

    secret: str = setting(object_name)
    """Its name, in the same namespace."""
    prefix: str = setting(_prefix, default="")
    optional: bool = False
    """Whether pods start where there is none. By default they wait for it."""


@value
class AllOfConfigMap:
    """All keys of a ConfigMap as variables, as AllOfSecret has those of a Secret."""

    config_map: str = setting(object_name)
    """Its name, in the same namespace."""
    prefix: str = setting(_prefix, default="")
    """What is put before each key. Empty by default: keys are names as they are."""
    optional: bool = False
    """Whether pods start where there is none. By default they wait for it."""


VariableSet = AllOfSecret | AllOfConfigMap
"""Variables that are named by their source alone."""

_NAME = pattern(r"[A-Za-z_]\w*", "it must be the name of a variable: letters, digits and '_', no digit first")


def refuse_names(setting: str, variables: Mapping[str, object]) -> None:
    """Raise SettingError for a name that no variable has."""
    for name in variables:
        if allowed := _NAME(name):
            raise SettingError(f"{setting} key", name, allowed)
