"""Image references: one build, named in full."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs.settings import ImageReference
from tests.unit.settings import strategies as own
from tests.unit.settings.samples import IMAGE
from tests.unit.settings.support import attempt, refusal, reproducible

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        ("registry.example.com/app:v1", "registry.example.com", "app", "v1", None),
        ("registry.example.com:5000/team/app:v1", "registry.example.com:5000", "team/app", "v1", None),
        ("localhost/app:v1", "localhost", "app", "v1", None),
        ("registry:443/app:1.2.3-rc_1", "registry:443", "app", "1.2.3-rc_1", None),
        ("public.ecr.aws/docker/library/redis:7.4.6", "public.ecr.aws", "docker/library/redis", "7.4.6", None),
        (f"registry.example.com/app:v1@{DIGEST}", "registry.example.com", "app", "v1", DIGEST),
        ("registry.example.com/a__b/c---d.e:latest-1", "registry.example.com", "a__b/c---d.e", "latest-1", None),
    ],
)
def test_reads_a_full_reference(text: str, registry: str, repository: str, tag: str, digest: str | None) -> None:
    image = ImageReference.parse(text)
    assert image == ImageReference(registry=registry, repository=repository, tag=tag, digest=digest)
    assert str(image) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "registry.example.com/app:latest",
            'ImageReference.tag is "latest"; it must name one build: `latest` changes under running pods',
        ),
        (
            "registry.example.com/app",
            (
                'image is "registry.example.com/app"; a tag is missing: it names the build, '
                "and without one Kubernetes would pull `latest`"
            ),
        ),
        (f"registry.example.com/app@{DIGEST}", "a tag is missing: it names the build"),
        (
            "registry.example.com/app:v1@sha256:abc",
            'ImageReference.digest is "sha256:abc"; it must be sha256: and 64 hex digits',
        ),
        (
            f"registry.example.com/app:v1@{DIGEST.upper()}",
            "; it must be sha256: and 64 hex digits",
        ),
        ("registry.example.com/app:v1@md5:0123", 'ImageReference.digest is "md5:0123"; it must be sha256:'),
    ],
)
def test_refuses_what_is_not_one_build(text: str, message: str) -> None:
    assert message in refusal(lambda: ImageReference.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app:v1",
        "team/app:v1",
        "https://registry.example.com/app:v1",
        "registry.example.com/App:v1",
        "registry.example.com/app:v1 ",
        "registry.example.com/app:v1\n",
        "registry.example.com/app:",
        "registry.example.com/app:-v1",
        "registry.example.com/app:" + "v" * 129,
        "registry.example.com/app:vé",
        "registry.example.com//app:v1",
        "registry.example.com/app_:v1",
        "-registry.example.com/app:v1",
        "registry-.example.com/app:v1",
        "registry..example.com/app:v1",
        "registry.example.com:port/app:v1",
        "registry.example.com/app:v1@",
        f"registry.example.com/app:v1@{DIGEST}@{DIGEST}",
    ],
)
def test_refuses_what_is_no_reference(text: str) -> None:
    assert "; it must be registry/repository:tag, with the registry's host name" in refusal(
        lambda: ImageReference.parse(text)
    )


@pytest.mark.parametrize("given", [None, 5, ["registry.example.com/app:v1"]])
def test_refuses_what_is_no_text(given: object) -> None:
    assert refusal(lambda: ImageReference.parse(given)) == (  # pyright: ignore[reportArgumentType]
        f"image is {given}; it must be registry/repository:tag, with the registry's host name"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"registry": "https://x.example.com"},
            'ImageReference.registry is "https://x.example.com"; it must be a host',
        ),
        ({"registry": "registry"}, 'ImageReference.registry is "registry"; it must be a host name'),
        (
            {"repository": "Team/App"},
            'ImageReference.repository is "Team/App"; it must be a lower-case repository path',
        ),
        ({"tag": ""}, 'ImageReference.tag is ""; it must be a tag of at most 128 characters'),
        ({"tag": "naïve"}, 'ImageReference.tag is "naïve"; it must be a tag'),
        ({"digest": "abc"}, 'ImageReference.digest is "abc"; it must be sha256: and 64 hex digits'),
        ({"repository": "a" * 250}, "it has 271 characters, the most is 255 without the tag"),
    ],
)
def test_refuses_a_bad_part(changes: dict[str, str], message: str) -> None:
    assert message in refusal(lambda: attrs.evolve(IMAGE, **changes))


@reproducible
@given(own.images())
def test_a_reference_reads_back_as_itself(image: ImageReference) -> None:
    assert ImageReference.parse(str(image)) == image


@reproducible
@given(st.text(max_size=40) | st.text(alphabet="abAB019.:/@_-\n é", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    image = attempt(lambda: ImageReference.parse(text))
    if isinstance(image, str):
        assert image.startswith(("image is ", "ImageReference."))
    else:
        assert str(image) == text
