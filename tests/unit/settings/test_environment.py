"""A whole environment: names, labels, variables, queues."""

import attrs
import pytest

from examx_constructs.settings import ClientTlsVerify, Guest, KubernetesSecret, Quantity, Queue, ScratchSizes
from tests.unit.settings.samples import ACCESS, ENVIRONMENT, QUEUE, SECRET_FILE
from tests.unit.settings.support import refusal


def second(**changes: object) -> tuple[Queue, ...]:
    """The sample's queue and another one."""
    return (QUEUE, attrs.evolve(QUEUE, **{"name": "other", "worker": "celery-other", **changes}))


@pytest.mark.parametrize(
    "changes",
    [
        {"queues": second()},
        {"labels": {"environment": "", "example.com/owner": "Team_1"}},
        {"variables": {"DJANGO_DEBUG": "True", "_x9": "", "TEXT": "two\nlines"}},
        {"cluster": "A" * 100},
        {"guests": (Guest(app="celery-flower"), Guest(app="celery-exam-submission-worker"))},
        {"secret_files": (SECRET_FILE, attrs.evolve(SECRET_FILE, name="other", path="/app/other.json"))},
        {"annotations": {"example.com/branch": "feature/ß $(x)"}},
    ],
)
def test_accepts(changes: dict[str, object]) -> None:
    made = attrs.evolve(ENVIRONMENT, **changes)
    assert {name: getattr(made, name) for name in changes} == changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "UAT"}, 'Environment.name is "UAT"; it must be a DNS label'),
        ({"name": "uat/.."}, 'Environment.name is "uat/.."; it must be a DNS label'),
        ({"namespace": "uat_examxv2"}, 'Environment.namespace is "uat_examxv2"; it must be a DNS label'),
        ({"cluster": ""}, 'Environment.cluster is ""; it must be an EKS cluster\'s name: letters, digits'),
        ({"cluster": "two words"}, 'Environment.cluster is "two words"; it must be an EKS cluster\'s name'),
        ({"labels": {"tier": "not this"}}, 'Environment.labels[tier] is "not this"; it must be a label value: letters'),
        ({"labels": {"tier": "a" * 64}}, "; it must be a label value: letters, digits, '-', '_' and '.', at most 63"),
        ({"labels": {"my tier": "a"}}, 'Environment.labels key is "my tier"; it must be a label key: letters'),
        (
            {"annotations": {"my note": "a"}},
            'Environment.annotations key is "my note"; it must be a label key: letters',
        ),
        ({"variables": {"MY-VAR": "a"}}, 'Environment.variables key is "MY-VAR"; it must be the name of a variable'),
        ({"variables": {"1ST": "a"}}, 'Environment.variables key is "1ST"; it must be the name of a variable'),
        (
            {"variables": {"REDIS_URL": "redis://elsewhere"}},
            'Environment.variables key is "REDIS_URL"; it is taken: its value comes from Environment.redis',
        ),
        (
            {"variables": {"REDIS_PASSWORD": "x"}},
            'Environment.variables key is "REDIS_PASSWORD"; it is taken: its value comes from Environment.redis',
        ),
        (
            {"variables": {"WORKERS": "9"}},
            'Environment.variables key is "WORKERS"; it is taken: its value comes from Environment.backend.workers',
        ),
        (
            {"secret_files": (SECRET_FILE, attrs.evolve(SECRET_FILE, path="/app/other.json"))},
            'Environment.secret_files is "sample-credentials"; name sample-credentials is there 2 times, it may',
        ),
        (
            {"secret_files": (attrs.evolve(SECRET_FILE, name="examxv2-backend-secrets"),)},
            'Environment.secret_files is "examxv2-backend-secrets"; name examxv2-backend-secrets is there 2 times',
        ),
        (
            {"secret_files": (SECRET_FILE, attrs.evolve(SECRET_FILE, name="other"))},
            'Environment.secret_files is "/app/credentials.json"; path /app/credentials.json is there 2 times, it may',
        ),
        (
            {"variables": {"NAMESPACE": "here"}},
            'Environment.variables key is "NAMESPACE"; it is taken: its value comes from Environment.namespace',
        ),
        (
            {"variables": {"OTEL_SERVICE_NAME": "exams"}},
            'Environment.variables key is "OTEL_SERVICE_NAME"; it is taken: its value comes from Environment.telemetry',
        ),
        ({"guests": (Guest(app="a"), Guest(app="a"))}, 'Environment.guests is "a"; guest a is there 2 times, it may'),
        (
            {"guests": (Guest(app="celery-worker"),)},
            'Environment.guests is "celery-worker"; it must be a workload that is not rendered here, as this one is',
        ),
        ({"guests": (Guest(app="redis"),)}, 'Environment.guests is "redis"; it must be a workload that is not'),
        (
            {"queues": second(name="default")},
            (
                'Environment.queues is "default"; queue default is there 2 times, it may be there once: '
                "a queue has one worker"
            ),
        ),
        (
            {"queues": second(worker="celery-worker")},
            'Environment.queues is "celery-worker"; worker celery-worker is there 2 times, it may be there once',
        ),
    ],
)
def test_refuses(changes: dict[str, object], message: str) -> None:
    assert message in refusal(lambda: attrs.evolve(ENVIRONMENT, **changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"service_account": "My SA"}, 'Access.service_account is "My SA"; it must be a DNS label'),
        ({"role_arn": "exams-role"}, 'Access.role_arn is "exams-role"; it must be the ARN of an IAM role'),
        ({"role_arn": "arn:aws:iam::1111:role/exams"}, "; it must be the ARN of an IAM role"),
        ({"deployer_group": ""}, 'Access.deployer_group is ""; it must be the name of a group, without spaces'),
    ],
)
def test_refuses_an_identity_that_does_not_exist(changes: dict[str, object], message: str) -> None:
    assert message in refusal(lambda: attrs.evolve(ACCESS, **changes))


