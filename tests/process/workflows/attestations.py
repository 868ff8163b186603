"""What GitHub keeps of who built an image: a file of records, which `gh` (programs/gh) is asked about.

It plays the identity of a signer, as Fulcio writes it out of a job's token into the certificate, and no cryptography:
that is tried in test_attestations.py.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.unit.workflows.job import Job

PROVENANCE = "https://slsa.dev/provenance/v1"
BILL_OF_MATERIALS = "https://spdx.dev/Document/v2.3"


def certificate(repository: str, workflow: str, ref: str, runner: str = "github-hosted") -> dict[str, str]:
    """The certificate of a job, in the words of sigstore-go (1.3), which gh is built on."""
    signer = f"https://github.com/{repository}/.github/workflows/{workflow}@{ref}"
    return {
        "certificateIssuer": "CN=Fulcio Intermediate l2,O=GitHub\\, Inc.",
        "subjectAlternativeName": signer,
        "issuer": "https://token.actions.githubusercontent.com",
        "buildSignerURI": signer,
        "runnerEnvironment": runner,
        "sourceRepositoryURI": f"https://github.com/{repository}",
        "sourceRepositoryRef": ref,
    }


@dataclass
class Attestations:
    """The attestations of all images."""

    file: Path | None = None
    records: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def sign(self, job: Job, digest: str, bill: str) -> None:
        """What actions/attest does: with a bill of materials it attests that, without one where it was built."""
        if bill:
            assert json.loads(bill)["spdxVersion"] == "SPDX-2.3"
        signed = certificate(job.of.repository, job.file, job.of.event.ref)
        self.add(digest, BILL_OF_MATERIALS if bill else PROVENANCE, signed)

    def add(self, digest: str, predicate: str, certificate: dict[str, str]) -> None:
        """Keep one more."""
        self.records.append({"digest": digest, "predicateType": predicate, "certificate": certificate})
        assert self.file
        self.file.write_text(json.dumps(self.records), encoding="utf-8")
