"""Branches as git takes them, and the names that are made of them."""

import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examx_constructs.features.branches import branch_name, label_form, short_form
from examx_constructs.settings.naming import label_value
from tests.unit.settings.support import reproducible

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
HASH = "[bcdfghjklmnpqrstvwxz2456789]{7}"

GOOD = ["a", "B", "7", "-", "--", "_", "#", "$", "%", "'", '"', "é", "e\u0301", "日本", "🚀", "ß", "{", "lock", "Fix"]
GOOD_BRANCHES = st.builds(
    "{}{}".format, st.sampled_from("aZ9é"), st.lists(st.sampled_from([*GOOD, "/x", ".y"]), max_size=12).map("".join)
)


@pytest.mark.parametrize(
    ("branch", "reason"),
    [
        # Where a branch is asked for, git reads it as the one that is checked out.
        ("@", "to git this is the current commit, not a branch"),
        ("refs/heads/main", "give the branch without refs/heads/, as `git branch` lists it"),
        ("a\u200db", "it holds U+200D, which nobody can see: a host and a label are to be read"),
        ("a\u202eb", "it holds U+202E, which nobody can see"),
        ("a\u0085b", "it holds U+0085, which nobody can see"),
        ("a\udc80b", "it holds U+DC80, which nobody can see"),
        ("x" * 256, "it has 256 bytes, the most is 255: GitHub takes no longer one"),
        ("é" * 128, "it has 256 bytes, the most is 255"),
    ],
)
def test_what_only_git_takes_is_refused_with_a_reason(branch: str, reason: str) -> None:
    assert reason in str(branch_name(branch))


@pytest.mark.parametrize("branch", ["main", "fix-payment", "a", "7", "jira-1234", "a2b-c3d", "x" * 20, "12345"])
def test_a_branch_that_fits_is_its_own_slug(branch: str) -> None:
    assert short_form(branch) == branch


@pytest.mark.parametrize(
    ("branch", "readable"),
    [
        ("feature/login", "feature-logi-"),
        ("Fix", "fix-"),
        ("a--b", "a-b-"),
        ("a-", "a-"),
        ("XN", "xn-"),
        ("ab--cd", "ab-cd-"),
        ("release-2030.01", "release-2030-"),
        ("x" * 21, "x" * 12 + "-"),
        ("only-eleven/of-these", "only-eleven-"),
        ("日本", ""),
        ("🚀", ""),
        ("www", "www-"),
        ("api", "api-"),
        ("login-h29f2w2", "login-h29f2w-"),
        ("bcdfghj", "bcdfghj-"),
    ],
)
def test_another_branch_gets_a_hash(branch: str, readable: str) -> None:
    assert re.fullmatch(f"{readable}{HASH}", short_form(branch))


@pytest.mark.parametrize(
    ("branch", "expected"),
    [("feature/login", "feature-logi-h29f2w2"), ("a/b", "a-b-gnq87f2"), ("日本", "rnd28jx"), ("Main", "main-jw7c9rv")],
)
def test_a_slug_never_changes(branch: str, expected: str) -> None:
    # Hosts and namespaces that exist would be lost.
    assert short_form(branch) == expected


@reproducible
@given(GOOD_BRANCHES)
@example("x" * 255)
def test_a_slug_is_part_of_a_host_name(branch: str) -> None:
    made = short_form(branch)
    assert SLUG.fullmatch(made)
    assert len(made) <= 20
    # Browsers and certificates read xn--… as an international name.
    assert "--" not in made
    assert short_form(branch) == made


def alike() -> list[str]:
    """Branches that differ in what a slug leaves out: case, other characters, the end, and slugs of others."""
    short = ["".join(each) for each in itertools.product("aA", ("-", "/", "_", "--", "+", "é"), ("b", "B", "b-"))]
    long = [f"feature/a-very-long-story-{number}" for number in range(3000)]
    forms = ["é", "e\u0301", "É", "e", "e-", "www", "WWW", "Www", *("x" * length for length in range(1, 60))]
    branches = [*short, *long, *forms]
    # What another branch's slug is may be a branch too.
    return [*branches, *sorted({short_form(branch) for branch in branches} - set(branches))]


def test_branches_that_look_alike_have_slugs_of_their_own() -> None:
    branches = alike()
    assert len(set(branches)) == len(branches) > 6000
    slugs = [short_form(branch) for branch in branches]
    assert len(set(slugs)) == len(branches)


@reproducible
@given(st.lists(GOOD_BRANCHES, min_size=2, max_size=30, unique=True))
def test_two_branches_never_share_a_slug(branches: list[str]) -> None:
    names = {*branches, *(short_form(branch) for branch in branches)}
    assert len({short_form(name) for name in names}) == len(names)


@pytest.mark.parametrize("text", ["ada", "Ada_L", "a.b-c", "a--b", "x" * 63])
def test_a_text_that_fits_is_its_own_label(text: str) -> None:
    assert label_form(text) == text


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("ada@example.com", "ada-example.com-"),
        ("Ada Lovelace", "Ada-Lovelace-"),
        ("feature/login", "feature-login-"),
        ("-x-", "x-"),
        ("日本", ""),
        ("x" * 64, "x" * 55 + "-"),
        ("ada-bcdfghj", "ada-bcdfghj-"),
    ],
)
def test_another_text_gets_a_hash(text: str, readable: str) -> None:
    assert re.fullmatch(f"{readable}{HASH}", label_form(text))


@reproducible
@given(st.lists(st.text(min_size=1, max_size=80), min_size=2, max_size=20, unique=True))
def test_two_texts_never_share_a_label(texts: list[str]) -> None:
    labels = [label_form(text) for text in texts]
    assert len(set(labels)) == len(texts)
    assert not [label for label in labels if label_value(label) or not label]
