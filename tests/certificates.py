"""Certificates, made when a control plane starts and gone with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """A certificate authority whose files lie in a folder."""

    name: str
    folder: Path

    @property
    def certificate(self) -> Path:
        """Its own certificate."""
        return self.folder / f"{self.name}.crt"

    def write(self) -> None:
        """Write its own certificate. Its key stays here."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificate.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))

    def server(self, name: str, *hosts: str, folder: Path | None = None) -> Pair:
        """What a server shows, on loopback and under these names; clients get it accepted too."""
        alternatives = x509.SubjectAlternativeName(list(map(_alternative, ("localhost", "127.0.0.1", *hosts))))
        return self._issue(name, _subject(name), alternatives, folder or self.folder)

    def client(self, user: str, groups: Sequence[str] = ()) -> Pair:
        """What shows the API server who a user is, and in which groups."""
        return self._issue(f"user-{user}".replace(":", "-"), _subject(user, groups), None, self.folder)

    def _issue(
        self, name: str, subject: x509.Name, alternatives: x509.SubjectAlternativeName | None, folder: Path
    ) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(subject, self._own.subject).public_key(key.public_key())
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if alternatives:
            builder = builder.add_extension(alternatives, critical=False)
        return _write(builder.sign(self._key, hashes.SHA256()), key, folder, name)

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def _own(self) -> x509.Certificate:
        subject = _subject(self.name)
        builder = _builder(subject, subject).public_key(self._key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        return builder.sign(self._key, hashes.SHA256())


def authority(name: str, folder: Path) -> Authority:
    """A new authority."""
    made = Authority(name, folder)
    made.write()
    return made


def signing_key(folder: Path, name: str) -> Pair:
    """A key to sign tokens with, and the public part to check them."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    pair = Pair(folder / f"{name}.pub", folder / f"{name}.key")
    pair.certificate.write_bytes(public)
    _write_key(key, pair.key)
    return pair


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(IPv4Address(host))
    except ValueError:
        return x509.DNSName(host)


def _subject(name: str, groups: Sequence[str] = ()) -> x509.Name:
    organizations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, each) for each in groups]
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), *organizations])


def _builder(subject: x509.Name, issuer: x509.Name) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=7))
    )


def _write(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, folder: Path, name: str) -> Pair:
    folder.mkdir(parents=True, exist_ok=True)
    pair = Pair(folder / f"{name}.crt", folder / f"{name}.key")
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    _write_key(key, pair.key)
    return pair


def _write_key(key: ec.EllipticCurvePrivateKey, path: Path) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
