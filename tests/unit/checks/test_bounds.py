"""Texts and files that are more than any manifest: one line each, in bounded time and memory."""

import os
import re
import threading
import time
from pathlib import Path

import pytest

from examx_constructs import _files
from examx_constructs.checks import LoadError, load
from examx_constructs.environments import read_images
from examx_constructs.features import read_features
from examx_constructs.manifests.yaml_text import YamlError, documents
from examx_constructs.settings import ConfigurationError

BOMB = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"b{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 12)
)
MERGES = "a0: &a0 {k0: v}\n" + "".join(
    f"a{number}: &a{number} {{<<: [{', '.join([f'*a{number - 1}'] * 10)}], k{number}: v}}\n" for number in range(1, 12)
)
TEXTS = {
    "flow lists": ("[" * 200_000, ":1: is no manifest: nests deeper than 128 levels"),
    "flow mappings": ("{a: " * 200_000, ":1: is no manifest: nests deeper than 128 levels"),
    "lists in a line": ("- " * 200_000, ":1: is no manifest: nests deeper than 128 levels"),
    "block": ("".join(f"{' ' * depth}a:\n" for depth in range(500)), ":129: is no manifest: nests deeper than"),
    "just too deep": ("[" * 129 + "]" * 129, ":1: is no manifest: nests deeper than 128 levels"),
    "aliases": (BOMB, "is no manifest: larger than 64 MiB once its aliases are written out"),
    "long text": (f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 1000)}]", ":2: is no manifest: larger than 64 MiB"),
    "a list of itself": ("a: &a [*a]", ":1: is no manifest: what the anchor a names holds itself"),
    "a mapping of itself": ("&a b: {c: &d {e: *d}}", ":1: is no manifest: what the anchor d names holds itself"),
    "base 60, tagged": (f'a: !!int "{"1:" * 5000}1"', ":1: is refused by kubectl: '1:1:1"),
    "no truth value": ("a: !!bool x", ":1: is refused by kubectl: 'x' is no !!bool"),
    "no time": ("a: !!timestamp x", ":1: is refused by kubectl: 'x' is no !!timestamp"),
    "no number": ("a: !!int x", ":1: is refused by kubectl: 'x' is no !!int"),
    "no float": ("a: !!float x", ":1: is refused by kubectl: 'x' is no !!float"),
    "an alias of nothing": ("a: *b", ":1: is not valid YAML: "),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text(name: str) -> None:
    text, said = TEXTS[name]
    start = time.process_time()
    with pytest.raises(YamlError) as refused:
        documents(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert time.process_time() - start < 20, "it is not made first"


def test_what_just_fits() -> None:
    assert documents("[" * 128 + "]" * 128)
    assert documents("a: &a [1, 2]\nb: [*a, *a]\nc: {<<: {d: e}}") == [
        {"a": [1, 2], "b": [[1, 2], [1, 2]], "c": {"d": "e"}}
    ]
    assert documents(MERGES)[0]["a11"].keys() == {f"k{number}" for number in range(12)}, "merged, they are few"
    assert documents(f"a: {'f' * 64}\nb: '{'9' * 5000}'\nc: 2026-99-99")[0]


def test_numbers_without_an_end_are_texts_in_bounded_time() -> None:
    for text in ("9" * 5000, "0x" + "f" * 5000, "0b" + "1" * 5000, "1:" * 500_000 + "1", "1_" * 500_000 + "1"):
        start = time.process_time()
        assert documents(f"a: {text}\nb: [{text}]") == [{"a": text, "b": [text]}]
        assert time.process_time() - start < 20


@pytest.mark.parametrize("name", ["flow lists", "aliases", "a list of itself"])
def test_in_the_files_of_deployments(tmp_path: Path, name: str) -> None:
    for read, file in ((read_images, tmp_path / "images.yaml"), (read_features, tmp_path / "features.yaml")):
        file.write_text(TEXTS[name][0])
        with pytest.raises(ConfigurationError, match="cannot be read as YAML: ") as refused:
            read(file)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"apiVersion": ' + "[" * 100_000, "is no manifest: nests deeper than 128 levels"),
        ('{"apiVersion": ' + "[" * 200 + "]" * 200 + "}", "is no manifest: nests deeper than 128 levels"),
        ('{"apiVersion": ' + "9" * 5000 + "}", "is no manifest: 9{40} is a number beyond 64 bits"),
        ('{"apiVersion": ', "is not valid JSON"),
    ],
)
def test_json(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.json").write_text(text)
    (unread,) = load(tmp_path).unread
    assert re.search(said, unread.reason)


class TestAFile:
    def test_without_an_end(self) -> None:
        for device in ("/dev/zero", "/dev/urandom"):
            with pytest.raises(LoadError, match=f"{device}: cannot be read: it is a device, no file"):
                load(device)

    def test_that_is_a_pipe_without_a_writer(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_files, "PIPE_SECONDS", 0.2)
        os.mkfifo(tmp_path / "a.yaml")
        with pytest.raises(LoadError, match=r"a\.yaml: cannot be read: it is a pipe that did not end within 0\.2 s"):
            load(tmp_path / "a.yaml")

    def test_that_is_none_in_a_folder(self, tmp_path: Path) -> None:
        """Nobody waits for a pipe that is not named, and a device ends no run."""
        os.mkfifo(tmp_path / "a.yaml")
        (tmp_path / "b.json").symlink_to(os.devnull)
        (tmp_path / "c.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
        manifests = load(tmp_path)
        assert [len(manifests), manifests.passed_over, manifests.unread] == [1, 2, ()]

    def test_that_a_link_leads_nowhere(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").symlink_to("b.yaml")
        said = ["is a file that cannot be read: No such file or directory"]
        assert [each.reason for each in load(tmp_path).unread] == said

    def test_that_is_a_pipe_with_one(self) -> None:
        """As a shell makes of `<(command)`."""
        reader, writer = os.pipe()

        def write() -> None:
            time.sleep(0.2)
            os.write(writer, b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
            os.close(writer)

        threading.Thread(target=write).start()
        assert len(load(f"/dev/fd/{reader}")) == 1
        os.close(reader)

    def test_that_is_a_pipe_whose_writer_says_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_files, "PIPE_SECONDS", 0.2)
        reader, writer = os.pipe()
        with pytest.raises(LoadError, match=r"it is a pipe that did not end within 0\.2 s"):
            load(f"/dev/fd/{reader}")
        os.close(reader)
        os.close(writer)

    def test_with_a_null_character_in_its_name(self) -> None:
        with pytest.raises(LoadError, match="its name holds a null character"):
            load("a\0.yaml")


class TestAFolder:
    def test_of_links_to_itself(self, tmp_path: Path) -> None:
        """Two of them, which have 2 to the power of 40 paths before the system refuses one."""
        (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
        for name in ("one", "two"):
            (tmp_path / name).symlink_to(tmp_path)
        assert len(load(tmp_path)) == 1

    def test_of_folders_that_are_linked_again_and_again(self, tmp_path: Path) -> None:
        for number in range(30):
            (tmp_path / str(number)).mkdir()
            for name in ("one", "two"):
                (tmp_path / str(number) / name).symlink_to(tmp_path / str(number + 1))
        (tmp_path / "30").mkdir()
        (tmp_path / "30" / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
        assert len(load(tmp_path / "0")) == 1
