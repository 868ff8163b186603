"""Plays `gh attestation verify`: matches records with its options, and prints what gh prints.

Source: "gh attestation verify" of GitHub's manual; the JSON is the VerificationResult of sigstore-go.
"""

import argparse
import json
import os
import sys
from pathlib import Path


def main() -> None:
    if not os.environ.get("GH_TOKEN"):
        sys.exit("To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable.")
    if not os.environ.get("AWS_SESSION_TOKEN"):
        sys.exit("Error: failed to fetch remote image: no basic auth credentials")
    parser = argparse.ArgumentParser(prog="gh attestation verify")
    parser.add_argument("artifact")
    for name in ("repo", "cert-identity", "source-ref", "predicate-type", "format"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--deny-self-hosted-runners", action="store_true", required=True)
    assert sys.argv[1:3] == ["attestation", "verify"]
    asked = parser.parse_args(sys.argv[3:])
    name, _, digest = asked.artifact.partition("@")
    assert name.startswith("oci://")
    wanted = {
        "subjectAlternativeName": asked.cert_identity,
        "sourceRepositoryURI": f"https://github.com/{asked.repo}",
        "sourceRepositoryRef": asked.source_ref,
        "runnerEnvironment": "github-hosted",
    }
    records = json.loads(Path(os.environ["ATTESTATIONS"]).read_text(encoding="utf-8"))
    found = [
        each
        for each in records
        if each["digest"] == digest
        and each["predicateType"] == asked.predicate_type
        and wanted.items() <= each["certificate"].items()
    ]
    if not found:
        sys.exit(f"✗ No attestations found for subject {digest}, or verifying the identity of their signer failed")
    sys.stdout.write(json.dumps([_result(each, name.removeprefix("oci://"), digest) for each in found]))


def _result(record: dict[str, object], name: str, digest: str) -> dict[str, object]:
    algorithm, _, value = digest.partition(":")
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": record["predicateType"],
        "subject": [{"name": name, "digest": {algorithm: value}}],
    }
    signature = {"certificate": record["certificate"]}
    return {"attestation": {}, "verificationResult": {"statement": statement, "signature": signature}}


main()
