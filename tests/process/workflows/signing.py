"""An instance of Sigstore of the tests' own: it signs as GitHub's for private repositories, with a time and no log.

Sources: "Sigstore bundle" and "trusted root" of sigstore/protobuf-specs 0.5; "Fulcio certificate extensions"
(1.3.6.1.4.1.57264.1); RFC 3161 for the timestamp, which openssl makes.
"""

import base64
import json
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

_FULCIO = "1.3.6.1.4.1.57264.1"
_EXTENSIONS = {
    "issuer": 8,
    "buildSignerURI": 9,
    "runnerEnvironment": 11,
    "sourceRepositoryURI": 12,
    "sourceRepositoryRef": 14,
}
_TSA = """\
[tsa]
default_tsa = it
[it]
serial = SERIAL
default_policy = 1.2.3.4.1
digests = sha256, sha384
accuracy = secs:1
signer_digest = sha256
ess_cert_id_alg = sha256
"""


@dataclass
class Instance:
    """Its authorities, whose keys stay in a folder of the test."""

    folder: Path
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.root_key, self.root = _authority("root of the tests", self.now)
        self.tsa_root_key, self.tsa_root = _authority("root of the clock", self.now)
        key = ec.generate_private_key(ec.SECP256R1())
        self.tsa = _certificate(
            "clock",
            key,
            issuer=self.tsa_root,
            issuer_key=self.tsa_root_key,
            now=self.now,
            extensions=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)],
        )
        (self.folder / "tsa.key").write_bytes(_pem(key))
        (self.folder / "tsa.pem").write_bytes(self.tsa.public_bytes(serialization.Encoding.PEM))
        (self.folder / "tsa.cnf").write_text(_TSA.replace("SERIAL", str(self.folder / "serial")), encoding="utf-8")
        (self.folder / "serial").write_text("01\n", encoding="utf-8")

    def trusted_root(self) -> str:
        """What a verifier is to trust, as JSON."""
        valid = {"start": (self.now - timedelta(days=1)).isoformat().replace("+00:00", "Z")}

        def authority(*chain: x509.Certificate) -> dict[str, Any]:
            certificates = [{"rawBytes": _base64(each.public_bytes(serialization.Encoding.DER))} for each in chain]
            return {
                "subject": {"organization": "the tests", "commonName": "of this test"},
                "uri": "https://sigstore.example.com",
                "certChain": {"certificates": certificates},
                "validFor": valid,
            }

        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "certificateAuthorities": [authority(self.root)],
                "timestampAuthorities": [authority(self.tsa, self.tsa_root)],
            }
        )

    def bundle(self, certificate: dict[str, str], predicate: str, digest: str) -> dict[str, Any]:
        """A signed statement on an image, in the name that a certificate's words give."""
        key = ec.generate_private_key(ec.SECP256R1())
        algorithm, _, value = digest.partition(":")
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "an image", "digest": {algorithm: value}}],
            "predicateType": predicate,
            "predicate": {},
        }
        payload, kind = json.dumps(statement).encode(), "application/vnd.in-toto+json"
        # DSSE's pre-authentication encoding.
        encoded = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
        signature = key.sign(encoded, ec.ECDSA(hashes.SHA256()))
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {
                    "rawBytes": _base64(self._leaf(key, certificate).public_bytes(serialization.Encoding.DER))
                },
                "timestampVerificationData": {
                    "rfc3161Timestamps": [{"signedTimestamp": _base64(self._stamp(signature))}]
                },
            },
            "dsseEnvelope": {
                "payload": _base64(payload),
                "payloadType": kind,
                "signatures": [{"sig": _base64(signature)}],
            },
        }

    def _leaf(self, key: ec.EllipticCurvePrivateKey, words: dict[str, str]) -> x509.Certificate:
        name = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(words["subjectAlternativeName"])])
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False),
            (name, True),
        ]
        for word, number in _EXTENSIONS.items():
            text = words[word].encode()
            # A UTF8String in DER.
            length = bytes([len(text)]) if len(text) < 128 else bytes([0x81, len(text)])
            extension = x509.UnrecognizedExtension(ObjectIdentifier(f"{_FULCIO}.{number}"), b"\x0c" + length + text)
            extensions.append((extension, False))
        return _certificate("", key, issuer=self.root, issuer_key=self.root_key, now=self.now, extensions=extensions)

    def _stamp(self, signature: bytes) -> bytes:
        """The time of a signature, by the clock of this instance."""
        (self.folder / "signature").write_bytes(signature)
        query = ["openssl", "ts", "-query", "-data", "signature", "-sha256", "-cert", "-out", "query"]
        answer = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-signer", "tsa.pem"]
        for command in (query, [*answer, "-inkey", "tsa.key", "-out", "answer"]):
            subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "answer").read_bytes()


def _authority(name: str, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    extensions: list[tuple[x509.ExtensionType, bool]] = [(x509.BasicConstraints(ca=True, path_length=1), True)]
    return key, _certificate(name, key, issuer=None, issuer_key=key, now=now, extensions=extensions)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    authority = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(minutes=10 if issuer else 60))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
    )
    if issuer:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
