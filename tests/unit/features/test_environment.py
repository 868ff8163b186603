"""Feature environments: the figures, the rules, and hundreds of them beside dev and stg."""

import math
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import evolve
from cdk8s import App
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from examx_constructs.chart import ExamxChart
from examx_constructs.checks import Manifests, check, collisions
from examx_constructs.environments.dev import dev
from examx_constructs.environments.stg import stg
from examx_constructs.features import Feature, feature, features
from examx_constructs.features.environment import STORAGE_CLASS
from examx_constructs.features.load_balancers import ROOM
from examx_constructs.settings import Environment, ImageReference, KubernetesSecret, Quantity
from tests.conftest import FIXED_IMAGE
from tests.examples import examples
from tests.support import Manifest, containers, of_kind, one, pod_templates, variables
from tests.unit.settings.support import refusal, reproducible

FIGURES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("figures.yaml").read_text())
IMAGE = ImageReference.parse(FIXED_IMAGE)
EXPIRES = datetime(2030, 1, 31, 18, tzinfo=UTC)
LOGIN = Feature(branch="login", image=IMAGE, owner="ada", expires=EXPIRES)
CUSTOM = evolve(LOGIN, env_secret=KubernetesSecret(name="login-env"))


def rendered(environment: Environment) -> list[Manifest]:
    return ExamxChart(App(), environment).to_json()


@pytest.fixture(scope="module")
def login() -> list[Manifest]:
    """The manifests of one feature environment."""
    return rendered(feature(LOGIN))


def main_containers(manifests: list[Manifest]) -> dict[str, Manifest]:
    """The first container of each Deployment."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]["containers"][0]
        for each in of_kind(manifests, "Deployment")
    }


def alb(manifests: list[Manifest]) -> dict[str, str]:
    """The load balancer's annotations."""
    return {key.split("/")[1]: text for key, text in one(manifests, "Ingress")["metadata"]["annotations"].items()}


# ---- The figures


def test_snapshot(login: list[Manifest], snapshot: SnapshotAssertion) -> None:
    assert login == snapshot


def test_names_labels_and_annotations(login: list[Manifest]) -> None:
    namespace = one(login, "Namespace")["metadata"]
    assert namespace["name"] == FIGURES["namespace"]
    made = {"examx.ai/cluster": FIGURES["cluster"], "examx.ai/foreign-secrets": "viewer-key"}
    assert namespace["annotations"] == {**FIGURES["annotations"], **made}
    for manifest in login:
        assert FIGURES["labels"].items() <= manifest["metadata"]["labels"].items()
    for template in pod_templates(login).values():
        assert FIGURES["labels"].items() <= template["metadata"]["labels"].items()
    assert [rule["host"] for rule in one(login, "Ingress")["spec"]["rules"]] == [FIGURES["host"]]


def test_resources(login: list[Manifest]) -> None:
    found = {
        name: [each["resources"][kind][what] for kind in ("requests", "limits") for what in ("cpu", "memory")]
        for name, each in main_containers(login).items()
    }
    assert found == {name: [str(figure) for figure in figures] for name, figures in FIGURES["resources"].items()}


def test_variables(login: list[Manifest]) -> None:
    for container in main_containers(login).values():
        assert FIGURES["variables"].items() <= variables(container).items()
    assert variables(main_containers(login)["examxv2-backend"])["WORKERS"] == str(FIGURES["gunicorn workers"])


def test_workers_scale_to_zero_and_wake_by_their_queue(login: list[Manifest]) -> None:
    queues = {queue.worker: queue for queue in dev(IMAGE).queues}
    scalers = {each["spec"]["scaleTargetRef"]["name"]: each["spec"] for each in of_kind(login, "ScaledObject")}
    assert scalers.keys() == queues.keys()
    for worker, scaler in scalers.items():
        assert [scaler["minReplicaCount"], scaler["maxReplicaCount"]] == FIGURES["worker replicas"]
        beyond = scaler["cooldownPeriod"] - queues[worker].longest_task.seconds
        assert beyond == FIGURES["cooldown beyond the longest task"]
        assert scaler["triggers"][0]["type"] == "redis"


def test_one_replica_of_everything_else(login: list[Manifest]) -> None:
    autoscaler = one(login, "HorizontalPodAutoscaler")["spec"]
    assert (autoscaler["minReplicas"], autoscaler["maxReplicas"]) == (1, 1)
    assert one(login, "Deployment", "celery-beat")["spec"]["replicas"] == 1
    assert one(login, "StatefulSet")["spec"]["replicas"] == 1


