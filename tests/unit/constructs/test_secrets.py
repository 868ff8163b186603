from dataclasses import replace

import pytest
import yaml
from attrs import evolve
from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import AwsSecrets, CeleryBeat, DjangoApp, ExistingSecret
from examx_constructs.manifests import yaml_text
from examx_constructs.settings import ImageReference, Quantity, SecretsManagerSecret, SettingError
from tests.support import of_kind, one, synth
from tests.unit.constructs.conftest import PASSWORD, RESOURCES, SECRET

SCRATCH = Quantity("1Gi")


def test_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    AwsSecrets(chart, "secrets", name="app-secrets", files={".env": SECRET})
    assert synth(chart) == snapshot


def test_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    AwsSecrets(
        chart, "secrets", name="app-secrets", files={".env": SECRET, "password": PASSWORD}, synced_secret="app-synced"
    )
    assert synth(chart) == snapshot


def test_the_provider_reads_a_list_of_objects(chart: Chart) -> None:
    AwsSecrets(chart, "secrets", name="app-secrets", files={".env": SECRET})
    parameters = one(synth(chart), "SecretProviderClass")["spec"]["parameters"]
    assert parameters["region"] == "eu-west-1"
    assert yaml.safe_load(parameters["objects"]) == [
        {"objectName": SECRET.arn, "objectAlias": ".env", "filePermission": "0644"}
    ]


@pytest.mark.parametrize("name", ["y", "0o22", "1e-7", "n.0"])
def test_the_provider_reads_every_name_of_a_file_as_a_text(chart: Chart, name: str) -> None:
    AwsSecrets(chart, "secrets", name="app-secrets", files={name: SECRET})
    written = one(synth(chart), "SecretProviderClass")["spec"]["parameters"]["objects"]
    assert [each["objectAlias"] for each in yaml.safe_load(written)] == [name]
    assert [each["objectAlias"] for each in yaml_text.documents(written)[0]] == [name]


def test_the_env_file_is_mounted_as_a_directory_and_as_the_file_that_django_reads(
    chart: Chart, image: ImageReference
) -> None:
    env_file = AwsSecrets(chart, "secrets", name="app-secrets", files={".env": SECRET})
    mounts = DjangoApp(image=image, env_file=env_file).mounts(scratch_size=SCRATCH)
    paths = {each.mount.mount_path: (each.mount.sub_path, each.mount.read_only) for each in mounts}
    assert paths["/mnt/secret-store"] == (None, True)
    assert paths["/app/examx/.env"] == (".env", True)


def test_secrets_of_two_regions_are_refused(chart: Chart) -> None:
    other = evolve(SECRET, arn=SECRET.arn.replace("eu-west-1", "us-east-1"))
    with pytest.raises(SettingError, match=r"AwsSecrets\.files is \"eu-west-1, us-east-1\"; .* one region"):
        AwsSecrets(chart, "secrets", name="app-secrets", files={"a": SECRET, "b": other})


def test_no_secret_at_all_is_refused(chart: Chart) -> None:
    files: dict[str, SecretsManagerSecret] = {}
    with pytest.raises(SettingError, match=r"AwsSecrets\.files is None"):
        AwsSecrets(chart, "secrets", name="app-secrets", files=files)


def test_an_existing_secret_is_mounted_where_the_others_are(image: ImageReference) -> None:
    app = DjangoApp(image=image, env_file=ExistingSecret(name="own-env"))
    mounts = app.mounts(scratch_size=SCRATCH)
    paths = {each.mount.mount_path: (each.mount.sub_path, each.mount.read_only) for each in mounts}
    assert paths["/mnt/secret-store"] == (None, True)
    assert paths["/app/examx/.env"] == (".env", True)


def test_an_existing_secret_is_rendered_by_its_name_alone(chart: Chart, minimal_app: DjangoApp) -> None:
    app = replace(minimal_app, env_file=ExistingSecret(name="own-env"))
    CeleryBeat(chart, "beat", app=app, resources=RESOURCES)
    manifests = synth(chart)
    assert of_kind(manifests, "Secret") == of_kind(manifests, "SecretProviderClass") == []
    volumes = one(manifests, "Deployment")["spec"]["template"]["spec"]["volumes"]
    # Octal 440: the pods' group reads it.
    assert volumes[0] == {"name": "own-env", "secret": {"secretName": "own-env", "defaultMode": 0o440}}
