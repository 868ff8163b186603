"""Which attestations let an image through: `examx image verify`, by records of signers and by whatever gh prints."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from examx_cli.app import app
from tests.process.workflows.attestations import BILL_OF_MATERIALS, PROVENANCE, Attestations, certificate
from tests.process.workflows.conftest import ACCOUNT, PROGRAMS, PROJECT, REPOSITORY

MAIN = "refs/heads/main"
DIGEST = f"sha256:{'fedcba9876543210' * 4}"
NAME = f"{ACCOUNT}.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend"
IMAGE = f"{NAME}:prod-20261201-101500-abcdef0@{DIGEST}"
OURS = certificate(REPOSITORY, "build.yaml", MAIN)
BOTH = (PROVENANCE, BILL_OF_MATERIALS)


@pytest.fixture
def attestations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attestations:
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
    given = {"GH_TOKEN": "a", "AWS_SESSION_TOKEN": "b", "PROJECT": str(PROJECT), "PYTHON": "python3"}
    for name, value in {**given, "ATTESTATIONS": str(tmp_path / "attestations.json")}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "attestations.json").write_text("[]", encoding="utf-8")
    return Attestations(tmp_path / "attestations.json")


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["image", "verify", *arguments, "--repository", REPOSITORY])


def test_what_the_build_said_of_this_very_image(attestations: Attestations) -> None:
    for predicate in BOTH:
        attestations.add(DIGEST, predicate, OURS)
    done = verify("prod", IMAGE)
    assert done.exit_code == 0, done.output
    assert (
        done.stdout
        == f"{IMAGE}: built by .github/workflows/build.yaml of {REPOSITORY} from main, with its bill of materials\n"
    )


@pytest.mark.parametrize(
    ("predicates", "signed", "digest"),
    [
        ((), OURS, DIGEST),
        ((PROVENANCE,), OURS, DIGEST),
        ((BILL_OF_MATERIALS,), OURS, DIGEST),
        (BOTH, OURS, f"sha256:{'0' * 64}"),
        (BOTH, certificate(REPOSITORY, "build.yaml", "refs/heads/edited"), DIGEST),
        (BOTH, certificate(REPOSITORY, "edited.yaml", MAIN), DIGEST),
        (BOTH, certificate("mallory/fork", "build.yaml", MAIN), DIGEST),
        (BOTH, {**OURS, "sourceRepositoryURI": "https://github.com/mallory/caller"}, DIGEST),
        (BOTH, {**OURS, "sourceRepositoryRef": "refs/heads/edited"}, DIGEST),
        (BOTH, {**OURS, "runnerEnvironment": "self-hosted"}, DIGEST),
    ],
    ids=["none", "no bill", "no provenance", "image", "branch", "workflow", "fork", "caller", "source", "runner"],
)
@pytest.mark.parametrize("gh", ["strict", "lax"])
def test_what_anybody_else_said(
    attestations: Attestations,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    predicates: tuple[str, ...],
    signed: dict[str, str],
    digest: str,
    gh: str,
) -> None:
    """With a gh that follows its options, and with one that prints whatever there is."""
    for predicate in predicates:
        attestations.add(digest, predicate, signed)
    if gh == "lax":
        entries = [
            {
                "verificationResult": {
                    "statement": {"predicateType": each, "subject": [{"digest": {"sha256": digest.partition(":")[2]}}]},
                    "signature": {"certificate": signed},
                }
            }
            for each in predicates
        ]
        _print_instead(json.dumps(entries), tmp_path, monkeypatch)
    done = verify("prod", IMAGE)
    assert done.exit_code == 1, done.output
    assert f"{IMAGE} is not run" in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "printed", ["", "yes", "{}", "null", "[" * 100_000, '[null, 1, "a", {}, {"verificationResult": []}]']
)
def test_a_gh_that_prints_something_else_lets_nothing_through(
    attestations: Attestations, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, printed: str
) -> None:
    _print_instead(printed, tmp_path, monkeypatch)
    done = verify("prod", IMAGE)
    assert done.exit_code in (1, 2)
    assert len(done.stderr.splitlines()) == 1


def _print_instead(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "printed").write_text(text, encoding="utf-8")
    program = folder / "gh"
    program.write_text(f"#!/bin/sh\ncat {folder}/printed\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("dev", f"{NAME}:dev-1"), 0, "dev asks for no attestation"),
        (("prod", f"{NAME}:prod-20261123-000000-0000000"), 0, "is from before digests were asked for"),
        (("prod", f"{NAME}:prod-20261201-101500-abcdef0"), 2, "it must end in @sha256:DIGEST"),
        (("prod", f"{NAME}:stg-20261201-101500-abcdef0@{DIGEST}"), 2, 'it must start with "prod-"'),
        (("prod", f"registry.example.com/examxv2-backend:prod-1@{DIGEST}"), 2, "runs images of that repository only"),
    ],
)
def test_what_needs_no_attestation_and_what_is_refused_before(
    attestations: Attestations, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = verify(*arguments)
    assert done.exit_code == status, done.output
    assert said in done.output


def test_without_a_repository_nothing_is_asked(attestations: Attestations, monkeypatch: Any) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    done = CliRunner().invoke(app, ["image", "verify", "prod", IMAGE])
    assert done.exit_code == 2
    assert "give --repository OWNER/NAME" in done.stderr
