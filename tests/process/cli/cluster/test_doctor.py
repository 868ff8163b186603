"""`examx doctor`, by kubectl: what it asks, what it says in each format, and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examx_cli.doctor import questions
from examx_cli.doctor.questions import Question
from examx_cli.doctor.seen import Cluster, Unseen
from examx_cli.kubectl import Kubectl
from tests.guides import rendered
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.process.cli.cluster.kubectl import key_of
from tests.process.cli.doctor.outside import amazon, hub
from tests.process.cli.doctor.outside.conftest import Outside, play
from tests.unit.cli.doctor import eks

KINDS = {
    questions.ADMISSION_POLICIES: ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"),
    questions.API_SERVICES: ("apiregistration.k8s.io/v1", "APIService"),
    questions.DAEMON_SETS: ("apps/v1", "DaemonSet"),
    questions.DEPLOYMENTS: ("apps/v1", "Deployment"),
    questions.DRIVERS: ("storage.k8s.io/v1", "CSIDriver"),
    questions.INGRESS_CLASSES: ("networking.k8s.io/v1", "IngressClass"),
    questions.MUTATING_WEBHOOKS: ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
    questions.NODES: ("v1", "Node"),
    questions.OWN_SERVICE_ACCOUNTS: ("v1", "ServiceAccount"),
    questions.SERVICE_ACCOUNTS: ("v1", "ServiceAccount"),
    questions.STORAGE_CLASSES: ("storage.k8s.io/v1", "StorageClass"),
    questions.SYSTEM_SERVICES: ("v1", "Service"),
    questions.ADMISSION_RULES: ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
    questions.OWN_NAMESPACE: ("v1", "Namespace"),
    questions.OWN_INGRESSES: ("networking.k8s.io/v1", "Ingress"),
}
SERVICE_ACCOUNT = "dev-examxv2-sa"
Install = Callable[[eks.Played], None]


@pytest.fixture
def environment(played: TestCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout of the environment dev, which goes to the cluster that is played."""
    monkeypatch.chdir(tmp_path)
    checkout = Checkout(tmp_path / "checkout", played)
    checkout.manifests = rendered("dev")
    checkout.one("Namespace")["metadata"]["annotations"]["examx.ai/cluster"] = played.name
    checkout.commit("dev")
    monkeypatch.chdir(checkout.root)
    return checkout


@pytest.fixture
def install(played: TestCluster) -> Install:
    """Put into the cluster what an examination is to find."""

    def into(sound: eks.Played) -> None:
        objects: dict[str, Any] = {}
        for question, items in sound.answers.items():
            version, kind = KINDS[question]
            for each in items:
                item = {"apiVersion": version, **each, "kind": kind}
                objects[key_of(item)] = {"object": item, "applied": {}}
        played.wish("objects", objects)
        played.wish("apis", sound.apis)

    return into


@pytest.fixture
def sound(environment: Checkout) -> eks.Played:
    """A cluster that lacks nothing, for the checkout's environment."""
    return eks.sound("dev-examxv2", SERVICE_ACCOUNT)


def test_a_cluster_that_lacks_nothing(environment: Checkout, sound: eks.Played, install: Install, examx: Examx) -> None:
    install(sound)
    done = examx("doctor", "dev")
    assert done.exit_code == 0, done.output
    assert "0 are missing" in done.stdout
    assert "MISSING" not in done.stdout
    assert "ok      driver's tokens for AWS: tokenRequests: sts.amazonaws.com, pods.eks.amazonaws.com" in done.stdout


def test_what_is_missing_is_said_with_what_breaks_and_what_mends_it(
    environment: Checkout, sound: eks.Played, install: Install, examx: Examx
) -> None:
    del sound.one(questions.DRIVERS, "secrets-store.csi.k8s.io")["spec"]["tokenRequests"]
    install(sound)
    done = examx("doctor", "dev")
    assert done.exit_code == 1, done.output
    lines = done.stdout.splitlines()
    [at] = [number for number, line in enumerate(lines) if "MISSING" in line]
    assert lines[at].endswith("its tokenRequests lack sts.amazonaws.com; they have none")
    assert lines[at + 1].strip().startswith("without it: no pod that mounts a secret starts")
    assert "--set 'tokenRequests[0].audience=sts.amazonaws.com'" in lines[at + 2]
    assert "1 are missing" in lines[-1]


def test_an_empty_cluster_is_examined_to_the_end(environment: Checkout, played: TestCluster, examx: Examx) -> None:
    done = examx("doctor", "dev", "--format", "json")
    assert done.exit_code == 1, done.output
    told = json.loads(done.stdout)
    assert (told["environment"], told["cluster"], told["namespace"]) == ("dev", "testing", "dev-examxv2")
    assert told["counts"]["missing"] > 10
    assert sum(told["counts"].values()) == len(told["preconditions"])
    for each in told["preconditions"]:
        assert each["state"] == "ok" or (each["breaks"] and each["mend"])


