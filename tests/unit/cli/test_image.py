"""`examx image set` and `examx image tag`, and what they do to images.yaml."""

import json
import re
import resource
import shutil
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from examx_cli.app import app
from examx_cli.errors import CommandError
from examx_cli.images import build_tag, check_image, current_image, image_line, set_image
from examx_constructs.environments import ENVIRONMENTS, read_images
from examx_constructs.settings import ImageReference
from tests.unit.settings.support import refusal, reproducible

PROJECT = Path(__file__).parents[3]
REPOSITORY = "registry.example.com/team/app"
NEW = f"{REPOSITORY}:dev-20261123-101500-abcdef0"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
DIGESTS = st.sampled_from(["", f"@{DIGEST}"])
CONTENT = f"# one line each\ndev: {REPOSITORY}:dev-1\nstg: {REPOSITORY}:stg-1\nprod: {REPOSITORY}:prod-1\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout, which is where the commands run."""
    shutil.copy(PROJECT / "cdk8s.yaml", tmp_path)
    (tmp_path / "images.yaml").write_text(CONTENT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


@pytest.fixture
def file(project: Path) -> Path:
    return project / "images.yaml"


def image(*arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(app, ["image", *arguments])
    assert done.exit_code == status, done.output
    assert bool(done.stderr) == bool(status)
    return done


class TestSet:
    def test_changes_the_line_and_says_so(self, file: Path) -> None:
        assert image("set", "dev", NEW).stdout == f"images.yaml:2: dev was {REPOSITORY}:dev-1, is {NEW}\n"
        assert file.read_text() == CONTENT.replace(f"{REPOSITORY}:dev-1", NEW)

    def test_leaves_an_equal_image_alone(self, file: Path) -> None:
        file.chmod(0o400)
        before = file.stat()
        said = image("set", "stg", f"{REPOSITORY}:stg-1").stdout
        assert said == f"images.yaml: stg has {REPOSITORY}:stg-1 already; nothing is written\n"
        assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    def test_for_a_machine(self, file: Path) -> None:
        said = {"environment": "dev", "image": NEW, "before": f"{REPOSITORY}:dev-1", "changed": True}
        assert json.loads(image("set", "dev", NEW, "--json").stdout) == said
        assert json.loads(image("set", "dev", NEW, "--json").stdout) == {**said, "before": NEW, "changed": False}

    def test_takes_a_digest(self, file: Path) -> None:
        image("set", "dev", f"{NEW}@{DIGEST}")
        assert current_image(file, "dev").digest == DIGEST

    @pytest.mark.parametrize(
        ("reference", "message"),
        [
            (
                "registry.example.org/team/app:dev-2",
                (
                    f'image is "registry.example.org/team/app:dev-2"; it must be {REPOSITORY}:TAG: '
                    "dev runs images of that repository only"
                ),
            ),
            (
                "registry.example.com/team/other:dev-2",
                (
                    f'image is "registry.example.com/team/other:dev-2"; it must be {REPOSITORY}:TAG: '
                    "dev runs images of that repository only"
                ),
            ),
            (
                f"{REPOSITORY}:stg-20261123-101500-abcdef0",
                (
                    'image tag is "stg-20261123-101500-abcdef0"; it must start with "dev-": '
                    "it names the environment that it is built for"
                ),
            ),
            (
                f"{REPOSITORY}:dev",
                'image tag is "dev"; it must start with "dev-": it names the environment that it is built for',
            ),
            (
                f"{REPOSITORY}:dev-",
                'image tag is "dev-"; it must start with "dev-": it names the environment that it is built for',
            ),
            (
                f"{REPOSITORY}:dev-latest",
                'image tag is "dev-latest"; it must name one build: `latest` changes under running pods',
            ),
            (
                f"{REPOSITORY}:latest",
                'ImageReference.tag is "latest"; it must name one build: `latest` changes under running pods',
            ),
            (
                f"{REPOSITORY}@{DIGEST}",
                (
                    f'image is "{REPOSITORY}@{DIGEST}"; a tag is missing: it names the build, '
                    "and without one Kubernetes would pull `latest`"
                ),
            ),
            (
                f"{NEW}@sha256:abc",
                'ImageReference.digest is "sha256:abc"; it must be sha256: and 64 hex digits',
            ),
            ("app:dev-2", 'image is "app:dev-2"; it must be registry/repository:tag, with the registry\'s host name'),
            ("", 'image is ""; it must be registry/repository:tag, with the registry\'s host name'),
            (
                f"{NEW}\nstg: x",
                f'image is "{NEW}\\nstg: x"; it must be registry/repository:tag, with the registry\'s host name',
            ),
        ],
    )
    def test_refuses_an_image(self, file: Path, reference: str, message: str) -> None:
        assert image("set", "dev", reference, status=2).stderr == f"error: {message}\n"
        assert file.read_text() == CONTENT

    def test_refuses_an_unknown_environment(self, file: Path) -> None:
        assert "no environment" in image("set", "nowhere", NEW, status=2).stderr
        assert file.read_text() == CONTENT

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"dev: [\n", "images.yaml cannot be read as YAML: while parsing"),
            (b"", "images.yaml must be a mapping of environment to image"),
            (b"dev: \xff\n", "images.yaml cannot be read as YAML: it is not UTF-8 text (byte 5)"),
            (b"dev:\n", "images.yaml:1: dev.image is no text"),
            (b"dev: a\ndev: b\n", "images.yaml:2: dev.image is there twice"),
            (
                b"stg: a\n",
                "environment dev: images.yaml has no image for it; add a line `dev: registry/repository:tag`",
            ),
            (b"dev: app\n", 'images.yaml:1: dev.image is "app"; it must be registry/repository:tag'),
        ],
    )
    def test_refuses_a_file_that_is_no_images_yaml(self, file: Path, content: bytes, message: str) -> None:
        file.write_bytes(content)
        said = image("set", "dev", NEW, status=2).stderr
        assert message in said
        assert len(said.splitlines()) == 1
        assert file.read_bytes() == content

    @pytest.mark.parametrize(
        "content",
        [
            f"dev: &here {REPOSITORY}:dev-1\nstg: *here\n",
            f"stg: &here {REPOSITORY}:dev-1\ndev: *here\n",
            f"stg: &here {REPOSITORY}:dev-1\ndev: *here # stg's\n",
            f'dev: "{REPOSITORY}:\\\n  dev-1"\nstg: {REPOSITORY}:stg-1\n',
            f'dev: "{REPOSITORY}:dev\\x2d1"\nstg: {REPOSITORY}:stg-1\n',
        ],
    )
    def test_refuses_to_change_more_than_a_line(self, file: Path, content: str) -> None:
        file.write_text(content)
        assert image("set", "dev", NEW, status=2).stderr == (
            "error: environment dev: its image must be plainly on one line of images.yaml, without anchors, "
            "aliases and escapes: no other line may change\n"
        )
        assert file.read_text() == content

    def test_outside_of_a_checkout(self, file: Path) -> None:
        file.unlink()
        assert "is not in a checkout of this project" in image("set", "dev", NEW, status=2).stderr


