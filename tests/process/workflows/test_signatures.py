"""The signatures on images, for real: `examx image verify` on bundles that sigstore-go verifies, offline.

sigstore-go is the library that `gh attestation verify` is made of; GitHub's command line itself is no Go module that
could be built here. What plays it hands each bundle to sigstore-go's own example program, with a root of trust of the
test's own. It prints its answer, as gh does.
"""

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from examx_cli.app import app
from tests.cluster import programs
from tests.process.workflows.attestations import BILL_OF_MATERIALS, PROVENANCE, certificate
from tests.process.workflows.conftest import ACCOUNT, PROJECT, REPOSITORY
from tests.process.workflows.signing import Instance

pytestmark = pytest.mark.e2e

SET = "sigstore-go-1.3"
DIGEST = f"sha256:{'fedcba9876543210' * 4}"
IMAGE = f"{ACCOUNT}.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend:prod-20261201-101500-abcdef0@{DIGEST}"
OURS = certificate(REPOSITORY, "build.yaml", "refs/heads/main")
BOTH = (PROVENANCE, BILL_OF_MATERIALS)
Bundle = dict[str, Any]

GH = """\
#!{python}
import json, subprocess, sys
from pathlib import Path

options = dict(each.removeprefix("--").partition("=")[::2] for each in sys.argv[4:])
digest = sys.argv[3].rpartition("sha256:")[2]
found = []
for bundle in sorted(Path("{folder}").glob("bundle-*.json")):
    command = ["{verifier}", "-trustedrootJSONpath", "{folder}/root.json", "-requireTlog=false", "-requireCTlog=false"]
    command += ["-artifact-digest", digest, "-expectedIssuer", "https://token.actions.githubusercontent.com"]
    command += ["-expectedSAN", options["cert-identity"], str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr)
        continue
    result = json.loads(done.stdout)
    if result["statement"]["predicateType"] == options["predicate-type"]:
        found.append({{"attestation": {{}}, "verificationResult": result}})
if not found:
    sys.exit("Error: verifying with issuer failed")
print(json.dumps(found))
"""


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


@pytest.fixture
def verify(tmp_path: Path, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Callable[[list[Bundle]], Result]:
    """Ask about an image that these bundles are kept of."""
    if reason := programs.refusal(SET):
        pytest.skip(reason)
    verifier = programs.build(SET) / "bin/sigstore-go-verification"
    (tmp_path / "root.json").write_text(instance.trusted_root(), encoding="utf-8")
    program = tmp_path / "gh"
    program.write_text(GH.format(python=sys.executable, folder=tmp_path, verifier=verifier), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    def verified(bundles: list[Bundle]) -> Result:
        for number, each in enumerate(bundles):
            (tmp_path / f"bundle-{number}.json").write_text(json.dumps(each), encoding="utf-8")
        return CliRunner().invoke(app, ["image", "verify", "prod", IMAGE, "--repository", REPOSITORY])

    return verified


def refused(done: Result) -> str:
    assert done.exit_code == 1, done.output
    assert f"{IMAGE} is not run" in done.stderr
    return done.stderr


def test_what_the_build_signed(instance: Instance, verify: Callable[[list[Bundle]], Result]) -> None:
    done = verify([instance.bundle(OURS, each, DIGEST) for each in BOTH])
    assert done.exit_code == 0, done.output


def test_what_was_changed_after_it_was_signed(instance: Instance, verify: Callable[[list[Bundle]], Result]) -> None:
    bundles = [instance.bundle(OURS, each, DIGEST) for each in BOTH]
    other = instance.bundle(OURS, PROVENANCE, f"sha256:{'0' * 64}")
    # A statement on this image under the signature on another one.
    other["dsseEnvelope"]["payload"] = bundles[0]["dsseEnvelope"]["payload"]
    assert "signature" in refused(verify([other, bundles[1]]))


def test_what_was_signed_of_another_image(instance: Instance, verify: Callable[[list[Bundle]], Result]) -> None:
    assert "digest" in refused(verify([instance.bundle(OURS, each, f"sha256:{'0' * 64}") for each in BOTH]))


def test_what_another_authority_signed(
    instance: Instance, verify: Callable[[list[Bundle]], Result], tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    assert refused(verify([Instance(tmp_path / "other").bundle(OURS, each, DIGEST) for each in BOTH]))


def test_what_has_no_time_or_one_of_another_signature(
    instance: Instance, verify: Callable[[list[Bundle]], Result]
) -> None:
    bundles = [instance.bundle(OURS, each, DIGEST) for each in BOTH]
    first, second = (each["verificationMaterial"] for each in bundles)
    first["timestampVerificationData"] = second["timestampVerificationData"]
    assert "threshold" in refused(verify(bundles))
    for each in bundles:
        del each["verificationMaterial"]["timestampVerificationData"]
    assert refused(verify(bundles))


@pytest.mark.parametrize(
    "signed",
    [
        certificate(REPOSITORY, "build.yaml", "refs/heads/edited"),
        certificate(REPOSITORY, "edited.yaml", "refs/heads/main"),
        certificate("mallory/fork", "build.yaml", "refs/heads/main"),
        {**OURS, "sourceRepositoryURI": "https://github.com/mallory/caller"},
        {**OURS, "sourceRepositoryRef": "refs/heads/edited"},
        {**OURS, "runnerEnvironment": "self-hosted"},
        {**OURS, "buildSignerURI": "https://github.com/mallory/fork/.github/workflows/build.yaml@refs/heads/main"},
    ],
    ids=["branch", "workflow", "fork", "caller", "source", "runner", "signer"],
)
def test_what_somebody_else_signed(
    instance: Instance, verify: Callable[[list[Bundle]], Result], signed: dict[str, str]
) -> None:
    """Each with a good signature of the same authority: only the name is another one."""
    assert refused(verify([instance.bundle(signed, each, DIGEST) for each in BOTH]))