def test_markdown_keeps_what_a_cluster_says_in_its_cell(
    environment: Checkout, sound: eks.Played, install: Install, examx: Examx
) -> None:
    said = "`a` | b\n| c @everyone"
    status = {"conditions": [{"type": "Available", "status": "False", "message": said}]}
    sound.one(questions.API_SERVICES, "v1beta1.metrics.k8s.io")["status"] = status
    install(sound)
    done = examx("doctor", "dev", "--format", "markdown")
    assert done.exit_code == 1, done.output
    [row] = [line for line in done.stdout.splitlines() if line.startswith("| **missing**")]
    assert "`` v1beta1.metrics.k8s.io is not available: `a` \\| b \\| c @everyone ``" in row


def test_who_may_look_at_little_is_told_so_and_it_is_no_failure(
    environment: Checkout, sound: eks.Played, played: TestCluster, install: Install, examx: Examx
) -> None:
    install(sound)
    hidden = [each.resource for each in vars(questions).values() if isinstance(each, Question) and each.scope != "."]
    played.wish("forbidden", [["list", resource] for resource in hidden])
    done = examx("doctor", "dev")
    assert done.exit_code == 0, done.output
    assert "unknown nodes of the pods' architecture: this identity may not read the nodes" in done.stdout
    assert "MISSING" not in done.stdout


def test_a_resource_that_cannot_be_read_is_no_verdict_on_others(
    environment: Checkout, sound: eks.Played, played: TestCluster, install: Install, examx: Examx
) -> None:
    install(sound)
    played.wish("unreachable", ["nodes"])
    done = examx("doctor", "dev")
    assert done.exit_code == 0, done.output
    assert "the nodes could not be read: Unable to connect to the server" in done.stdout


def test_each_question_is_asked_once_and_nothing_is_changed(
    environment: Checkout, sound: eks.Played, played: TestCluster, install: Install, examx: Examx
) -> None:
    install(sound)
    examx("doctor", "dev", "--context", "standing-in")
    asked = [call for call in played.calls if "get" in call]
    assert all("--context=standing-in" in call for call in played.calls)
    assert len({tuple(call) for call in asked}) == len(asked)
    assert {call[1] for call in played.calls} == {"config", "version", "get", "create"}
    created = [call for call in played.calls if call[1] == "create"]
    assert len(created) == 1, "a review of rights, which the API server does not keep"


def test_an_identity_that_lacks_a_right_is_told_which(
    environment: Checkout, sound: eks.Played, played: TestCluster, install: Install, examx: Examx
) -> None:
    install(sound)
    played.wish("denied", [["patch", "scaledobjects"], ["get", "pods"]])
    done = examx("doctor", "dev")
    assert done.exit_code == 1, done.output
    assert "MISSING rights of this identity: it may not get pods, get pods/log, patch scaledobjects" in done.stdout


def test_another_cluster_is_not_asked(environment: Checkout, played: TestCluster, examx: Examx) -> None:
    played.wish("name", "arn:aws:eks:ap-south-1:123456789012:cluster/another")
    done = examx("doctor", "dev")
    assert done.exit_code == 1, done.output
    assert "this environment is of testing: choose its context with --context" in done.stderr
    assert len(played.calls) == 1


def test_a_cluster_that_does_not_answer_is_one_clear_line(
    environment: Checkout, played: TestCluster, examx: Examx
) -> None:
    played.wish("unreachable", ["version"])
    done = examx("doctor", "dev")
    assert done.exit_code == 2
    assert "the cluster does not answer (dial tcp 10.0.0.1:443: i/o timeout)" in done.stderr
    assert "Traceback" not in done.output


