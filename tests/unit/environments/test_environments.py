"""Reading images.yaml, loading environments, and adding one."""

import inspect
import re
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest
from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.checks import Manifests, check
from examx_constructs.environments import ENVIRONMENTS, EnvironmentSettingError, load, read_images
from examx_constructs.environments.prod import prod
from examx_constructs.environments.stg import stg
from examx_constructs.manifests import Versions
from examx_constructs.settings import (
    Access,
    ClusterVersions,
    EfsVolume,
    Environment,
    ImageReference,
    IngressSettings,
    Quantity,
    RedisShape,
    Replicas,
    Resources,
)
from examx_constructs.synthesis import CheckError, synthesize
from tests.support import one
from tests.unit.settings.samples import ENVIRONMENT, QUEUE, REPLICATED, STANDALONE
from tests.unit.settings.support import refusal

IMAGE = "registry.example.com/examxv2-backend:v1"
IMAGES = dict.fromkeys(ENVIRONMENTS, IMAGE)
KNOWN = ", ".join(ENVIRONMENTS)


def fourth(image: ImageReference) -> Environment:
    """A fourth environment: staging's figures under names of its own, in staging's cluster."""
    return attrs.evolve(
        stg(image),
        name="fourth",
        namespace="fourth-examxv2",
        labels={"environment": "acceptance", "tier": "fourth"},
        access=Access(service_account="fourth-examxv2-sa"),
        ingress=IngressSettings(host="fourth.example.com"),
        media=EfsVolume(file_system="fs-0123456789abcdef0", capacity=Quantity("10Gi")),
    )


FOUR = {**ENVIRONMENTS, "fourth": fourth}


def images_file(folder: Path, content: str | bytes) -> Path:
    """An images.yaml of this content."""
    file = folder / "images.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_reads_images(tmp_path: Path) -> None:
    file = images_file(tmp_path, f"# written by deployments\ndev: {IMAGE}\n'stg': \"{IMAGE}2\"\n")
    assert read_images(file) == {"dev": IMAGE, "stg": f"{IMAGE}2"}


def test_the_images_of_this_repository_fit_its_environments() -> None:
    images = read_images(Path(__file__).parents[3] / "images.yaml")
    assert {each.name: str(each.image) for each in load(images)} == images


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("dev: [", "cannot be read as YAML: while parsing"),
        ("dev: a\n\tstg: b", "cannot be read as YAML: while scanning"),
        ("dev: a\n---\nstg: b", "cannot be read as YAML: expected a single document"),
        (b"dev: \xff", "cannot be read as YAML: it is not UTF-8 text (byte 5)"),
        ("", "must be a mapping of environment to image"),
        ("- dev\n- stg\n", "must be a mapping of environment to image"),
        (IMAGE, "must be a mapping of environment to image"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    file = images_file(tmp_path, content)
    assert refusal(lambda: read_images(file)).startswith(f"{file} {message}")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    message = refusal(lambda: read_images(tmp_path / "images.yaml"))
    assert message.startswith(f"{tmp_path}/images.yaml cannot be read as YAML: ")
    assert "No such file" in message


@pytest.mark.parametrize("entry", ["", " null", " 5", " true", " [a, b]", " {image: a}", " 2026-01-01"])
def test_an_entry_that_is_no_text_is_refused(tmp_path: Path, entry: str) -> None:
    file = images_file(tmp_path, f"stg: {IMAGE}\ndev:{entry}\n")
    assert (
        refusal(lambda: read_images(file)) == "images.yaml:2: dev.image is no text; it must be registry/repository:tag"
    )


def test_two_entries_for_one_environment_are_refused(tmp_path: Path) -> None:
    file = images_file(tmp_path, f"dev: {IMAGE}\nstg: {IMAGE}\ndev: {IMAGE}2\n")
    assert refusal(lambda: read_images(file)) == (
        "images.yaml:3: dev.image is there twice, as a merge may leave it; keep one line"
    )


def test_a_mistake_in_an_image_has_its_line(tmp_path: Path) -> None:
    file = images_file(tmp_path, f"dev: {IMAGE}\n# two builds ago\nstg: {IMAGE}:latest\nprod: {IMAGE}\n")
    assert refusal(lambda: load(read_images(file))).startswith("images.yaml:3: stg.image is ")


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (
            {**IMAGES, "production": IMAGE},
            f"environment production: image is of no environment; known are {KNOWN}",
        ),
        (
            {"dev": IMAGE, "stg": IMAGE},
            "environment prod: images.yaml has no image for it; add a line `prod: registry/repository:tag`",
        ),
        ({}, "environment dev: images.yaml has no image for it; add a line `dev: registry/repository:tag`"),
        (
            {**IMAGES, "stg": "registry.example.com/examxv2-backend"},
            (
                'environment stg: image is "registry.example.com/examxv2-backend"; a tag is missing: '
                "it names the build, and without one Kubernetes would pull `latest`"
            ),
        ),
        (
            {**IMAGES, "stg": "registry.example.com/examxv2-backend:latest"},
            ('environment stg: image.tag is "latest"; it must name one build: `latest` changes under running pods'),
        ),
        (
            {**IMAGES, "prod": "examxv2-backend:v1"},
            (
                'environment prod: image is "examxv2-backend:v1"; it must be registry/repository:tag, '
                "with the registry's host name"
            ),
        ),
    ],
)
def test_a_mistake_names_environment_and_setting(images: Mapping[str, str], message: str) -> None:
    with pytest.raises(EnvironmentSettingError) as refused:
        load(images)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"replicas": lambda: Replicas.between(3, 2)},
            ": fourth: Replicas.minimum is 3; the most is the maximum, 2: KEDA before 2.20 accepts it",
        ),
        (
            {"worker_resources": lambda: Resources.of("1", "4GB", "2", "8Gi")},
            ': fourth: Resources.memory_request is "4GB"; it must be a text with a Kubernetes suffix',
        ),
        (
            {"replicas": lambda: 3},
            ": fourth.replicas is 3; there is no such setting: it must be one of name, cluster",
        ),
        ({"queues": lambda: (1,)}, ": fourth.queues is (1,); it must be a tuple of Queue"),
        (
            {"name": lambda: "stg"},
            ': fourth.name is "stg"; it must be "fourth", as in the table of',
        ),
    ],
)
def test_a_mistake_in_a_setting_names_the_environment(changes: Mapping[str, object], message: str) -> None:
    def broken(image: ImageReference) -> Environment:
        made = {name: make() for name, make in changes.items()}  # pyright: ignore[reportCallIssue]
        return attrs.evolve(fourth(image), **made)

    error = refusal(lambda: load({**IMAGES, "fourth": IMAGE}, {**ENVIRONMENTS, "fourth": broken}))
    assert re.match(rf"tests/unit/environments/test_environments\.py:\d+{re.escape(message)}", error)


