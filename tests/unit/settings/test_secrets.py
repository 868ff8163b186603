"""Secrets, by ARN or by name only."""

import attrs
import pytest

from examx_constructs.settings import KubernetesSecret, SecretsManagerSecret
from tests.unit.settings.samples import SECRET_FILE
from tests.unit.settings.support import refusal

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/app-AbCdEf"


@pytest.mark.parametrize(
    ("arn", "region"),
    [
        (ARN, "eu-west-1"),
        (ARN.replace("arn:aws:", "arn:aws-us-gov:").replace("eu-west-1", "us-gov-west-1"), "us-gov-west-1"),
        (ARN.replace("team/app", "a/b_c+d=e.f@g-h"), "eu-west-1"),
    ],
)
def test_knows_its_region(arn: str, region: str) -> None:
    assert SecretsManagerSecret(arn=arn).region == region


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "team/app",
        "SECRET_KEY=abc",
        ARN.replace("111122223333", ""),
        ARN.replace("111122223333", "11112222333x"),
        ARN.replace("secretsmanager", "ssm"),
        ARN.partition("team")[0],
        f"{ARN} ",
        f"{ARN}\n",
        ARN.replace("team", "équipe"),
        f"{ARN}:password::",
    ],
)
def test_refuses_what_is_no_arn_of_a_secret(arn: str) -> None:
    assert refusal(lambda: SecretsManagerSecret(arn=arn)).endswith(
        "; it must be the ARN of a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Google"}, 'SecretFile.name is "Google"; it must be a DNS label'),
        (
            {"file": "a/b.json"},
            'SecretFile.file is "a/b.json"; it must be a plain file name: the provider',
        ),
        ({"file": ".."}, 'SecretFile.file is ".."; it must be a plain file name'),
        (
            {"path": "app/b.json"},
            'SecretFile.path is "app/b.json"; it must be an absolute path of a file',
        ),
        ({"path": "/b.json"}, 'SecretFile.path is "/b.json"; it must be an absolute path of a file in a directory'),
        ({"path": "/app/../b"}, 'SecretFile.path is "/app/../b"; it must be an absolute path'),
        ({"path": "/app/b/"}, 'SecretFile.path is "/app/b/"; it must be an absolute path'),
        ({"path": "/tmp/a/b"}, 'SecretFile.path is "/tmp/a/b"; it must be elsewhere: the pods have /tmp already'),
        (
            {"path": "/run/secrets"},
            'SecretFile.path is "/run/secrets"; it must be elsewhere: the pods have /run/secrets/',
        ),
    ],
)
def test_refuses_a_file_that_could_not_be_mounted(changes: dict[str, object], message: str) -> None:
    assert refusal(lambda: attrs.evolve(SECRET_FILE, **changes)).startswith(message)


@pytest.mark.parametrize("path", ["/app/google-credentials.json", "/app/mediafile", "/etc/examx/a-b_c.json"])
def test_a_file_may_stand_where_nothing_else_is(path: str) -> None:
    assert attrs.evolve(SECRET_FILE, path=path).path == path


@pytest.mark.parametrize("name", ["", "Login", "login.env", "-x", "PASSWORD=abc"])
def test_refuses_what_is_no_name_of_a_secret(name: str) -> None:
    message = refusal(lambda: KubernetesSecret(name=name))
    assert message.startswith(f'KubernetesSecret.name is "{name}"; it must be a DNS label')