def test_branches_are_an_environment_too(
    environment: Checkout, played: TestCluster, install: Install, examx: Examx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the manifests of a branch that there is not, as the checkout renders them."""
    monkeypatch.setattr("examx_cli.commands.doctor.sample", lambda _: environment.manifests)
    install(eks.sound("dev-examxv2", SERVICE_ACCOUNT))
    done = examx("doctor", "feature")
    assert done.exit_code == 0, done.output
    assert "ok      policies for those who deploy branches" in done.stdout


def test_an_environment_that_is_none_is_refused(environment: Checkout, examx: Examx) -> None:
    done = examx("doctor", "production")
    assert done.exit_code == 2
    assert "known are dev, stg, prod, and feature" in " ".join(done.stderr.replace("│", " ").split())


def test_manifests_that_are_not_there_are_one_clear_line(environment: Checkout, examx: Examx) -> None:
    (environment.root / "dist" / "dev.k8s.yaml").unlink()
    done = examx("doctor", "dev")
    assert done.exit_code == 2
    assert "dev.k8s.yaml cannot be read" in done.stderr
    assert "Traceback" not in done.output


@pytest.fixture
def kept(played: TestCluster) -> Cluster:
    """A cluster with a Secret of two keys, asked by kubectl."""
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        **eks.named("two", "shop"),
        "data": {"a": "", "b": ""},
    }
    played.wish("objects", {key_of(secret): {"object": secret, "applied": {}}})
    return Cluster(Kubectl(binary=played.binary), "shop")


def test_no_value_is_asked_for(kept: Cluster, played: TestCluster) -> None:
    """By the table alone: `-o` of any kind would fetch the values."""
    assert kept.secret_keys("two") == 2
    assert kept.secret_keys("one") is None
    assert not any(word.startswith(("-o", "--output", "--template")) for call in played.calls for word in call)


def test_a_forbidden_secret_is_unseen(kept: Cluster, played: TestCluster) -> None:
    played.wish("forbidden", [["get", "Secret"]])
    with pytest.raises(Unseen, match="this identity may not read the Secret two"):
        kept.secret_keys("two")


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Programs that play `aws` and `gh`."""
    return play(tmp_path, monkeypatch)


def with_load_balancer(sound: eks.Played) -> eks.Played:
    status = {"loadBalancer": {"ingress": [{"hostname": amazon.DNS}]}}
    sound.answers[questions.OWN_INGRESSES] = [{**eks.named("examxv2-ingress", "dev-examxv2"), "status": status}]
    return sound


def workflows(checkout: Checkout) -> None:
    """A checkout with a workflow that names an environment and a secret."""
    folder = checkout.root / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("jobs: {a: {environment: dev, env: {K: '${{ secrets.KEY }}'}}}", encoding="utf-8")


def test_aws_and_github_are_asked_where_it_is_wished(
    environment: Checkout, sound: eks.Played, install: Install, examx: Examx, outside: Outside
) -> None:
    install(with_load_balancer(sound))
    workflows(environment)
    outside.record(amazon.sound() | hub.sound(["dev"], ["KEY"]))
    assert examx("doctor", "dev").exit_code == 0
    assert outside.calls == [], "nobody else is asked without a wish"
    done = examx("doctor", "dev", "--aws", "--github", "--format", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    topics = {each["topic"] for each in told["preconditions"]}
    assert {"AWS: nodes", "AWS: load balancer", "GitHub: environments", "GitHub: rights"} <= topics
    assert told["counts"] == {"ok": len(told["preconditions"]), "missing": 0, "unknown": 0}
    certificates = [each for each in told["preconditions"] if "ACM" in each["what"] or "certificate" in each["what"]]
    assert [each["topic"] for each in certificates] == ["AWS: certificates"], "asked once, where it is known"


def test_what_aws_and_github_lack_is_a_finding(
    environment: Checkout, sound: eks.Played, install: Install, examx: Examx, outside: Outside
) -> None:
    install(with_load_balancer(sound))
    workflows(environment)
    open_nodes = {amazon.INSTANCES: {"Reservations": [{"Instances": [amazon.node(1, HttpPutResponseHopLimit=2)]}]}}
    everywhere = {f"{hub.BASE}/actions/secrets?per_page=100": hub.secrets(["KEY"])}
    outside.record(amazon.sound() | open_nodes | hub.sound(["dev"], ["KEY"]) | everywhere)
    done = examx("doctor", "dev", "--aws", "--github")
    assert done.exit_code == 1, done.output
    assert "MISSING metadata service of the nodes that run: 1 of 1 nodes: i-00000000000000001" in done.stdout
    assert "MISSING secrets in them, and not in the repository: KEY is a secret of the repository" in done.stdout
    assert "2 are missing" in done.stdout


def test_credentials_of_another_account_are_refused(
    environment: Checkout, sound: eks.Played, install: Install, examx: Examx, outside: Outside
) -> None:
    install(sound)
    outside.record({"sts get-caller-identity": {"Account": "111122223333"}})
    done = examx("doctor", "dev", "--aws")
    assert done.exit_code == 1
    assert "aws is signed in to the account 111122223333; dev is of 399600302704" in done.stderr
    assert done.stdout == ""


def test_a_checkout_without_workflows_is_one_line(
    environment: Checkout, sound: eks.Played, install: Install, examx: Examx
) -> None:
    install(sound)
    done = examx("doctor", "dev", "--github")
    assert done.exit_code == 2
    assert "has no workflow: GitHub cannot be asked about them" in done.stderr