def test_environments_load_in_the_order_of_their_table() -> None:
    images = {"fourth": IMAGE, **dict(reversed(IMAGES.items()))}
    assert [each.name for each in load(images, FOUR)] == [*ENVIRONMENTS, "fourth"]


def test_each_environment_gets_its_own_image() -> None:
    images = {name: f"registry.example.com/examxv2-backend:{name}-1" for name in ENVIRONMENTS}
    assert {each.name: str(each.image) for each in load(images)} == images


def test_a_fourth_environment_is_one_function_and_one_line(tmp_path: Path) -> None:
    three, four = tmp_path / "three", tmp_path / "four"
    synthesize(load(IMAGES), three)
    synthesize(load({**IMAGES, "fourth": IMAGE}, FOUR), four)
    before, after = (
        {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()} for folder in (three, four)
    )
    assert after.keys() - before.keys() == {"fourth.k8s.yaml"}
    assert {name: after[name] for name in before} == before
    assert "namespace: fourth-examxv2" in after["fourth.k8s.yaml"]
    assert "stg-examxv2" not in after["fourth.k8s.yaml"]


def test_four_environments_meet_in_no_object() -> None:
    app = App()
    rendered = [ExamxChart(app, each).to_json() for each in load({**IMAGES, "fourth": IMAGE}, FOUR)]
    assert check(Manifests.of([each for manifests in rendered for each in manifests])) == []


def line_in_stg(text: str) -> int:
    """The number of the first line of stg that has a text."""
    lines = Path(str(inspect.getsourcefile(stg))).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_two_environments_in_one_namespace_are_refused() -> None:
    def copy(image: ImageReference) -> Environment:
        return attrs.evolve(stg(image), name="fourth")

    assert refusal(lambda: load({**IMAGES, "fourth": IMAGE}, {**ENVIRONMENTS, "fourth": copy})).startswith(
        f"examx_constructs/environments/stg.py:{line_in_stg('namespace=')}: "
        'fourth.namespace is "stg-examxv2"; environment stg has it already'
    )


def test_the_same_namespace_in_another_cluster_is_another_one() -> None:
    def copy(image: ImageReference) -> Environment:
        return attrs.evolve(fourth(image), namespace="stg-examxv2", cluster="another-cluster")

    assert load({**IMAGES, "fourth": IMAGE}, {**ENVIRONMENTS, "fourth": copy})[-1].namespace == "stg-examxv2"


