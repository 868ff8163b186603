"""Plain environment variables, and those that come from other settings."""

from collections.abc import Mapping

from examx_constructs.settings.program_variables import program_variable
from examx_constructs.settings.redis import PASSWORD_VARIABLE
from examx_constructs.settings.refusal import SettingError, pattern
from examx_constructs.settings.telemetry import VARIABLES as TELEMETRY_VARIABLES
from examx_constructs.settings.variable_sources import VariableSource

_NAME = pattern(r"[A-Za-z_]\w*", "it must be the name of a variable: letters, digits and '_', no digit first")
_TAKEN = {
    "HOME": "no setting, but the pod's scratch directory",
    "HOSTNAME": "no setting, but the pod's name",
    "NAMESPACE": "Environment.namespace",
    "REDIS_URL": "Environment.redis",
    "REDIS_SENTINEL_MASTER": "Environment.redis",
    PASSWORD_VARIABLE: "Environment.redis",
    "WORKERS": "Environment.backend.workers",
    **dict.fromkeys(TELEMETRY_VARIABLES, "Environment.telemetry"),
}


def refuse_variables(setting: str, variables: Mapping[str, str]) -> None:
    """Raise SettingError for a name that is none, that another setting gives its value, or that changes a command."""
    for name, text in variables.items():
        taken = f"it is taken: its value comes from {_TAKEN[name]}" if name in _TAKEN else None
        if allowed := taken or _NAME(name):
            raise SettingError(f"{setting} key", name, allowed)
        _refuse_change(setting, name, text)


def refuse_sources(setting: str, variables: Mapping[str, str | VariableSource]) -> None:
    """Do the same for values that come from elsewhere.

    Of those nobody knows here whether they would change a command.
    """
    refuse_variables(setting, {name: each for name, each in variables.items() if isinstance(each, str)})
    for name, each in variables.items():
        if not isinstance(each, str):
            refuse_variables(setting, {name: ""})
            if row := program_variable(name):
                raise SettingError(f"{setting} key", name, f"it must be left out: {row.does}; instead: {row.instead}")


def _refuse_change(setting: str, name: str, text: str) -> None:
    row = program_variable(name)
    if row is None or not row.changes(text):
        return
    why = f"{row.does}; instead: {row.instead}"
    if row.allowed:
        raise SettingError(f"{setting}[{name}]", text, f"it must be {row.allowed}, or left out: {why}")
    # Without its value, which may be a URL with a password.
    raise SettingError(f"{setting} key", name, f"it must be left out: {why}")
