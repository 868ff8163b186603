"""What in a text is a secret, and what only looks like one: references, paths, placeholders, certificates."""

import base64
import binascii
import re
from collections.abc import Iterator
from functools import lru_cache

from examx_constructs._regex import regex
from examx_constructs.manifests.node import AWS_ACCESS_KEY, URL_CREDENTIALS
from examx_constructs.manifests.placeholders import is_placeholder

_SECRET_NAME = regex(
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|SECRET_KEY|SECRET_ACCESS_KEY|SECRET_KEY_BASE|SIGNING_KEY"
    r"|ENCRYPTION_KEY|TOKEN|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)$"
)
_PASSWORD_NAME = regex(r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|REQUIREPASS|MASTERAUTH|API_?KEY|SECRET_KEY)$")
_NAME_OF_A_SECRET = regex(r"(PULL|TLS|EXISTING|PASSWORD|CREDENTIALS?)_SECRET$")
_CAMEL_CASE = regex(r"(?<=[a-z0-9])(?=[A-Z])")
# A switch, a number, a word that says how or where from, and an address without a password.
_NO_SECRET = regex(
    r"""
      \$[({\w].* | \d+(\.\d+)?[a-z]{0,2}
    | true|false|yes|no|on|off|none|null|nil|optional|required|enabled|disabled|always|never|auto|default|prompt
    | basic|bearer|jwt|oauth2?|vault|env|file|kubernetes|iam
    | /.* | \.{0,2}/[^\s]* | [\w./-]+\.(json|ya?ml|pem|key|crt|cer|env|txt|p12|pfx|jks|cnf|conf|ini|token|secret)
    | [a-z][a-z0-9+.-]*://[^\s@]*
    | sha(1|256|512)[:-].+
    | (arn|op|vault|ref\+\w+|secrets?|ssm|awssm|aws-sm|awssecrets|gcpsm|gsm|kms|keyvault|file|env|secretref):.+
    | projects/[^/]+/secrets/.+
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_FILLED_IN_LATER = regex(
    r"""
      \{\{.*\}\} | <.*> | \[.*\] | [x*•.]{3,} | %\(.*\)s
    | .*\b(replace|insert|fill|enter|put|set)[-_ ]?(me|this|here|it|in|with|by|your)\b.* | (.*[-_ ])?your[-_ ].*
    | .*\b(todo|tbd|fixme|placeholder|redacted|dummy)\b.* | replace.*
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
# What a shell, Helm or a person fills in, and what a program gets from a store: op inject, vals, bank-vaults.
_REFERENCE = regex(r"\$[({][^)}]*[)}]|\{\{[^}]*\}\}|<[^>]*>|(?:op|ref\+\w+)://\S+|vault:\S+#\S+")
_LONGEST_PLACEHOLDER, _LONGEST_WORD = 200, 1000
_CAPITALS = regex(r"[A-Z]*(PASS|SECRET|TOKEN|KEY|USER|CREDENTIAL)[A-Z]*")
_ENCRYPTED = regex(r"ENC\[AES256_GCM,data:.*\]", re.DOTALL)  # SOPS 3, aes/cipher.go
_TO_BE_CHANGED = regex(r"change[-_ ]?(me|this|it)\W*", re.IGNORECASE)
_PRIVATE_KEY = regex(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\s|\\n)+(?:Proc-Type:|[A-Za-z0-9+/=]{8,})")
_CERTIFICATE = regex(r"-----BEGIN (CERTIFICATE|PUBLIC KEY|TRUSTED CERTIFICATE|X509 CRL|DH PARAMETERS)-----")
_FILE_OF_SETTINGS = regex(r".+\.(ya?ml|ini|toml|conf|cnf|cfg|properties)")
# The key that AWS's own documentation shows.
_EXAMPLE_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
_TOKENS = regex(
    r"""
      \bgh[pousr]_[A-Za-z0-9]{36,} | \bgithub_pat_\w{40,} | \bglpat-[\w-]{20,}
    | \bxox[abprs]-[\w-]{20,} | https://hooks\.slack\.com/services/T\w+/B\w+/\w{20,}
    | \b[rs]k_live_[A-Za-z0-9]{20,} | \bAIza[\w-]{35} | \bSG\.[\w-]{20,}\.[\w-]{20,} | \bnpm_[A-Za-z0-9]{36}
    """,
    re.VERBOSE,
)
_SHORTEST_KEY = 16
"""Of AWS; tokens and private keys are longer, and a URL with credentials has an @."""
_NOT_IN_A_PASSWORD = regex(r"[\"'<>,;`]")
_ASSIGNMENT = regex(r"^[ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]*)=[\"']?([^\s\"'$`(]+)[\"']?[ \t\r]*$", re.MULTILINE)
_SETTING = regex(
    r"^[ \t]*[\"']?([A-Za-z][\w.-]*)[\"']?(?:[ \t]*[:=][ \t]*|[ \t]+)[\"']?([^\s\"'`,;#]{3,})[\"']?,?[ \t]*$",
    re.MULTILINE,
)
_INLINE = regex(r"(?<![\w-])([A-Z][A-Z0-9_]*)=[\"']?([^\s\"'$`();&|<]+)")
_ELSEWHERE = "a reference to a Secret, or a mounted file"


@lru_cache(maxsize=1024)
def names_secret(name: str) -> bool:
    """Return whether what has this name is a secret: DB_PASSWORD, apiKey.

    PASSWORD_FILE is none, nor is the name of a Secret.
    """
    words = _words(name)
    return bool(_SECRET_NAME.search(words)) and not _NAME_OF_A_SECRET.search(words)


def is_no_secret(text: str, name: str = "") -> bool:
    """Return whether a text under such a name is none all the same."""
    bare = text.strip()
    short = len(bare) <= _LONGEST_WORD
    return bare.lower() == name.lower() or is_filled_in_later(bare) or (short and bool(_NO_SECRET.fullmatch(bare)))


def is_filled_in_later(text: str) -> bool:
    """Return whether a value is none yet, or none that can be read: empty, a placeholder, encrypted."""
    bare = text.strip()
    if not bare or _ENCRYPTED.fullmatch(bare) or _REFERENCE.fullmatch(bare):
        return True
    # A placeholder is short; a long text has something of its own beside it.
    short = len(bare) <= _LONGEST_PLACEHOLDER and "\n" not in bare
    return short and (is_placeholder(bare) or any(each.fullmatch(bare) for each in (_FILLED_IN_LATER, _CAPITALS)))


def is_public(text: str) -> bool:
    """Return whether it is a certificate or a public key, without the private one."""
    return _CERTIFICATE.search(text) is not None and _PRIVATE_KEY.search(text) is None


def is_file_of_settings(key: str, text: str) -> bool:
    """Return whether it is a file of settings in which nothing looks like a secret.

    A program that reads its settings from a Secret has them there: Alertmanager, Prometheus, Grafana.
    """
    if not _FILE_OF_SETTINGS.fullmatch(key) or "\n" not in text:
        return False
    return not (set_in_file(text) or assigned(text) or credentials(text) or _names_any_secret(text))


def _names_any_secret(text: str) -> bool:
    return any(names_secret(name) and not is_no_secret(value, name) for name, value in _SETTING.findall(text))


def is_to_be_changed(text: str) -> bool:
    """Return whether it is `changeme`: filled in later, one hopes, and until then a password that works."""
    return _TO_BE_CHANGED.fullmatch(text.strip()) is not None


def decoded(text: str) -> str:
    """Return the text of a Secret's `data`; the same where it is no base64, or no text."""
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text


# Environments have most texts in common, whole ConfigMaps among them, and searching those takes long.
def credentials(text: str) -> tuple[tuple[str, str], ...]:
    """Return what looks like a credential whatever its name: what should be there instead, and what it is."""
    return _credentials(text) if "@" in text or len(text) >= _SHORTEST_KEY else ()


@lru_cache(maxsize=1024)
def _credentials(text: str) -> tuple[tuple[str, str], ...]:
    found = {
        (f"a URL without credentials, or with {_ELSEWHERE}", "a URL with credentials"): any(
            not _NOT_IN_A_PASSWORD.search(each["password"]) and not is_no_secret(each["password"], each["user"] or "-")
            for each in URL_CREDENTIALS.finditer(text)
        ),
        ("a role of the ServiceAccount", "an AWS access key"): any(
            each != _EXAMPLE_KEY for each in AWS_ACCESS_KEY.findall(text)
        ),
        (_ELSEWHERE, "a private key"): _PRIVATE_KEY.search(text),
        (_ELSEWHERE, "a token"): _TOKENS.search(text),
    }
    return tuple(said for said, there in found.items() if there)


def assigned(text: str) -> tuple[tuple[str, str], ...]:
    """Return the secrets that lines such as `DB_PASSWORD=...` give: names and texts."""
    return _assigned(text) if "=" in text else ()


@lru_cache(maxsize=1024)
def _assigned(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(_secrets(_ASSIGNMENT.findall(text)))


@lru_cache(maxsize=1024)
def set_in_file(text: str) -> tuple[tuple[str, str], ...]:
    """Return the passwords that a file of settings holds, `password: ...` or `requirepass ...`, beside those above."""
    known = dict(assigned(text))
    pairs = [(name, value) for name, value in _SETTING.findall(text) if _PASSWORD_NAME.search(_words(name))]
    return tuple((name, value) for name, value in _secrets(pairs) if name not in known)


def given_inline(word: str) -> Iterator[tuple[str, str]]:
    """Return the secrets that a command line gives to its programs: `PGPASSWORD=... pg_dump`."""
    return _secrets(_INLINE.findall(word) if "=" in word else [])


def _secrets(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, text in pairs:
        known = names_secret(name) or _PASSWORD_NAME.search(_words(name))
        if known and not is_no_secret(text, name) and not URL_CREDENTIALS.search(text):
            yield name, text


def _words(name: str) -> str:
    """Return a name in the form that variables have.

    `apiKey` and `api-key` are API_KEY, `PGPASSWORD` is PG_PASSWORD.
    """
    upper = re.sub(r"[.\-\s]", "_", _CAMEL_CASE.sub("_", name)).upper()
    return re.sub(r"(?<=[A-Z0-9])(PASSWORD|PASSWD|APIKEY)$", r"_\1", upper)
