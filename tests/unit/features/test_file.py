"""A file of feature declarations: what is read, and which line a mistake is on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from examx_constructs.features import Feature, read_features
from examx_constructs.settings import ImageReference, KubernetesSecret
from tests.unit.settings.support import refusal

LOGIN = """\
- branch: feature/login
  image: registry.example.com/app:v1
  owner: ada@example.com
  expires: 2030-01-31T18:00:00Z
"""
IMAGE = ImageReference.parse("registry.example.com/app:v1")
EXPIRES = datetime(2030, 1, 31, 18, tzinfo=UTC)


def file_of(folder: Path, content: str | bytes) -> Path:
    """A file of this content."""
    file = folder / "features.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_reads_features(tmp_path: Path) -> None:
    more = "- {branch: 日本, image: 'registry.example.com/app:v1', owner: grace, expires: 2030-01-31 23:30:00+05:30,"
    more += " env_secret: own-env}\n"
    assert read_features(file_of(tmp_path, f"# two\n{LOGIN}{more}")) == [
        Feature(branch="feature/login", image=IMAGE, owner="ada@example.com", expires=EXPIRES),
        Feature(
            branch="日本", image=IMAGE, owner="grace", expires=EXPIRES, env_secret=KubernetesSecret(name="own-env")
        ),
    ]


@pytest.mark.parametrize("branch", ["1e5", "123", "0x1F", "true", "on", "2030-01-31", "1_000", "'null'", "012", "1.50"])
def test_a_branch_stays_as_it_is_written(tmp_path: Path, branch: str) -> None:
    (read,) = read_features(file_of(tmp_path, LOGIN.replace("feature/login", branch)))
    assert read.branch == branch.strip("'")


def test_no_features_is_a_list_without_entries(tmp_path: Path) -> None:
    assert read_features(file_of(tmp_path, "[]\n")) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- [", " cannot be read as YAML: while parsing"),
        (b"- \xff", " cannot be read as YAML: it is not UTF-8 text (byte 2)"),
        ("", " must be a list of features; `[]` is the empty one"),
        ("branch: feature/login\n", " must be a list of features"),
        (f"{LOGIN}- feature/other\n", ", line 5: a feature must be a mapping, with a branch, an image, an owner"),
        (f"{LOGIN}- []\n", ", line 5: a feature must be a mapping"),
        (LOGIN.replace("  owner: ada@example.com\n", ""), ", line 1: Feature.owner is missing; it has no default"),
        (
            f"{LOGIN}  envfile: x\n",
            ', line 1: Feature.envfile is "x"; there is no such setting: it must be one of branch,',
        ),
        (f"{LOGIN}  owner: grace\n", ", line 5: Feature.owner is there twice; it may be given once"),
        (f"{LOGIN}  env_secret:\n", ", line 5: Feature.env_secret has no text; give one, or leave it out"),
        (f"{LOGIN}  env_secret: [a]\n", ", line 5: Feature.env_secret has no text"),
        (f"{LOGIN}  env_secret: Own\n", ', line 5: KubernetesSecret.name is "Own"; it must be a DNS label'),
        (LOGIN.replace(":v1", ":latest"), ', line 2: ImageReference.tag is "latest"; it must name one build'),
        (LOGIN.replace("feature/login", "a..b"), ", line 1: Feature.branch is \"a..b\"; git allows neither '..'"),
        (
            LOGIN.replace("2030-01-31T18:00:00Z", "next week"),
            ', line 4: Feature.expires is "next week"; it must be a moment with a time zone, such as 2030-01-31T18:00',
        ),
        (
            LOGIN.replace("2030-01-31T18:00:00Z", "2030-01-31"),
            ", line 1: Feature.expires is 2030-01-31 00:00:00; it must be a moment with a time zone",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, content: str | bytes, message: str) -> None:
    file = file_of(tmp_path, content)
    assert refusal(lambda: read_features(file)).startswith(f"{file}{message}")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    message = refusal(lambda: read_features(tmp_path / "features.yaml"))
    assert message.startswith(f"{tmp_path}/features.yaml cannot be read as YAML: ")
    assert "No such file" in message