class TestTag:
    def test_is_made_of_environment_time_and_commit(self, project: Path) -> None:
        said = image("tag", "stg", "--commit", "ABCDEF0123456789", "--now", "2026-11-23T10:15:00Z").stdout
        assert said == "stg-20261123-101500-abcdef0\n"

    @pytest.mark.parametrize(
        ("now", "tag"),
        [
            ("2026-11-23T10:15:00+05:30", "dev-20261123-044500-abcdef0"),
            ("2026-12-31T23:59:59.999-01:00", "dev-20270101-005959-abcdef0"),
            ("20261123T101500+00:00", "dev-20261123-101500-abcdef0"),
        ],
    )
    def test_is_in_utc(self, project: Path, now: str, tag: str) -> None:
        assert image("tag", "dev", "--commit", "abcdef0", "--now", now).stdout == f"{tag}\n"

    def test_is_of_now(self, project: Path) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        tag = image("tag", "prod", "--commit", "0" * 40).stdout.strip()
        made = datetime.strptime(tag, "prod-%Y%m%d-%H%M%S-0000000").replace(tzinfo=UTC)
        assert before <= made <= datetime.now(UTC)

    def test_may_be_set(self, file: Path) -> None:
        """What the one command prints, the other takes."""
        made = json.loads(image("tag", "prod", "--commit", "abcdef0", "--json").stdout)
        assert made["image"] == f"{REPOSITORY}:{made['tag']}"
        pinned = f"{made['image']}@{DIGEST}"
        image("set", "prod", pinned)
        assert read_images(file)["prod"] == pinned

    def test_is_an_output_of_the_step(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (outputs := project / "outputs").touch()
        monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
        image("tag", "stg", "--commit", "abcdef0", "--now", "2026-11-23T10:15:00Z")
        values = dict(re.findall(r"^(\w+)<<(?:.*)\n(.*)\n", outputs.read_text(), re.MULTILINE))
        tag = "stg-20261123-101500-abcdef0"
        assert values == {"tag": tag, "image": f"{REPOSITORY}:{tag}"}

    @pytest.mark.parametrize("commit", ["", "abcdef", "HEAD", "g" * 40, "a" * 41, "abcdef0\n", "abcdef0;ls", "١٢٣٤٥٦٧"])
    def test_refuses_a_commit(self, project: Path, commit: str) -> None:
        assert image("tag", "stg", "--commit", commit, status=2).stderr == (
            f"error: commit is {json.dumps(commit, ensure_ascii=False)}; it must be 7 to 40 hexadecimal digits: "
            "see `git rev-parse HEAD`\n"
        )

    @pytest.mark.parametrize(
        "now", ["", "now", "2026-11-23", "2026-11-23T10:15:00", "2026-11-31T10:15:00Z", "0001-01-01T00:00:00+01:00"]
    )
    def test_refuses_a_time(self, project: Path, now: str) -> None:
        assert image("tag", "stg", "--commit", "abcdef0", "--now", now, status=2).stderr == (
            f'error: --now is "{now}"; it must be ISO 8601 with a time zone, such as 2026-11-23T10:15:00Z\n'
        )

    def test_needs_a_commit(self, project: Path) -> None:
        assert "--commit" in image("tag", "stg", status=2).stderr


@pytest.mark.parametrize("command", ["set", "tag"])
def test_help_shows_an_example(command: str) -> None:
    text = image(command, "--help").stdout
    assert f"examx image {command} stg" in text


# What is around the images of a file: nothing of it may change.
COMMENTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12).map("# {}".format)
BREAKS = st.sampled_from(["\n", "\r\n", "\r"])
TAGS = st.builds("{}{}".format, st.text("aZ09_.-", min_size=1, max_size=30), DIGESTS)


