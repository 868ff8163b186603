"""What `python -m tools.prose` finds, with the line that it names, and what it leaves alone."""

from pathlib import Path
from textwrap import dedent

import pytest

from tools.prose.__main__ import CONFIGURATION, check
from tools.prose.configuration import Configuration

LONG = " ".join(["word"] * 26)
ALLOWED = " ".join(["word"] * 25)


def found(tmp_path: Path, name: str, text: str) -> list[str]:
    """The findings in a file, without the folder that it is in."""
    file = tmp_path / name
    file.write_text(dedent(text), encoding="utf-8")
    return [line.removeprefix(f"{tmp_path}/") for line in check(Configuration.read(CONFIGURATION), file)]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.py", f'"""A module.\n\n{LONG}.\n"""\n', "a.py:3: sentence-length: 26 words, at most 25: word word"),
        ("a.py", f"x = 1\n# {LONG}\n", "a.py:2: sentence-length: 26 words"),
        ("a.py", f"x = 1  # {LONG}\n", "a.py:1: sentence-length: 26 words"),
        ("a.py", f'x = f"{LONG} {{1}}"\n', "a.py:1: sentence-length: 27 words"),
        ("a.py", f'x = 1\n"""{LONG}."""\n', "a.py:2: sentence-length: 26 words"),
        ("a.md", f"# Title\n\nShort.\n- {LONG}\n", "a.md:4: sentence-length: 26 words"),
        ("a.md", f"| a | b |\n|---|---|\n| c | {LONG} |\n", "a.md:3: sentence-length: 26 words"),
        ("a.yaml", f"a: 1\n# {LONG}\n", "a.yaml:2: sentence-length: 26 words"),
        ("a.py", '"""One\n\nwhich can\nnot be."""\n', "a.py:3: word: 'can not': write 'cannot'"),
        ("a.md", "It stands there.\n", "a.md:1: word: 'stands': say what it is"),
        ("a.py", 'x = "what whoever reads"\n', "a.py:1: word: 'whoever'"),
        (
            "a.py",
            'def f() -> int:\n    """The number."""\n    return 1\n',
            "a.py:2: verb-first: begin the docstring of f",
        ),
        ("a.py", 'class UserName:\n    """The user\'s name."""\n', "a.py:2: name-again: the docstring says only"),
    ],
)
def test_breaks_a_rule(tmp_path: Path, name: str, text: str, expected: str) -> None:
    (line,) = found(tmp_path, name, text)
    assert line.startswith(expected)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", f'"""{ALLOWED}."""\n'),
        ("a.py", f'"""{ALLOWED} ({LONG})."""\n'),
        ("a.py", f'"""{ALLOWED}. {ALLOWED}."""\n'),
        ("a.py", f'"""{ALLOWED} `{LONG}`."""\n'.replace("word word", "word", 1)),
        ("a.py", f'"""An example:\n\n    {LONG} stands\n"""\n'),
        ("a.py", f'x = "{ALLOWED}; {ALLOWED}: {ALLOWED}"\n'),
        ("a.py", '@property\ndef f() -> int:\n    """The number of all."""\n    return 1\n'),
        ("a.py", '@rule("a", "b")\ndef f() -> int:\n    """A number is whole."""\n    return 1\n'),
        ("a.py", "# ruff: noqa: E501\nx = 1\n"),
        ("a.md", f"```text\n{LONG} stands\n```\n"),
        ("a.md", f"<!-- {LONG} stands -->\n"),
        ("a.md", "`stands` is a word, [whose](stands.md) use is named.\n"),
        ("a.md", f"{ALLOWED}:\n\n- {ALLOWED}\n- {ALLOWED}\n"),
        ("a.json", f'"{LONG} stands"\n'),
    ],
)
def test_leaves_alone(tmp_path: Path, name: str, text: str) -> None:
    assert found(tmp_path, name, text) == []


def test_messages_in_tests_are_quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("tests/test_a.py")
    file.parent.mkdir()
    file.write_text(f'assert said == "{LONG} stands"\n\n\ndef f() -> int:\n    """The number."""\n', encoding="utf-8")
    assert check(Configuration.read(CONFIGURATION), file) == []


@pytest.mark.parametrize(
    "text",
    [
        '[[exceptions]]\nfiles = "a"\nrule = "word"\n',
        '[[exceptions]]\nfiles = "a"\nrule = "word"\nreason = ""\n',
        '[skipped]\n"a" = 1\n',
        'words = "none"\n',
    ],
)
def test_every_exception_has_a_reason(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prose.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"prose\.toml: "):
        Configuration.read(file)
