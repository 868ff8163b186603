"""Names of branches, as git itself judges them."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs.features.branches import branch_name
from tests.unit.features.test_branches import GOOD
from tests.unit.settings.support import reproducible

BAD = ["/", "//", ".", "..", "@", "@{", " ", "\t", "~", "^", ":", "?", "*", "[", "\\", ".lock", "HEAD", "refs/", "\x7f"]
UNSEEN = ["\u200d", "\u0085", "\ufeff", "\x01", "\udc80"]
PIECES = st.lists(st.sampled_from(GOOD + BAD + UNSEEN), max_size=8).map("".join)
NEAR_BRANCHES = PIECES | st.text(st.characters(exclude_characters="\0"), max_size=30)


def git_takes(branch: str) -> bool:
    """What git itself says."""
    command = ["git", "check-ref-format", f"refs/heads/{branch}"]
    sound = subprocess.run(command, check=False, capture_output=True).returncode == 0
    # `--branch` would read @{-1} as the branch before this one, and knows more names that `git branch` refuses.
    command = ["git", "check-ref-format", "--branch", branch]
    return sound and subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    "branch",
    [
        "main",
        "feature/login",
        "Feature/JIRA-123_log.in",
        "a--b",
        "123-begins-with-digits",
        "release/2030.01",
        "x" * 250,
        "日本語/ブランチ",
        "fix/🚀",
        "dependabot/npm_and_yarn/@types/node-20",
        "price-in-$(USD)",
        'it\'s-"quoted"',
        "a/b/c/d/e/f",
        "www",
        "null",
        "1e5",
        "a.lock.b",
        "a@b",
        "{}",
        "%2e%2e",
        "head",
        "refs",
        "é" * 127,
    ],
)
def test_what_git_takes_works(branch: str) -> None:
    assert git_takes(branch)
    assert branch_name(branch) is None


@pytest.mark.parametrize(
    ("branch", "reason"),
    [
        ("", "it must have a name"),
        ("two words", "git allows no space, no control character and none of ~ ^ : ? * [ \\ in a branch"),
        ("a\nb", "git allows no space, no control character"),
        ("a\x7fb", "git allows no space, no control character"),
        ("a~1", "none of ~ ^ : ? * [ \\ in a branch"),
        ("C:\\work", "none of ~ ^ : ? * [ \\ in a branch"),
        ("a..b", "git allows neither '..' nor '@{' nor '//' in a branch"),
        ("a//b", "git allows neither '..' nor '@{' nor '//' in a branch"),
        ("@{-1}", "git allows neither '..' nor '@{' nor '//' in a branch"),
        ("/a", "git allows no '/' at either end of a branch"),
        ("a/", "git allows no '/' at either end of a branch"),
        ("a.", "and no '.' at its end"),
        (".a", "git allows no part of a branch that begins with a '.'"),
        ("a/.b", "git allows no part of a branch that begins with a '.'"),
        ("a.lock", "git allows no part of a branch that ends in '.lock'"),
        ("a.lock/b", "git allows no part of a branch that ends in '.lock'"),
        ("-a", "git allows no branch that begins with a '-'"),
        ("HEAD", "to git this is the current commit, not a branch"),
    ],
)
def test_what_git_refuses_is_refused(branch: str, reason: str) -> None:
    assert not git_takes(branch)
    assert reason in str(branch_name(branch))


OWN_REASONS = (
    "to git this is the current commit",
    "give the branch without refs/heads/",
    "which nobody can see",
    "GitHub takes no longer one",
)


@reproducible
@given(NEAR_BRANCHES)
def test_every_text_is_judged_as_git_judges_it_or_says_why_not(branch: str) -> None:
    reason = branch_name(branch)
    if reason is None:
        assert git_takes(branch)
    elif git_takes(branch):
        assert any(own in reason for own in OWN_REASONS), reason
