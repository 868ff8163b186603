"""A `.env` of a branch's own: what it may hold, and that nobody gets to see what it holds."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_cli.errors import CommandError
from examx_cli.features.env_file import LARGEST, EnvFile, is_env_file
from tests.unit.settings.support import reproducible

SECRET = "invented-horse-7319"
CONTROL = "holds a control character or a byte order mark: save it as plain UTF-8"
NEITHER = "is neither NAME=value nor a comment; a value has one line"
OPEN = "begins with a quotation mark that nothing closes"


def faults(content: str | bytes) -> list[str]:
    """What is wrong with a file."""
    with pytest.raises(CommandError) as refused:
        EnvFile.of(content.encode() if isinstance(content, str) else content, "login.env")
    heading, *lines = str(refused.value).split("\n  ")
    assert heading == "login.env is no .env that can be used; nothing was done:"
    return lines


class TestWhatItMayHold:
    @pytest.mark.parametrize(
        "line",
        [
            "A=b",
            "A=",
            "A =b",
            "A = b",
            "  A=b  ",
            "\tA=b",
            "_a1=b",
            "export A=b",
            "export\tA=b",
            "A=b # why",
            "A=b=c==",
            "A='b c'",
            "A='b' # why",
            'A="b \\" c"',
            'A="b"\t# "why"',
            "A=it's",
            "A=日本",
            "A=b\tc",
            "A=$(rm) `x` ${B}",
        ],
    )
    def test_an_assignment(self, line: str) -> None:
        assert len(EnvFile.of(line.encode(), "x").names) == 1
        EnvFile.of(f"{line}\n".encode(), "x")

    @pytest.mark.parametrize("line", ["", "   ", "\t", "# A=b", "  # it's a comment", "#"])
    def test_a_line_that_says_nothing(self, line: str) -> None:
        assert EnvFile.of(f"{line}\nB=c\n{line}".encode(), "x").names == ["B"]

    def test_lines_of_windows(self) -> None:
        assert EnvFile.of(b"A=b\r\n\r\n# c\r\nD='e'\r\n", "x").names == ["A", "D"]

    def test_names_that_differ_in_case(self) -> None:
        assert EnvFile.of(b"A=1\na=2\nexport=3\n", "x").names == ["A", "a", "export"]

    def test_the_largest(self) -> None:
        EnvFile.of(b"A=" + b"x" * (LARGEST - 2), "x")
        with pytest.raises(CommandError) as refused:
            EnvFile.of(b"A=" + b"x" * (LARGEST - 1), "login.env")
        assert str(refused.value) == "login.env has more than 1048576 bytes: Kubernetes takes no larger Secret"


class TestWhatItMayNotHold:
    @pytest.mark.parametrize("line", [SECRET, f"A-B={SECRET}", f"1A={SECRET}", f"={SECRET}", f"export {SECRET}", "A"])
    def test_anything_else(self, line: str) -> None:
        assert faults(f"B=1\n{line}\n") == [f"line 2 {NEITHER}"]

    @pytest.mark.parametrize("control", ["\0", "\x07", "\x0b", "\x1b[31m", "\r", "\x1f", "\x7f", "\ufeff"])
    def test_what_nobody_sees(self, control: str) -> None:
        assert faults(f"A=b{control}c\n") == [f"line 1 {CONTROL}"]
        assert faults(f"# a{control}b\nA=b\n") == [f"line 1 {CONTROL}"]

    def test_a_byte_order_mark(self) -> None:
        assert faults("A=b\n".encode("utf-8-sig")) == [f"line 1 {CONTROL}"]

    @pytest.mark.parametrize("value", [f'"{SECRET}', f"'{SECRET}", '"', "'", '"a\\"', "'a' b", '"a"b', "'a\""])
    def test_a_quotation_that_does_not_end(self, value: str) -> None:
        assert faults(f"A={value}\n") == [f"line 1: the value of A {OPEN}"]

    def test_a_value_of_several_lines(self) -> None:
        assert faults('A="one\ntwo"\nB=c\n') == [f"line 1: the value of A {OPEN}", f"line 2 {NEITHER}"]

    def test_a_name_twice(self) -> None:
        assert faults("A=1\n# A=2\nexport A=3\nA=4\n") == [
            "line 3: A is set on line 1 already; once is enough",
            "line 4: A is set on line 1 already; once is enough",
        ]

    @pytest.mark.parametrize("content", ["", "\n\n", "# A=b\n"])
    def test_nothing(self, content: str) -> None:
        assert faults(content) == ["it sets no variable"]

    def test_everything_is_said_at_once(self) -> None:
        content = f"A={SECRET}\n{SECRET}\nB='{SECRET}\nA={SECRET}2\nC=\x1b{SECRET}\n"
        assert faults(content) == [
            f"line 2 {NEITHER}",
            f"line 3: the value of B {OPEN}",
            "line 4: A is set on line 1 already; once is enough",
            f"line 5 {CONTROL}",
        ]

    @pytest.mark.parametrize("content", [b"A=\xff\n", b"A=\xe4\n", "A=b\n".encode("utf-16")])
    def test_what_is_not_utf8(self, content: bytes) -> None:
        with pytest.raises(CommandError) as refused:
            EnvFile.of(content, "login.env")
        assert str(refused.value) == "login.env is not UTF-8"

    @reproducible
    @given(st.lists(st.sampled_from(["A=?", "B='?", '"?"', "?=?", "A=?\x1b", "?", "export ?", "# ?", "A ?", "'?'=?"])))
    def test_no_message_shows_a_line(self, lines: list[str]) -> None:
        content = "\n".join(lines).replace("?", SECRET).encode()
        try:
            told = repr(EnvFile.of(content, "login.env"))
        except CommandError as refused:
            told = str(refused)
        assert SECRET not in told


class TestItsSecret:
    def test_holds_it_byte_by_byte(self) -> None:
        content = b"A='b'\r\n# c\n"
        file = EnvFile.of(content, "x")
        secret = file.secret("feat-login-examxv2", {"tier": "feat"})
        assert secret == {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": file.secret_name, "namespace": "feat-login-examxv2", "labels": {"tier": "feat"}},
            "type": "Opaque",
            "immutable": True,
            "data": {".env": base64.b64encode(content).decode()},
        }

    def test_has_a_name_of_its_own_for_every_content(self) -> None:
        names = [EnvFile.of(content, "x").secret_name for content in (b"A=1", b"A=1", b"A=2", b"A=1\n")]
        assert len(set(names)) == 3
        assert names[0] == names[1]
        assert all(map(is_env_file, names))
        assert not is_env_file("examxv2-env-file-1")
        assert not is_env_file("")


class TestAnAnswer:
    FILE = EnvFile.of(f"SHORT=on\nPLAIN={SECRET}\nQUOTED=\"two 'words'\" # note\nNOTED=pale-fox # note\n".encode(), "x")
    ENCODED = base64.b64encode(f"SHORT=on\nPLAIN={SECRET}\n".encode()).decode()

    @pytest.mark.parametrize(
        "said",
        [
            f"invalid: {SECRET}!",
            "invalid: two 'words'",
            'invalid: "pale-fox"',
            f"invalid: {ENCODED[:20]}...",
            f"in {ENCODED[8:24]}",
            "found: SHORT=on\nPLAIN=in...",
        ],
    )
    def test_that_shows_something_of_it(self, said: str) -> None:
        assert self.FILE.is_shown_by(said)

    @pytest.mark.parametrize(
        "said", ["", "on", 'secrets "env-file-1234567890" is forbidden: User "grace" cannot patch it', "SHORT, PLAIN"]
    )
    def test_that_does_not(self, said: str) -> None:
        assert not self.FILE.is_shown_by(said)

    def test_about_the_smallest(self) -> None:
        smallest = EnvFile.of(b"A=xyz", "x")
        assert smallest.is_shown_by(f"{base64.b64encode(b'A=xyz').decode()} is wrong")
        assert not smallest.is_shown_by("it is wrong")
