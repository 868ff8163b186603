"""No value that a branch controls leads to the media of dev, or of another branch.

A branch controls its name, its image, who asks, until when, and the name of its Secret; and the same in features.yaml.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from attrs import evolve
from cdk8s import App, Chart
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs import EfsProvisioner
from examx_constructs.chart import ExamxChart
from examx_constructs.checks.storage.efs_directories import Claim, directory, same_directory
from examx_constructs.environments.dev import dev
from examx_constructs.features import Feature, feature, read_features
from examx_constructs.features.environment import STORAGE_CLASS
from examx_constructs.settings import ConfigurationError, EfsClaim, EfsVolume, ImageReference, KubernetesSecret
from tests.conftest import FIXED_IMAGE
from tests.support import Manifest, of_kind, one, pod_templates, synth
from tests.unit.settings.support import refusal, reproducible

IMAGE = ImageReference.parse(FIXED_IMAGE)
LOGIN = Feature(branch="login", image=IMAGE, owner="ada", expires=datetime(2030, 1, 31, 18, tzinfo=UTC))
DEV = dev(IMAGE)
CLAIM = "examxv2-backend-pvc"
NFS = 2049

HOSTILE = (
    "../../media",
    "..",
    "/",
    "dev-examxv2",
    "dev",
    "feat-dev-examxv2",
    "fs-0ee8c9ed45115bb36",
    "fs-0ee8c9ed45115bb36:/",
    "standard",
    "dev-examxv2-backend-pv",
    "${.PVC.namespace}",
    "$(REDIS_URL)",
    "a: {storageClassName: standard}",
)
"""What somebody would try who wants the directory of another."""


@pytest.fixture(scope="module")
def storage_class() -> dict[str, str]:
    """The parameters of the class that the environments claim from, as an administrator applies it."""
    chart = Chart(App(), "chart")
    EfsProvisioner(chart, "class", settings=STORAGE_CLASS)
    return one(synth(chart), "StorageClass")["parameters"]


def media_path(parameters: dict[str, str], wanted: Feature) -> str:
    """The directory that the driver gives to a feature's claim."""
    return directory(parameters, Claim(wanted.slug.namespace, CLAIM, f"pvc-{wanted.slug.namespace}"))


@reproducible
@given(
    branch=st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=60),
    owner=st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=30),
    secret=st.none() | st.sampled_from(HOSTILE) | st.text("abc-.", min_size=1, max_size=20),
)
def test_whatever_a_branch_says_its_media_is_a_directory_of_its_own(
    storage_class: dict[str, str], branch: str, owner: str, secret: str | None
) -> None:
    try:
        wanted = evolve(LOGIN, branch=branch, owner=owner, env_secret=KubernetesSecret(name=secret) if secret else None)
    except ConfigurationError:
        return  # refused
    environment = feature(wanted)
    assert environment.media == EfsClaim(storage_class=STORAGE_CLASS.name, capacity=feature(LOGIN).media.capacity)
    assert environment.secret_files == ()
    assert environment.namespace not in {DEV.namespace, feature(evolve(LOGIN, branch="other/one")).namespace}
    path = media_path(storage_class, wanted)
    assert path.startswith("/features/feat-")
    assert path.count("/") == 2
    # Nor does the application learn another place: what a branch sets of variables is its own name and its kind.
    assert set(environment.variables) == {"DJANGO_DEBUG", "FEATURE_ENV", "BRANCH_NAME", "ENV_TYPE"}


def test_directories_of_features_are_never_shared(storage_class: dict[str, str]) -> None:
    assert same_directory(storage_class) is None
    assert "reuseAccessPoint" not in storage_class
    # Two environments of one namespace, one after the other: what the driver left of the first is not the second's.
    first, second = (directory(storage_class, Claim("feat-a-examxv2", CLAIM, volume)) for volume in ("pvc-1", "pvc-2"))
    assert first != second


def test_dev_keeps_no_media_where_features_have_theirs() -> None:
    assert isinstance(DEV.media, EfsVolume)
    # The root of the same file system: dev may read what features have, and no feature's access point is the root.
    assert DEV.media.handle == STORAGE_CLASS.file_system
    assert STORAGE_CLASS.base_path.strip("/")


@pytest.fixture(
    scope="module",
    params=[
        LOGIN,
        evolve(LOGIN, branch="media/standard"),
        evolve(LOGIN, branch="dev-examxv2", owner="fs-0ee8c9ed45115bb36:/"),
        evolve(LOGIN, branch="$(REDIS_URL)", env_secret=KubernetesSecret(name="dev-examxv2-backend-pv")),
    ],
    ids=lambda wanted: wanted.branch,
)
def rendered(request: pytest.FixtureRequest) -> list[Manifest]:
    """The manifests of features whose values are made to look like those of dev."""
    return ExamxChart(App(), feature(request.param)).to_json()


def test_the_claim_names_nothing_but_the_class(rendered: list[Manifest]) -> None:
    (claim,) = of_kind(rendered, "PersistentVolumeClaim")
    assert claim["metadata"]["name"] == CLAIM
    assert set(claim["spec"]) == {"accessModes", "resources", "storageClassName", "volumeMode"}
    assert claim["spec"]["storageClassName"] == STORAGE_CLASS.name


def test_nothing_else_is_storage(rendered: list[Manifest]) -> None:
    assert not of_kind(rendered, "PersistentVolume")
    assert not of_kind(rendered, "StorageClass")
    text = yaml.safe_dump([each for each in rendered if each["kind"] != "Namespace"])
    assert "efs.csi.aws.com" not in text
    assert not list(foreign_volumes(rendered))
    assert not [
        mount
        for template in pod_templates(rendered).values()
        for container in template["spec"]["containers"]
        for mount in container["volumeMounts"]
        if mount["name"] == "media" and ("subPath" in mount or "subPathExpr" in mount)
    ]


def foreign_volumes(manifests: list[Manifest]) -> Iterator[str]:
    """Volumes of pods that are neither of the pod, nor of the driver of secrets, nor the one claim."""
    for name, template in pod_templates(manifests).items():
        for volume in template["spec"].get("volumes", []):
            csi = volume.get("csi", {}).get("driver")
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            own = (
                {"emptyDir", "configMap", "secret"} & volume.keys()
                or csi == "secrets-store.csi.k8s.io"
                or claim == CLAIM
            )
            if not own:
                yield f"{name}: {volume}"


def test_no_policy_opens_the_way_to_a_file_server(rendered: list[Manifest]) -> None:
    rules = [rule for policy in of_kind(rendered, "NetworkPolicy") for rule in policy["spec"].get("egress", [])]
    assert rules
    for rule in rules:
        # A rule without ports, or a range, would let a program of the image speak NFS by itself.
        ports = {port["port"] for port in rule["ports"]}
        assert NFS not in ports
        assert not [port for port in rule["ports"] if "endPort" in port]


@pytest.mark.parametrize(
    "line",
    [
        "media: standard",
        "storage_class: standard",
        "namespace: dev-examxv2",
        "file_system: fs-0ee8c9ed45115bb36",
        "variables: MEDIA_ROOT",
        "env_secret: ../dev",
        "<<: dev",
    ],
)
def test_a_file_of_features_has_no_word_for_media(tmp_path: Path, line: str) -> None:
    file = tmp_path / "features.yaml"
    file.write_text(
        "- branch: feature/login\n  image: registry.example.com/app:v1\n  owner: ada\n"
        f"  expires: 2030-01-31T18:00:00Z\n  {line}\n",
        encoding="utf-8",
    )
    assert str(file) in refusal(lambda: read_features(file))
