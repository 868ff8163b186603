"""What a git branch may be called, and the short texts that mean it in names and labels.

The rules of git are those of `git check-ref-format --branch`. A few names that git takes are refused as well, each with
its reason.
"""

import hashlib
import re

from examx_constructs.settings.naming import LABEL_LIMIT

_LONGEST_BRANCH = 255
SLUG_LIMIT = 20

# 27 characters without vowels, as in the names that Kubernetes makes up: a hash is never a word.
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_HASH_LENGTH = 7
_ENDS_LIKE_A_HASH = re.compile(rf"(?:^|-)[{_ALPHABET}]{{{_HASH_LENGTH}}}\Z")

_TAKEN = frozenset(
    {"admin", "api", "app", "cdn", "dev", "mail", "media", "prod", "production", "staging", "static", "stg", "www"}
)
"""Hosts that mean something else, now or one day."""

_REFUSED = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (r"^\Z", "it must have a name"),
        (
            r"[\x00-\x20\x7f~^:?*\[\\]",
            "git allows no space, no control character and none of ~ ^ : ? * [ \\ in a branch",
        ),
        (r"\.\.|@\{|//", "git allows neither '..' nor '@{' nor '//' in a branch"),
        (r"^/|/\Z|\.\Z", "git allows no '/' at either end of a branch, and no '.' at its end"),
        (r"(?:^|/)\.", "git allows no part of a branch that begins with a '.'"),
        (r"\.lock(?:/|\Z)", "git allows no part of a branch that ends in '.lock'"),
        (r"^-", "git allows no branch that begins with a '-'"),
        (r"^(?:@|HEAD)\Z", "to git this is the current commit, not a branch"),
        (r"^refs/", "give the branch without refs/heads/, as `git branch` lists it"),
    )
)


def branch_name(given: object) -> str | None:
    """Return a rule: what git takes as the name of a branch, people can see and GitHub stores."""
    branch = str(given)
    for pattern, reason in _REFUSED:
        if pattern.search(branch):
            return reason
    hidden = next((character for character in branch if not character.isprintable()), None)
    if hidden:
        return f"it holds U+{ord(hidden):04X}, which nobody can see: a host and a label are to be read"
    length = len(branch.encode())
    if length > _LONGEST_BRANCH:
        return f"it has {length} bytes, the most is {_LONGEST_BRANCH}: GitHub takes no longer one"
    return None


def short_form(branch: str) -> str:
    """Return the text of a branch's slug: at most 20 characters, always the same.

    It is the branch itself where that fits: lower case, digits and single hyphens. Else it is the beginning of the
    branch, in lower case and with a hyphen for whatever else is in it. Behind it are seven characters of a hash of the
    branch. So `a/b`, `a-b` and `A-b` have three slugs. What ends like such a hash, or is taken, gets one too.

    Two branches meet only where their hashes do and both begin alike. Among 300 such branches with a probability of 4
    in a million, among 10 000 of half a percent.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", branch.lower()).strip("-")
    own = plain == branch and plain not in _TAKEN and _fits(plain, SLUG_LIMIT)
    return plain if own else _hashed(branch, plain, SLUG_LIMIT)


def label_form(text: str) -> str:
    """Return a text as the value of a label, by which objects are selected: itself where that fits, else with a hash.

    Two texts have two values, as two branches have two slugs.
    """
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-_.")
    return plain if plain == text and _fits(plain, LABEL_LIMIT) else _hashed(text, plain, LABEL_LIMIT)


def _fits(plain: str, limit: int) -> bool:
    return len(plain) <= limit and not _ENDS_LIKE_A_HASH.search(plain)


def _hashed(text: str, plain: str, limit: int) -> str:
    readable = plain[: limit - _HASH_LENGTH - 1].rstrip("-_.")
    return f"{readable}-{_hash(text)}".lstrip("-")


def _hash(text: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    characters: list[str] = []
    for _ in range(_HASH_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[index])
    return "".join(characters)
