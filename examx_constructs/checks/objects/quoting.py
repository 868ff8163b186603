"""Rules on fields that hold text: what YAML reads as a number or a switch there, the API server refuses."""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import chain

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_QUOTED = "a string: put it in quotes"
_SOPS = "ENC["
_STILL_TO_FILL = regex(r"\.\.\.|\b(your|replace|change|todo|fixme|base64|example|xxx+)", re.IGNORECASE)
_HANDLERS = ("postStart", "preStop")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


@rule("Kubernetes v1.34, JSON decoding in apimachinery; the CRDs of Secrets Store CSI driver v1.6.0")
def text_is_quoted(manifests: Manifests) -> Iterator[Finding]:
    """What must be a string is one: a variable, the data of a ConfigMap, a command's word, a parameter.

    YAML reads `8000`, `no` and `1e3` as numbers and switches unless they are quoted, and the API server refuses the
    whole object. A null is an absent value there, and an empty text.
    """
    for holder, texts in chain(_texts(manifests), _selectors(manifests)):
        for text in texts:
            if text.present and not isinstance(text.value, str):
                hidden = None if holder != "a Secret" else "not a text (redacted)"
                yield finding(text, _QUOTED, f"{holder} holds strings, and the API server refuses others", value=hidden)


def _texts(manifests: Manifests) -> Iterator[tuple[str, Iterator[Node]]]:
    """Yield the places that hold strings, by what holds them."""
    for config in manifests.kind("ConfigMap"):
        yield "a ConfigMap", _values(config.root["data"], config.root["binaryData"])
    for secret in manifests.kind("Secret"):
        yield "a Secret", _values(secret.root["data"], secret.root["stringData"])
    for storage in manifests.kind("StorageClass"):
        yield "a StorageClass", _values(storage.root["parameters"])
    for provider in manifests.kind("SecretProviderClass"):
        # What the provider reads itself has a rule that says how to write it.
        given = (each for key, each in provider.spec["parameters"].entries() if key != "objects")
        yield "a SecretProviderClass", given
    for volume in manifests.kind("PersistentVolume"):
        yield "a volume", _values(volume.spec.at("csi", "volumeAttributes"))
    for pod in manifests.pods:
        yield "a selector", _values(pod.spec["nodeSelector"])
        yield "a toleration", (each["value"] for each in pod.spec["tolerations"])
        yield "a volume", _values(*(each.at("csi", "volumeAttributes") for each in pod.spec["volumes"]))
        for container in pod.all_containers:
            yield "a variable", (each["value"] for each in container["env"])
            yield "a command", _words(container)


def _selectors(manifests: Manifests) -> Iterator[tuple[str, Iterator[Node]]]:
    """Yield the labels that objects ask for."""
    for service in manifests.kind("Service"):
        yield "a selector", _values(service.spec["selector"])
    for each in manifests.kind("DaemonSet", "Deployment", "PodDisruptionBudget", "ReplicaSet", "StatefulSet"):
        yield "a selector", _values(each.spec.at("selector", "matchLabels"))
    for policy in manifests.kind("NetworkPolicy"):
        yield "a selector", _values(policy.spec.at("podSelector", "matchLabels"))


def _values(*mappings: Node) -> Iterator[Node]:
    return (value for each in mappings if not each.all_texts for _, value in each.entries())


def _words(container: Node) -> Iterator[Node]:
    hooks = (container.at("lifecycle", name, "exec", "command") for name in _HANDLERS)
    probes = (container.at(name, "exec", "command") for name in _PROBES)
    lines = (container["command"], container["args"], *hooks, *probes)
    return (word for line in lines if not line.all_texts for word in line)


@rule("Kubernetes API core/v1, Secret and ConfigMap")
def data_is_encoded(manifests: Manifests) -> Iterator[Finding]:
    """The `data` of a Secret and the `binaryData` of a ConfigMap are base64: the API server refuses anything else.

    Plain text belongs into `stringData`. What a tool or a person still fills in is left alone.
    """
    parts = [
        *(("stringData, or base64", each.root["data"]) for each in manifests.kind("Secret")),
        *(("data, or base64", each.root["binaryData"]) for each in manifests.kind("ConfigMap")),
    ]
    for allowed, part in parts:
        for _, value in part.entries():
            text = value.text
            if text and not _is_base64(text) and not _is_filled_in_later(text):
                yield finding(
                    value,
                    allowed,
                    "the API server refuses it",
                    value=f"{len(text)} characters of plain text (redacted)",
                )


def _is_filled_in_later(text: str) -> bool:
    return text.startswith(_SOPS) or is_placeholder(text) or _STILL_TO_FILL.search(text) is not None


def _is_base64(text: str) -> bool:
    """Decode as Go reads it: line ends are skipped, nothing else that is odd."""
    try:
        base64.b64decode(text.replace("\n", "").replace("\r", "").encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return False
    return True