def test_redis_forgets(login: list[Manifest]) -> None:
    assert "volumeClaimTemplates" not in one(login, "StatefulSet", "redis")["spec"]
    assert "appendonly no\n" in one(login, "ConfigMap", "redis-config")["data"]["redis.conf"]


def test_spot_is_preferred_and_never_required(login: list[Manifest]) -> None:
    for name, template in pod_templates(login).items():
        affinity = template["spec"]["affinity"]["nodeAffinity"]
        assert list(affinity) == ["preferredDuringSchedulingIgnoredDuringExecution"], name
        wanted = {
            (each["key"], *each["values"])
            for term in affinity["preferredDuringSchedulingIgnoredDuringExecution"]
            for each in term["preference"]["matchExpressions"]
        }
        assert wanted == {("karpenter.sh/capacity-type", "spot"), ("eks.amazonaws.com/capacityType", "SPOT")}
        assert {(each["key"], each["value"]) for each in template["spec"]["tolerations"]} == wanted


# ---- Secrets


def test_by_default_the_secrets_are_those_of_dev(login: list[Manifest]) -> None:
    provider = one(login, "SecretProviderClass")["spec"]["parameters"]
    assert [each["objectName"] for each in yaml.safe_load(provider["objects"])] == [FIGURES["secret"]]


def test_a_custom_env_file_is_mounted_at_the_same_paths(login: list[Manifest]) -> None:
    custom = rendered(feature(CUSTOM))
    assert of_kind(custom, "SecretProviderClass") == of_kind(custom, "Secret") == []
    assert one(custom, "Namespace")["metadata"]["annotations"]["examx.ai/foreign-secrets"] == "login-env,viewer-key"
    for name, container in main_containers(custom).items():
        assert variables(container)["ENV_TYPE"] == "custom"
        volumes = one(custom, "Deployment", name)["spec"]["template"]["spec"]["volumes"]
        assert {"name": "login-env", "secret": {"secretName": "login-env", "defaultMode": 0o440}} in volumes
        mounts = {
            each["mountPath"]: each.get("subPath") for each in container["volumeMounts"] if each["name"] == "login-env"
        }
        default = {
            each["mountPath"]: each.get("subPath")
            for each in main_containers(login)[name]["volumeMounts"]
            if each["name"] == "examxv2-backend-secrets"
        }
        assert mounts == default == {"/mnt/secret-store": None, "/app/examx/.env": ".env"}


# ---- The load balancer

GROUP_WIDE = (
    "group.name",
    "listen-ports",
    "load-balancer-attributes",
    "mutual-authentication",
    "scheme",
    "ssl-policy",
    "ssl-redirect",
)


def test_the_group_agrees_on_the_load_balancer(login: list[Manifest]) -> None:
    # Two members that say different things stop the whole group.
    other = alb(rendered(feature(evolve(CUSTOM, branch="reports"))))
    assert {name: alb(login)[name] for name in GROUP_WIDE} == {name: other[name] for name in GROUP_WIDE}
    assert "certificate-arn" not in alb(login)


def test_dev_has_a_load_balancer_of_its_own(login: list[Manifest]) -> None:
    # An Ingress that joins a group gets another load balancer; and a branch's mistake would stop dev.
    assert alb(login)["group.name"] == "examx-cloud"
    assert "group.name" not in alb(rendered(dev(IMAGE)))