def test_a_guest_is_named_by_a_label_that_can_be() -> None:
    assert refusal(lambda: Guest(app="Celery Flower")).startswith(
        'Guest.app is "Celery Flower"; it must be a DNS label'
    )


def test_every_workload_is_known_by_its_name() -> None:
    assert ENVIRONMENT.workloads == ("examxv2-backend", "celery-worker", "celery-beat", "redis")


def test_accepts_a_role() -> None:
    arn = "arn:aws:iam::111122223333:role/exams/pods"
    assert attrs.evolve(ACCESS, role_arn=arn).role_arn == arn


def test_the_disk_takes_the_largest_upload() -> None:
    message = refusal(lambda: attrs.evolve(ENVIRONMENT, scratch=ScratchSizes(backend=Quantity("1Gi"))))
    assert message == ("ScratchSizes.backend is 1Gi; the least is the largest upload, 2048Mi: Django writes it to /tmp")
    assert "it must be whole bytes, at least 8Mi" in refusal(lambda: ScratchSizes(worker=Quantity("5")))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/00000000-1111-2222-3333-444444444444"},
            "it must be of eu-west-1, as the rest is, and is of us-east-1: a load balancer uses what its own",
        ),
        (
            {
                "client_tls": ClientTlsVerify(
                    trust_store="arn:aws:elasticloadbalancing:us-east-1:111122223333:truststore/sample/0123456789abcdef"
                )
            },
            "IngressSettings.client_tls.trust_store is ",
        ),
    ],
)
def test_what_the_load_balancer_uses_is_of_the_region_of_the_rest(changes: dict[str, object], message: str) -> None:
    ingress = attrs.evolve(ENVIRONMENT.ingress, **changes)
    assert message in refusal(lambda: attrs.evolve(ENVIRONMENT, ingress=ingress))


def test_without_a_secret_in_aws_what_it_uses_is_of_one_region() -> None:
    ids = "111122223333:certificate/00000000-1111-2222-3333-444444444444"
    acl = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/examx/00000000-1111-2222-3333-444444444444"
    ingress = attrs.evolve(ENVIRONMENT.ingress, certificate_arn=f"arn:aws:acm:us-east-1:{ids}", web_acl_arn=acl)
    given = KubernetesSecret(name="given")
    message = refusal(lambda: attrs.evolve(ENVIRONMENT, ingress=ingress, env_file=given))
    assert message.startswith("IngressSettings.web_acl_arn is ")
    attrs.evolve(ENVIRONMENT, ingress=attrs.evolve(ingress, web_acl_arn=None), env_file=given)
