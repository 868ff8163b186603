"""KEDA's triggers against the schema of its scalers: their metadata is a map of texts, so no CRD knows its keys."""

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support import Manifest, of_kind

Parameter = Mapping[str, Any]
_FROM_ENV = "FromEnv"
# The schema leaves out what a scaler takes by way of a struct that several share: KEDA, pkg/scalers/authentication.
_SHARED = {"prometheus": {"authModes": {"name": "authModes", "optional": True, "metadataVariableReadable": True}}}


def trigger_violations(trigger: Manifest, schema: Path) -> list[str]:
    """What the scaler of a trigger would refuse or ignore."""
    parameters = _scalers(schema).get(trigger["type"])
    if parameters is not None:
        parameters = {**parameters, **_SHARED.get(trigger["type"], {})}
    if parameters is None:
        return [f"{trigger['type']}: no such scaler"]
    metadata = trigger["metadata"]
    found = [*_unreadable(metadata, parameters), *_missing(metadata, parameters), *_wrong_values(metadata, parameters)]
    return [f"{trigger['type']}: {each}" for each in found]


def authentication_violations(manifests: Sequence[Manifest], schema: Path) -> list[str]:
    """Parameters that a TriggerAuthentication gives to a scaler which takes no such parameter from there."""
    authentications = {each["metadata"]["name"]: each for each in of_kind(manifests, "TriggerAuthentication")}
    return [
        f"{trigger['type']}: {target['parameter']} is not taken from an authentication"
        for scaled_object in of_kind(manifests, "ScaledObject")
        for trigger in scaled_object["spec"]["triggers"]
        if "authenticationRef" in trigger
        # One that is made elsewhere is only named.
        for name in authentications.keys() & {trigger["authenticationRef"]["name"]}
        for target in authentications[name]["spec"]["secretTargetRef"]
        if not _readable(_scalers(schema)[trigger["type"]].get(target["parameter"]), "triggerAuthentication")
    ]


@functools.cache
def _scalers(schema: Path) -> dict[str, dict[str, Parameter]]:
    scalers = json.loads(schema.read_text(encoding="utf-8"))["scalers"]
    return {scaler["type"]: {each["name"]: each for each in scaler["parameters"]} for scaler in scalers}


def _readable(parameter: Parameter | None, source: str) -> bool:
    return parameter is not None and parameter.get(f"{source}VariableReadable", False)


def _unreadable(metadata: Mapping[str, str], parameters: Mapping[str, Parameter]) -> Iterator[str]:
    for key in metadata:
        parameter, of_environment = parameters.get(key), parameters.get(key.removesuffix(_FROM_ENV))
        if key.endswith(_FROM_ENV) and of_environment is not None:
            if not _readable(of_environment, "env"):
                yield f"{key}: {of_environment['name']} is not taken from an environment variable"
        elif parameter is None:
            yield f"{key}: no such parameter"
        elif not _readable(parameter, "metadata"):
            yield f"{key}: is taken from an authentication only"
        elif "deprecated" in parameter:
            yield f"{key}: {parameter['deprecated']}"


def _missing(metadata: Mapping[str, str], parameters: Mapping[str, Parameter]) -> Iterator[str]:
    # The schema calls each way to give an address required, though one is enough. Those can also come from an
    # environment variable or an authentication; what can come from metadata alone must be there.
    for name, parameter in parameters.items():
        elsewhere = _readable(parameter, "env") or _readable(parameter, "triggerAuthentication")
        can_be_left_out = parameter.get("optional") or "default" in parameter or elsewhere
        if not can_be_left_out and name not in metadata:
            yield f"{name}: is missing"


def _wrong_values(metadata: Mapping[str, str], parameters: Mapping[str, Parameter]) -> Iterator[str]:
    for key, text in metadata.items():
        allowed = parameters.get(key, {}).get("allowedValue", [text])
        if text not in allowed:
            yield f'{key}: is "{text}", allowed are {", ".join(allowed)}'