def test_a_feature_is_one_rule_and_one_target_group(login: list[Manifest]) -> None:
    (rule,) = one(login, "Ingress")["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert (path["path"], path["pathType"]) == ("/", "Prefix")
    assert path["backend"]["service"]["name"] == "examxv2-backend-service"
    assert "group.order" not in alb(login)


def test_further_load_balancers_take_their_share_and_leave_the_others() -> None:
    wanted = [evolve(LOGIN, branch=f"story-{number}") for number in range(300)]

    def groups(*names: str) -> dict[str, str]:
        made = [feature(each, load_balancers=names).ingress.group for each in wanted]
        return {each.branch: group.name for each, group in zip(wanted, made, strict=True) if group}

    four, five = groups(*"abcd"), groups(*"abcde")
    # 300 need five: chance never spreads evenly.
    assert all(list(five.values()).count(name) < ROOM for name in "abcde")
    assert {five[branch] for branch in five if five[branch] != four[branch]} == {"e"}
    assert groups(*"abcd") == four


def test_a_load_balancer_is_not_given_more_than_it_takes() -> None:
    # 100 rules and 100 target groups (AWS); the targets of 95, by the controller's own code (v3.5.0).
    assert ROOM <= 95


# ---- Storage


def test_media_is_claimed_and_nothing_of_it_belongs_to_the_cluster(login: list[Manifest]) -> None:
    claim = one(login, "PersistentVolumeClaim", "examxv2-backend-pvc")["spec"]
    assert claim["storageClassName"] == STORAGE_CLASS.name
    assert claim["accessModes"] == ["ReadWriteMany"]
    assert [each["kind"] for each in login if "namespace" not in each["metadata"]] == ["Namespace"]


def test_the_class_is_on_the_file_system_of_dev() -> None:
    assert STORAGE_CLASS.file_system == dev(IMAGE).media.file_system  # pyright: ignore[reportAttributeAccessIssue]


def test_the_longest_directory_is_one_that_efs_takes() -> None:
    # AWS, CreateAccessPoint: at most 100 characters. The driver adds a UUID.
    namespace = feature(evolve(LOGIN, branch="x" * 60)).namespace
    assert len(f"{STORAGE_CLASS.base_path}/{namespace}-{'0' * 36}") <= 100


# ---- The quota

QUOTA = ("pods", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu")


def test_a_rollout_of_everything_at_once_fits_into_the_quota(login: list[Manifest]) -> None:
    most = {each["metadata"]["name"]: 1 for each in (*of_kind(login, "Deployment"), *of_kind(login, "StatefulSet"))}
    for each in of_kind(login, "HorizontalPodAutoscaler"):
        most[each["spec"]["scaleTargetRef"]["name"]] = each["spec"]["maxReplicas"]
    for each in of_kind(login, "ScaledObject"):
        most[each["spec"]["scaleTargetRef"]["name"]] = each["spec"]["maxReplicaCount"]
    used: dict[str, Fraction] = dict.fromkeys(QUOTA, Fraction())
    for each in (*of_kind(login, "Deployment"), *of_kind(login, "StatefulSet")):
        rolling = each["spec"].get("strategy", {}).get("rollingUpdate")
        surge = math.ceil(most[each["metadata"]["name"]] * int(rolling["maxSurge"].rstrip("%")) / 100) if rolling else 0
        # Those that a rollout adds, and those of the one before that still end.
        pods = most[each["metadata"]["name"]] + 2 * surge
        used["pods"] += pods
        for container in each["spec"]["template"]["spec"]["containers"]:
            requests, limits = container["resources"]["requests"], container["resources"]["limits"]
            used["requests.cpu"] += Quantity(requests["cpu"]).amount * pods
            used["requests.memory"] += Quantity(requests["memory"]).amount * pods
            used["requests.ephemeral-storage"] += Quantity(requests["ephemeral-storage"]).amount * pods
            used["limits.cpu"] += Quantity(limits["cpu"]).amount * pods
    hard = one(login, "ResourceQuota")["spec"]["hard"]
    room = {what: Quantity(hard[what]).amount - amount for what, amount in used.items()}
    # What is left is two containers of the LimitRange's size.
    assert room == {
        "pods": 2,
        "requests.cpu": Fraction(2, 10),
        "requests.memory": 2 * 128 * 2**20,
        "requests.ephemeral-storage": 2 * 64 * 2**20,
        "limits.cpu": 1,
    }


def test_every_container_says_what_it_uses(login: list[Manifest]) -> None:
    # A quota of CPU and memory refuses pods that do not.
    for template in pod_templates(login).values():
        for container in containers(template):
            assert {*container["resources"]["limits"]} == {"cpu", "memory"}
            assert {*container["resources"]["requests"]} == {"cpu", "memory", "ephemeral-storage"}


def test_two_of_them_fit_on_the_disk_of_a_small_node(login: list[Manifest]) -> None:
    # Of 20 GiB, the kubelet keeps some 3 GiB for the system and for evicting in time, and images need theirs.
    at_rest = ("examxv2-backend", "celery-beat", "redis")
    requested = [
        Quantity(container["resources"]["requests"]["ephemeral-storage"]).amount
        for name in at_rest
        for container in containers(pod_templates(login)[name])
    ]
    assert 2 * sum(requested) < 14 * 2**30


# ---- The rules


@pytest.mark.parametrize("wanted", [LOGIN, CUSTOM, evolve(LOGIN, branch="Feature/日本-" + "x" * 200)], ids=str)
def test_no_rule_is_broken(wanted: Feature) -> None:
    assert check(Manifests.of(rendered(feature(wanted)))) == []


def test_no_name_is_too_long() -> None:
    for manifest in rendered(feature(evolve(LOGIN, branch="x" * 255))):
        name = manifest["metadata"]["name"]
        assert len(name) <= 63
        assert len(manifest["metadata"].get("namespace", "")) <= 33
        assert manifest["kind"] != "ScaledObject" or len(f"keda-hpa-{name}") <= 63


def test_sixty_features_live_beside_dev_and_stg() -> None:
    wanted = [evolve(LOGIN, branch=f"feature/{number}-of-a-hundred-stories") for number in range(60)]
    app = App()
    charts = {each.name: ExamxChart(app, each).to_json() for each in [dev(IMAGE), stg(IMAGE), *features(wanted)]}
    groups = {name: Manifests.of(manifests) for name, manifests in charts.items()}
    assert len(groups) == 62
    assert collisions(groups) == []
    hosts = [rule["host"] for each in charts.values() for rule in one(each, "Ingress")["spec"]["rules"]]
    assert len(set(hosts)) == len(hosts) == 62 + len(stg(IMAGE).ingress.other_hosts)


# ---- Declarations


def test_two_branches_with_one_slug_are_refused() -> None:
    # Found among 35 000 branches that begin alike.
    one_branch, other = (evolve(LOGIN, branch=f"feature/login-{number}") for number in (31801, 35137))
    assert one_branch.slug == other.slug
    message = refusal(lambda: features([LOGIN, one_branch, other]))
    assert message == (
        'environment feat-feature-logi-dd25zcj: branches "feature/login-31801" and "feature/login-35137" '
        "have the same slug; rename one of them"
    )


def test_a_branch_that_is_declared_twice_is_refused() -> None:
    message = refusal(lambda: features([LOGIN, evolve(LOGIN, owner="grace")]))
    assert message == 'environment feat-login: branch "login" is declared twice; once is enough'


@pytest.mark.parametrize(
    ("expires", "written"),
    [
        (EXPIRES, "2030-01-31T18:00:00Z"),
        (EXPIRES.astimezone(timezone(timedelta(hours=5, minutes=30))), "2030-01-31T18:00:00Z"),
        (datetime(2030, 1, 31, 18, 0, 0, 999_999, tzinfo=UTC), "2030-01-31T18:00:00Z"),
        (datetime(9998, 12, 31, tzinfo=timezone(-timedelta(hours=23))), "9998-12-31T23:00:00Z"),
    ],
)
def test_the_expiry_is_written_in_utc(expires: datetime, written: str) -> None:
    assert evolve(LOGIN, expires=expires).annotations["examx.ai/expires"] == written


def test_what_changes_with_time_changes_no_pod() -> None:
    later = evolve(LOGIN, expires=EXPIRES + timedelta(days=7))
    assert pod_templates(rendered(feature(later))) == pod_templates(rendered(feature(LOGIN)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"branch": "a b"}, 'Feature.branch is "a b"; git allows no space'),
        ({"branch": ""}, 'Feature.branch is ""; it must have a name'),
        ({"owner": ""}, 'Feature.owner is ""; it must be a name or an address, at most 100 characters'),
        ({"owner": " ada"}, 'Feature.owner is " ada"; it must be a name or an address'),
        ({"owner": "a\u200db"}, "it must be a name or an address, at most 100 characters, all visible"),
        ({"owner": "a" * 101}, "it must be a name or an address"),
        (
            {"expires": datetime(2030, 1, 31)},
            "Feature.expires is 2030-01-31 00:00:00; it must be a moment with a time zone, such as 2030-01-31T18",
        ),
        ({"expires": datetime(1, 1, 1, tzinfo=UTC)}, "it must be a moment with a time zone"),
        ({"expires": "tomorrow"}, 'Feature.expires is "tomorrow"; it must be datetime'),
        ({"env_secret": "login-env"}, 'Feature.env_secret is "login-env"; it must be KubernetesSecret or None'),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(changes: dict[str, object], message: str) -> None:
    assert message in refusal(lambda: evolve(LOGIN, **changes))


TEXTS = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="~^:?*[\\/.@{"), min_size=1, max_size=60
)


@settings(reproducible, max_examples=examples(15), suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS.filter(lambda text: not text.startswith("-")), TEXTS)
def test_any_branch_and_any_owner_make_a_sound_environment(branch: str, owner: str) -> None:
    manifests = rendered(feature(evolve(LOGIN, branch=branch, owner=owner)))
    assert check(Manifests.of(manifests)) == []
    annotations = one(manifests, "Namespace")["metadata"]["annotations"]
    assert (annotations["examx.ai/branch"], annotations["examx.ai/owner"]) == (branch, owner)
    given_name = variables(main_containers(manifests)["celery-beat"])["BRANCH_NAME"]
    assert given_name.replace("$$", "$") == branch
