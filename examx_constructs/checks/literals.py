"""Rules on secrets that stand in manifests, where everybody who reads the repository reads them too."""

import re
from collections.abc import Iterator
from functools import lru_cache

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import AWS_ACCESS_KEY, PRIVATE_KEY, URL_CREDENTIALS, Node
from examx_constructs.manifests.resources import Manifests

_SOURCE = "Kubernetes documentation, Good practices for Kubernetes Secrets"
_SECRET_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|SECRET_KEY|SECRET_ACCESS_KEY|SECRET_KEY_BASE|SIGNING_KEY"
    r"|ENCRYPTION_KEY|TOKEN|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)$"
)
_NAME_OF_A_SECRET = re.compile(r"(PULL|TLS|EXISTING)_SECRET$")
_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# A reference, a path, a placeholder, a number or a switch is no secret.
_NO_SECRET = re.compile(
    r"\s*(\$[({\w].*|/.*|\{\{.*\}\}|<.*>|\d+(\.\d+)?[a-z]{0,2}|true|false|yes|no|on|off|none|null|optional|required)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_ENCRYPTED = re.compile(r"ENC\[AES256_GCM,data:.*\]", re.DOTALL)  # SOPS 3, aes/cipher.go
_PLACEHOLDER = re.compile(r"\s*(\$[({].*|\{\{.*\}\}|<.*>)?\s*", re.DOTALL)
_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)=[\"']?([^\s\"'$`(]+)[\"']?\s*$", re.MULTILINE)
_OPTION = re.compile(
    r"--?((?:[a-z]+-)*(?:password|passwd|requirepass|masterauth|token|api-key|secret-key))(?:[= ]\s*(\S+))?"
)
_WHY = "whoever can read the manifests can use it"
_ELSEWHERE = "a reference to a Secret, or a mounted file"


@rule(_SOURCE)
def secret_is_not_literal(manifests: Manifests) -> Iterator[Finding]:
    """No environment variable, ConfigMap or command line holds a secret.

    What looks like one: a value under a name that ends in PASSWORD, SECRET, TOKEN, API_KEY and the like; a URL with
    credentials; an AWS access key; a private key. What does not: references such as $(REDIS_PASSWORD), paths, numbers
    and switches. The finding never shows the value.
    """
    for pod in manifests.pods:
        for container in pod.all_containers:
            for each in container["env"]:
                name = each["name"].text
                yield from _value_findings(name, each["value"], what=f"{name} of")
            yield from _argument_findings(container)
    for config in manifests.kind("ConfigMap"):
        for key, value in config.root["data"].entries():
            yield from _value_findings(key, value)
            for name, assigned in _ASSIGNMENT.findall(value.text):
                if _names_secret(name) and not _NO_SECRET.fullmatch(assigned):
                    yield _hidden(value, f"{name} of", assigned)


def _value_findings(name: str, value: Node, what: str = "") -> Iterator[Finding]:
    if _names_secret(name) and "\n" not in value.text and not _NO_SECRET.fullmatch(value.text):
        yield _hidden(value, what, value.text)
    else:
        yield from _pattern_findings(value)


def _names_secret(name: str) -> bool:
    words = re.sub(r"[.\-\s]", "_", _CAMEL_CASE.sub("_", name)).upper()
    return bool(_SECRET_NAME.search(words)) and not _NAME_OF_A_SECRET.search(words)


def _pattern_findings(value: Node) -> Iterator[Finding]:
    for allowed, what in _credentials(value.text):
        yield finding(value, allowed, _WHY, value=f"{what} (redacted)")


# Environments have most texts in common, whole ConfigMaps among them, and searching those takes long.
@lru_cache(maxsize=1024)
def _credentials(text: str) -> tuple[tuple[str, str], ...]:
    """What looks like a credential whatever its name: what should stand there instead, and what it is."""
    found = {
        (f"a URL without credentials, or with {_ELSEWHERE}", "a URL with credentials"): any(
            not _NO_SECRET.fullmatch(each["password"]) for each in URL_CREDENTIALS.finditer(text)
        ),
        ("a role of the ServiceAccount", "an AWS access key"): AWS_ACCESS_KEY.search(text),
        (_ELSEWHERE, "a private key"): PRIVATE_KEY.search(text),
    }
    return tuple(said for said, there in found.items() if there)


def _argument_findings(container: Node) -> Iterator[Finding]:
    words = [*container["command"], *container["args"]]
    for index, word in enumerate(words):
        yield from _pattern_findings(word)
        following = "".join(each.text for each in words[index + 1 : index + 2])
        for option, inline in _OPTION.findall(word.text):
            given = inline or ("" if following.startswith("-") else following)
            if given and not _NO_SECRET.fullmatch(given.strip("\"'")):
                yield _hidden(word, f"{option} of", given)


def _hidden(node: Node, what: str, secret: str) -> Finding:
    return finding(node, _ELSEWHERE, _WHY, value=f"{what} {len(secret)} characters (redacted)".strip())


@rule(_SOURCE)
def secret_is_not_in_manifests(manifests: Manifests) -> Iterator[Finding]:
    """No Secret with values is among the manifests: base64 hides nothing.

    Placeholders that a tool fills in are no values, nor is what SOPS has encrypted.
    """
    for secret in manifests.kind("Secret"):
        for part in (secret.root["data"], secret.root["stringData"]):
            filled = [key for key, value in part.entries() if not _is_no_value(value.text)]
            if filled:
                yield finding(
                    part,
                    "a Secret that is synced from a store, or made outside of the manifests",
                    _WHY,
                    value=f"{', '.join(sorted(filled))} (redacted)",
                )


def _is_no_value(text: str) -> bool:
    return _PLACEHOLDER.fullmatch(text) is not None or _ENCRYPTED.fullmatch(text) is not None