def test_a_storage_class_that_two_environments_of_a_cluster_share_stops_the_synth(tmp_path: Path) -> None:
    def neighbour(image: ImageReference) -> Environment:
        return attrs.evolve(fourth(image), cluster=prod(image).cluster, media=prod(image).media)

    environments = load({**IMAGES, "fourth": IMAGE}, {**ENVIRONMENTS, "fourth": neighbour})
    with pytest.raises(CheckError, match="StorageClass examxv2-production-efs"):
        synthesize(environments, tmp_path / "dist")
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize("worker", ["backend", "media", "network", "redis-auth", "secrets"])
def test_a_worker_may_be_named_like_a_part_of_the_chart(worker: str, tmp_path: Path) -> None:
    environment = attrs.evolve(ENVIRONMENT, queues=(attrs.evolve(QUEUE, worker=worker),))
    assert [file.name for file in synthesize([environment], tmp_path)[tmp_path]] == ["sample.k8s.yaml"]


@pytest.mark.parametrize(
    ("redis", "worker"),
    [
        (STANDALONE, "celery-beat"),
        (STANDALONE, "examxv2-backend"),
        (STANDALONE, "redis"),
        (REPLICATED, "redis-primary"),
        (REPLICATED, "redis-sentinel"),
    ],
)
def test_a_worker_cannot_be_named_like_another_workload(redis: RedisShape, worker: str) -> None:
    message = refusal(lambda: attrs.evolve(ENVIRONMENT, redis=redis, queues=(attrs.evolve(QUEUE, worker=worker),)))
    assert message == (
        f'Queue.worker is "{worker}"; it must be another name than examxv2-backend, celery-beat, '
        f"{', '.join(redis.workloads)}: workloads find their pods by their name"
    )


@pytest.mark.parametrize("namespace", ["default", "kube-system", "kube-anything"])
def test_a_namespace_of_the_cluster_is_refused(namespace: str) -> None:
    message = refusal(lambda: attrs.evolve(ENVIRONMENT, namespace=namespace))
    assert message.startswith(f'Environment.namespace is "{namespace}"; it must be a namespace of its own')


def test_two_environments_can_not_answer_to_one_host() -> None:
    def copy(image: ImageReference) -> Environment:
        return attrs.evolve(fourth(image), ingress=stg(image).ingress)

    assert refusal(lambda: load({**IMAGES, "fourth": IMAGE}, {**ENVIRONMENTS, "fourth": copy})).startswith(
        f"examx_constructs/environments/stg.py:{line_in_stg('host=')}: "
        f'fourth.ingress.host is "{stg(ImageReference.parse(IMAGE)).ingress.host}"; environment stg has it already'
    )


def test_a_wrong_call_in_an_environment_names_it() -> None:
    def broken(image: ImageReference) -> Environment:
        return attrs.evolve(fourth(image), queues=Replicas.between(2))  # pyright: ignore[reportCallIssue]

    message = refusal(lambda: load({**IMAGES, "fourth": IMAGE}, {**ENVIRONMENTS, "fourth": broken}))
    assert re.match(r"tests/unit/environments/test_environments\.py:\d+: fourth\.queues: ", message)
    assert message.partition(": fourth.queues: ")[2].startswith(
        "Replicas.between() missing 1 required positional argument"
    )


def test_environments_of_one_cluster_run_on_one_version() -> None:
    def newer(image: ImageReference) -> Environment:
        return attrs.evolve(fourth(image), cluster_versions=ClusterVersions(keda="2.20"))

    message = refusal(lambda: load({**IMAGES, "fourth": IMAGE}, {**ENVIRONMENTS, "fourth": newer}))
    assert re.match(r"tests/unit/environments/test_environments\.py:\d+: ", message)
    assert message.endswith(
        'fourth.cluster_versions.keda is "2.20"; it must be "2.17", as in environment dev: '
        "both live in the cluster dev-stg-cluster"
    )


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (ClusterVersions(), {}),
        (ClusterVersions(kubernetes="1.36"), {"examx.ai/kubernetes-version": "1.36"}),
        (ClusterVersions(keda="2.21"), {"examx.ai/keda-version": "2.21"}),
    ],
)
def test_rules_judge_by_what_an_environment_says_of_its_cluster(
    versions: ClusterVersions, said: dict[str, str]
) -> None:
    environment = attrs.evolve(prod(ImageReference.parse(IMAGE)), cluster_versions=versions)
    objects = ExamxChart(App(), environment).to_json()
    annotations = one(objects, "Namespace")["metadata"]["annotations"]
    assert {key: text for key, text in annotations.items() if key.endswith("-version")} == said
    judged = {each.versions for each in Manifests.of(objects)}
    assert judged == {Versions(versions.kubernetes, versions.keda)}
