"""Any trigger of KEDA, held against what its scaler reads."""

from collections.abc import Mapping
from typing import Literal, Self

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.refusal import SettingError, pattern
from examx_constructs.settings.triggers.schema import fault

_RESOURCES = ("cpu", "memory")
_NOT_CACHED = (*_RESOURCES, "cron")


@value
class Trigger:
    """A trigger of any type that KEDA 2.17 to 2.21 has, with the metadata that its scaler reads.

    `authentication` names a TriggerAuthentication of the namespace, made elsewhere, or of the whole cluster where
    `authentication_kind` says so. Passwords and tokens are there and never in `metadata`. `metric_type` is what the
    target is of: of all replicas together (Value), of one (AverageValue, KEDA's default), of the request (Utilization;
    cpu and memory alone). `name` is for formulas. `cached`: the HPA gets what KEDA saw at its last look, instead of
    asking again.

    Raises SettingError where no such version of KEDA would take the trigger. That is a type that it does not have, a
    key that its scaler ignores or misses, or a text that it cannot read. The rules on manifests know more of each type,
    and which version it is for.
    """

    type: str
    """Its name in KEDA's documentation, such as `redis` or `aws-cloudwatch`."""
    metadata: Mapping[str, str]
    authentication: str | None = setting(dns_label, default=None)
    authentication_kind: Literal["TriggerAuthentication", "ClusterTriggerAuthentication"] = "TriggerAuthentication"
    metric_type: Literal["AverageValue", "Value", "Utilization"] | None = None
    name: str | None = setting(
        pattern(r"[A-Za-z_]\w{0,62}", "it must be letters, digits and '_', no digit first, as formulas write it"),
        default=None,
    )
    cached: bool = False

    def __attrs_post_init__(self) -> None:
        if found := fault(self.type, self.metadata, authenticated=self.authentication is not None):
            raise SettingError(f"Trigger.{found.place}", found.given, found.allowed)
        self._check_metric_type()
        if self.cached and self.type in _NOT_CACHED:
            raise SettingError(
                "Trigger.cached", self.cached, f"it must be False: KEDA does not poll a {self.type} trigger"
            )

    def _check_metric_type(self) -> None:
        allowed = ("Utilization", "AverageValue") if self.type in _RESOURCES else ("AverageValue", "Value", None)
        if self.metric_type not in allowed:
            listed = " or ".join(str(each) for each in allowed)
            raise SettingError(
                "Trigger.metric_type", self.metric_type, f"it must be {listed}: the {self.type} scaler has no other"
            )

    @property
    def trigger(self) -> Self:
        """What KEDA gets: this itself."""
        return self


def number(given: float) -> str:
    """Return a number as a scaler reads it: KEDA takes no fraction where it wants a whole one, so 5.0 is written 5."""
    return str(int(given)) if given == int(given) else repr(given)


def switch(given: bool) -> str:  # noqa: FBT001 - a text for a truth
    """Return a truth as a scaler reads it."""
    return "true" if given else "false"
