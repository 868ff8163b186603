"""The directories that claims get, held against claims of any name."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examx_constructs.checks.storage.efs_directories import (
    NAME,
    NAMESPACE,
    VOLUME,
    Claim,
    directory,
    may_hold,
    same_directory,
)
from tests.unit.settings.support import reproducible

CLAIM = Claim("feat-login-examxv2", "examxv2-backend-pvc", "pvc-1")
SHARED = {"ensureUniqueDirectory": "false"}

names = st.text("ab-", min_size=1, max_size=5).filter(lambda text: re.fullmatch("[ab]([ab-]*[ab])?", text) is not None)
claims = st.lists(st.tuples(names, names), min_size=2, max_size=2, unique=True).map(
    lambda pairs: [Claim(namespace, name, f"pvc-{number}") for number, (namespace, name) in enumerate(pairs)]
)
patterns = st.lists(
    st.sampled_from([NAME, NAMESPACE, VOLUME, "/", "-", "_", "..", ".", "/../", "a", "-b-"]), max_size=6
).map("".join)


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({}, "/pvc-1"),
        ({"basePath": "/features"}, "/features/pvc-1"),
        ({"basePath": "features/"}, "/features/pvc-1"),
        ({"basePath": "/features", "subPathPattern": NAMESPACE}, "/features/feat-login-examxv2-pvc-1"),
        ({"subPathPattern": "/"}, "/-pvc-1"),
        ({"basePath": "/a/../..", "subPathPattern": NAMESPACE} | SHARED, "/feat-login-examxv2"),
        ({"basePath": "/features", "subPathPattern": f"../{NAME}"} | SHARED, "/examxv2-backend-pvc"),
        ({"basePath": "//", "subPathPattern": ""} | SHARED, "/"),
        # The pattern alone is joined: without one, nothing is shared.
        ({"basePath": "/features"} | SHARED, "/features/pvc-1"),
    ],
)
def test_the_directory_of_a_claim(parameters: dict[str, str], path: str) -> None:
    assert directory(parameters, CLAIM) == path


@reproducible
@given(patterns, st.sampled_from(["true", "false"]), claims)
@example(f"{NAME}{NAMESPACE}", "false", [Claim("b", "aa", "pvc-0"), Claim("ab", "a", "pvc-1")])
@example(f"{NAMESPACE}-b-{NAME}", "false", [Claim("a-b-b", "a", "pvc-0"), Claim("a", "b-b-a", "pvc-1")])
def test_claims_share_only_what_is_found(pattern: str, unique: str, pair: list[Claim]) -> None:
    parameters = {"basePath": "/features", "subPathPattern": pattern, "ensureUniqueDirectory": unique}
    one, other = (directory(parameters, claim) for claim in pair)
    if same_directory(parameters) is None:
        assert one != other
        assert "/" not in (one, other)
        # Nor does one lie in the other, which would go with it.
        assert not one.startswith(f"{other}/")
        assert not other.startswith(f"{one}/")


@reproducible
@given(patterns, claims, st.sampled_from(["", "/2026", "/2026/a"]))
def test_a_volume_in_the_directory_of_a_claim_is_found(pattern: str, pair: list[Claim], below: str) -> None:
    parameters = {"basePath": "/features", "subPathPattern": pattern} | SHARED
    assert may_hold(parameters, directory(parameters, pair[0]) + below)
    assert not may_hold(parameters | {"ensureUniqueDirectory": "true"}, directory(parameters, pair[0]))
