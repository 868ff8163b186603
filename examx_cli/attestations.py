"""What the build said of an image, verified: that this repository's own build made it from main, and what is in it.

GitHub's `gh attestation verify` does the cryptography: the certificate's chain, the log or timestamp, the signature,
the digest. It is told the whole identity of the signer, and what it found is read again here. That is its certificate,
which no workflow can write into, and the subject. It knows both instances of Sigstore: the public one, and GitHub's
own. The latter signs for private repositories without a public log, so Sigstore's Python client (4.5) cannot verify it.

Sources: "gh attestation verify" of GitHub's manual (2.76); the README of actions/attest 4.2.2; "Fulcio certificate
extensions" of Sigstore (1.3.6.1.4.1.57264.1).
"""

import json
from dataclasses import dataclass
from typing import cast

from examx_cli import processes
from examx_cli.errors import CommandError, Refusal
from examx_cli.processes import ProcessError
from examx_constructs.manifests import items, text
from examx_constructs.settings import ImageReference

BRANCH = "refs/heads/main"
BUILD = ".github/workflows/build.yaml"
"""The workflow that builds images; it is called by those that deploy, and signs in its own name."""
PROVENANCE = "https://slsa.dev/provenance/v1"
BILL_OF_MATERIALS = "https://spdx.dev/Document/v2.3"
"""What BuildKit's scanner writes, as actions/attest names it."""

_WHAT = {PROVENANCE: "where it was built", BILL_OF_MATERIALS: "what is in it"}
_TIMEOUT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Signer:
    """Who must have signed: the build of a repository of a server, on its main branch."""

    repository: str
    server: str = "https://github.com"

    @property
    def identity(self) -> str:
        """The name in the certificate: the workflow at its branch."""
        return f"{self.server}/{self.repository}/{BUILD}@{BRANCH}"


def verify(image: ImageReference, signer: Signer) -> None:
    """Raise Refusal unless the signer said of this very image where it was built, and what is in it.

    Raises CommandError where that cannot be found out.
    """
    if image.digest is None:
        raise Refusal(
            f"{image} has no digest, so nothing can be said of what it holds: give it as {image}@sha256:DIGEST"
        )
    for predicate, what in _WHAT.items():
        if not any(_is_of(each, image.digest, signer, predicate) for each in _verified(image, signer, predicate, what)):
            raise Refusal(
                f"{image} is not run: no attestation of {what} is of this image and by {signer.identity}; "
                "was it built by another workflow, from another branch or on another runner?"
            )


def _verified(image: ImageReference, signer: Signer, predicate: str, what: str) -> list[object]:
    """Return the attestations of one sort that gh verified. Raises Refusal where there are none."""
    command = [
        "gh",
        "attestation",
        "verify",
        f"oci://{image.registry}/{image.repository}@{image.digest}",
        f"--repo={signer.repository}",
        f"--cert-identity={signer.identity}",
        f"--source-ref={BRANCH}",
        f"--predicate-type={predicate}",
        "--deny-self-hosted-runners",
        "--format=json",
    ]
    try:
        printed = processes.run(command, timeout=_TIMEOUT_SECONDS)
    except ProcessError as error:
        raise Refusal(
            f"{image} is not run: {what} is not attested by {signer.identity}; `gh attestation verify` says: "
            f"{' '.join(error.said.split())}"
        ) from error
    try:
        found: object = json.loads(printed)
    except (ValueError, RecursionError) as error:
        raise CommandError("`gh attestation verify` printed something that is no JSON: nothing was verified") from error
    if not isinstance(found, list):
        raise CommandError("`gh attestation verify` printed no list: nothing was verified")
    return cast("list[object]", found)


def _is_of(attestation: object, digest: str, signer: Signer, predicate: str) -> bool:
    """Return whether a verified attestation is what was asked for, however another gh reads its options."""
    path = ("verificationResult", "signature", "certificate")
    wanted = {
        "subjectAlternativeName": signer.identity,
        "buildSignerURI": signer.identity,
        "sourceRepositoryURI": f"{signer.server}/{signer.repository}",
        "sourceRepositoryRef": BRANCH,
        "runnerEnvironment": "github-hosted",
    }
    statement = ("verificationResult", "statement")
    algorithm, _, value = digest.partition(":")
    return (
        all(text(attestation, *path, name) == each for name, each in wanted.items())
        and text(attestation, *statement, "predicateType") == predicate
        and any(text(each, "digest", algorithm) == value for each in items(attestation, *statement, "subject"))
    )