@st.composite
def lines(draw: st.DrawFn, name: str, image: str) -> str:
    """The line of an environment, after some that say nothing."""
    before = draw(st.lists(st.tuples(st.sampled_from(["", "  "]) | COMMENTS, BREAKS), max_size=2))
    key = draw(st.sampled_from(["{}", "'{}'", '"{}"', "!!str {}"])).format(name)
    gap = draw(st.sampled_from([" ", "    ", " !!str ", f" &{name} "]))
    quote = draw(st.sampled_from(["", "'", '"']))
    tail = draw(st.sampled_from(["", " ", "   "]) | COMMENTS.map("  {}".format))
    return "".join(f"{text}{end}" for text, end in before) + f"{key}:{gap}{quote}{image}{quote}{tail}{draw(BREAKS)}"


@st.composite
def images_files(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """The text of a file, and the images in it."""
    images = {name: f"{REPOSITORY}:{name}-{draw(TAGS)}" for name in draw(st.permutations([*ENVIRONMENTS]))}
    start = draw(st.sampled_from(["", "\ufeff", "---\n", "%YAML 1.1\r\n---\r\n"]))
    text = start + "".join(draw(lines(name, image)) for name, image in images.items())
    return draw(st.sampled_from([text, text.rstrip("\r\n")])), images


@reproducible
@given(images_files(), st.sampled_from([*ENVIRONMENTS]), TAGS)
def test_nothing_but_the_image_of_one_line_changes(
    given_file: tuple[str, dict[str, str]], environment: str, tag: str
) -> None:
    text, images = given_file
    pinned = f"@{DIGEST}" if environment == "prod" and "@" not in tag else ""
    old, new = images[environment], f"{REPOSITORY}:{environment}-{tag}{pinned}"
    with TemporaryDirectory() as folder:
        (file := Path(folder) / "images.yaml").write_bytes(text.encode())
        assert set_image(file, environment, new) == (old != new)
        assert text.count(old) == 1
        assert file.read_bytes() == text.replace(old, new).encode()
        assert read_images(file) == images | {environment: new}
        assert [each.name for each in Path(folder).iterdir()] == ["images.yaml"]


def test_prod_takes_no_tag_without_a_digest(file: Path) -> None:
    new = f"{REPOSITORY}:prod-20261123-101500-abcdef0"
    refused = image("set", "prod", new, status=2).stderr
    assert "it must end in @sha256:DIGEST: prod runs what was built, whatever its tag leads to by now" in refused
    assert "imageTag=prod-20261123-101500-abcdef0" in refused
    assert file.read_text() == CONTENT
    image("set", "prod", f"{new}@{DIGEST}")
    # What ran before the rule may be gone back to.
    image("set", "prod", f"{REPOSITORY}:prod-20261123-000000-0000000")


def test_the_line_is_found(file: Path) -> None:
    assert [image_line(file, name) for name in ENVIRONMENTS] == [2, 3, 4]
    file.write_text(f"stg: {REPOSITORY}:stg-1\n\n# dev:\n'dev':\n  {REPOSITORY}:dev-1\n")
    assert image_line(file, "dev") == 5
    assert "images.yaml has no image for it" in refusal(lambda: image_line(file, "prod"))


@pytest.mark.parametrize("before", ["dev:\n  ", "dev: >-\n  ", "{dev: ", "dev: &unused "])
def test_an_image_in_another_form_of_yaml(file: Path, before: str) -> None:
    after = f", stg: {REPOSITORY}:stg-1}}\n" if before.startswith("{") else f"\nstg: {REPOSITORY}:stg-1\n"
    file.write_text(f"{before}{REPOSITORY}:dev-1{after}")
    assert set_image(file, "dev", NEW)
    assert file.read_text() == f"{before}{NEW}{after}"


def test_images_of_one_build_of_each_environment_fit(environment_name: str) -> None:
    """What this repository runs passes its own check, and so does what a workflow would build next."""
    current = current_image(PROJECT / "images.yaml", environment_name)
    check_image(environment_name, current, current)
    tag = build_tag(environment_name, "abcdef0", datetime(2026, 11, 23, tzinfo=UTC))
    check_image(environment_name, ImageReference.parse(f"{current.registry}/{current.repository}:{tag}"), current)


def test_mode_and_link_stay(project: Path, file: Path) -> None:
    target = file.rename(project / "elsewhere.yaml")
    target.chmod(0o640)
    file.symlink_to(target)
    assert set_image(file, "dev", NEW)
    assert file.is_symlink()
    assert current_image(target, "dev") == ImageReference.parse(NEW)
    assert target.stat().st_mode & 0o7777 == 0o640


def test_a_disk_that_is_full_leaves_the_file_and_nothing_beside_it(file: Path, project: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        with pytest.raises(CommandError) as refused:
            set_image(file, "dev", NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(refused.value) == f"{file} cannot be written: File too large; it is as it was"
    assert file.read_text() == CONTENT
    assert sorted(each.name for each in project.iterdir()) == ["cdk8s.yaml", "images.yaml"]
