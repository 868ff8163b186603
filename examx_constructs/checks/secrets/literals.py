"""Rules on secrets in manifests, where everybody who reads the repository reads them too."""

from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.secrets import texts as secret_texts
from examx_constructs.checks.secrets.texts import decoded, is_no_secret, is_public, is_to_be_changed, names_secret
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Resource

_SOURCE = "Kubernetes documentation, Good practices for Kubernetes Secrets"
_OPTION = regex(
    r"(?<![\w-])--?((?:[a-z]+-)*(?:password|passwd|requirepass|masterauth|token|api-key|secret-key|secret-access-key|client-secret))"
    r"(?:[= ]\s*(\S+))?"
)
_WHY = "all who can read the manifests can use it"
_ELSEWHERE = "a reference to a Secret, or a mounted file"


@rule(_SOURCE)
def secret_is_not_literal(manifests: Manifests) -> Iterator[Finding]:
    """No environment variable, ConfigMap or command line holds a secret.

    What looks like one: a value under a name that ends in PASSWORD, SECRET, TOKEN, API_KEY and the like. Also a URL
    with credentials; an AWS access key, or a token of a well-known form; a private key. What does not: references such
    as $(REDIS_PASSWORD), names of Secrets, paths, numbers and switches, placeholders, what SOPS has encrypted, public
    certificates. A password in a file of settings and `changeme` are warnings. The finding never shows the value.
    """
    secrets = _names_of_secrets(manifests)
    for pod in manifests.pods:
        for container in pod.all_containers:
            for each in container["env"]:
                name, value = each["name"].text, each["value"]
                if not (name.endswith("SECRET") and value.text in secrets):
                    yield from _value_findings(name, value, what=f"{name} of")
            yield from _argument_findings(container)
    for config in manifests.kind("ConfigMap"):
        for key, value in config.root["data"].entries() if not _is_encrypted(config) else ():
            yield from _value_findings(key, value)
            for name, text in secret_texts.assigned(value.text):
                yield _hidden(value, f"{name} of", text)
            for name, text in secret_texts.set_in_file(value.text) if "\n" in value.text else ():
                yield _hidden(value, f"{name} of", text, Severity.WARNING)


def _names_of_secrets(manifests: Manifests) -> set[str]:
    """Return what Secrets are called: a program that reads one itself is told its name, as in WEBHOOK_SECRET."""
    mounted = {volume.at("secret", "secretName").text for pod in manifests.pods for volume in pod.spec["volumes"]}
    return {each.name for each in manifests.kind("Secret")} | mounted - {""}


def _is_encrypted(resource: Resource) -> bool:
    """Return whether SOPS has encrypted the values of an object, and says so in it."""
    return resource.root["sops"].present


def _value_findings(name: str, value: Node, what: str = "") -> Iterator[Finding]:
    if names_secret(name) and "\n" not in value.text and not is_no_secret(value.text, name):
        yield _hidden(value, what, value.text)
    else:
        yield from _pattern_findings(value)


def _pattern_findings(value: Node) -> Iterator[Finding]:
    for allowed, what in secret_texts.credentials(value.text):
        yield finding(value, allowed, _WHY, value=f"{what} (redacted)")


def _argument_findings(container: Node) -> Iterator[Finding]:
    words = [*container["command"], *container["args"]]
    for index, word in enumerate(words):
        yield from _pattern_findings(word)
        following = "".join(each.text for each in words[index + 1 : index + 2])
        for option, inline in _OPTION.findall(word.text) if "-" in word.text else ():
            given = (inline or ("" if following.startswith("-") else following)).strip("\"'")
            if given and not is_no_secret(given, option):
                yield _hidden(word, f"{option} of", given)
        for name, given in secret_texts.given_inline(word.text):
            yield _hidden(word, f"{name} of", given)


def _hidden(node: Node, what: str, secret: str, weight: Severity = Severity.ERROR) -> Finding:
    weight = Severity.WARNING if is_to_be_changed(secret) else weight
    return finding(node, _ELSEWHERE, _WHY, value=f"{what} {len(secret)} characters (redacted)".strip(), severity=weight)


@rule(_SOURCE)
def secret_is_not_in_manifests(manifests: Manifests) -> Iterator[Finding]:
    """No Secret with values is among the manifests: base64 hides nothing.

    Placeholders that a tool or a person fills in are no values, nor is what SOPS has encrypted, nor a certificate
    without its key. `changeme` is a warning, and so is a file of settings in which nothing looks like a secret.
    """
    for secret in manifests.kind("Secret"):
        for part, plain in ((secret.root["data"], False), (secret.root["stringData"], True)):
            texts = {key: value.text if plain else decoded(value.text) for key, value in part.entries()}
            filled = [key for key, text in texts.items() if not _is_no_value(secret, text)]
            if filled:
                bearable = all(_is_bearable(key, texts[key]) for key in filled)
                yield finding(
                    part,
                    "a Secret that is synced from a store, or made outside of the manifests",
                    _WHY,
                    value=f"{', '.join(sorted(filled))} (redacted)",
                    severity=Severity.WARNING if bearable else Severity.ERROR,
                )


def _is_bearable(key: str, text: str) -> bool:
    return is_to_be_changed(text) or secret_texts.is_file_of_settings(key, text)


def _is_no_value(secret: Resource, text: str) -> bool:
    return _is_encrypted(secret) or secret_texts.is_filled_in_later(text) or is_public(text)
