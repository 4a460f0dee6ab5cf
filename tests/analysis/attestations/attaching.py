"""A layout on disk with documents attached to an image, as the tools that make them do it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Platform, media
from explorer.oci.annotations import REF_NAME

CONFIG = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'
SPDX = "https://spdx.dev/Document"
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
DSSE = "application/vnd.dsse.envelope.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
# Made with openssl, with the extensions that Fulcio adds; the key is not kept.
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIICOTCCAd6gAwIBAgIUK/dsS00kJZdD2xQxWyrxTcp7yogwCgYIKoZIzj0EAwIw
FTETMBEGA1UECgwKbGF5ZXJzY29wZTAeFw0yNjExMjExMjEwMjdaFw0zNjExMTgx
MjEwMjdaMBUxEzARBgNVBAoMCmxheWVyc2NvcGUwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATsEeCs9JC5M+Ifnl1WNOVxGMLMluEzIk8/xUUAGyVSwbCvT6d0pdSd
1UZyJjrBi+R5JpF7O/bfSnweVU8n74U2o4IBCjCCAQYwawYDVR0RAQH/BGEwX4ZM
aHR0cHM6Ly9naXRodWIuY29tL2V4YW1wbGUvYXBwLy5naXRodWIvd29ya2Zsb3dz
L3JlbGVhc2UueW1sQHJlZnMvaGVhZHMvbWFpboEPZGV2QGV4YW1wbGUub3JnMDsG
CisGAQQBg78wAQEELQwraHR0cHM6Ly90b2tlbi5hY3Rpb25zLmdpdGh1YnVzZXJj
b250ZW50LmNvbTA7BgorBgEEAYO/MAEIBC0MK2h0dHBzOi8vdG9rZW4uYWN0aW9u
cy5naXRodWJ1c2VyY29udGVudC5jb20wHQYDVR0OBBYEFMdp4pydtn7jaqY7Q8nd
1C8db+LyMAoGCCqGSM49BAMCA0kAMEYCIQCEEfY7tBZtGy8L+oJshRZ0rpS4C9C/
GDgZi6QZWUxpdQIhAMI/okObrX914T9wpgh+cb6oGWomNJzFfifRo6gEXDRb
-----END CERTIFICATE-----
"""


def js(value: object) -> bytes:
    """A value as JSON."""
    return json.dumps(value).encode()


def statement(
    predicate_type: str, predicate: Mapping[str, Any], subject: Digest | None = None
) -> bytes:
    """An in-toto statement, about a manifest if one is given."""
    subjects = [{"name": "app", "digest": {"sha256": subject.encoded}}] if subject else []
    document = {"_type": "https://in-toto.io/Statement/v1", "predicateType": predicate_type}
    return js(document | {"subject": subjects, "predicate": predicate})


def envelope(payload: bytes, *keys: str) -> dict[str, Any]:
    """A DSSE envelope, signed by somebody with these keys."""
    return {
        "payloadType": "application/vnd.in-toto+json",
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": key, "sig": "c2ln"} for key in keys],
    }


@dataclass
class Layout:
    """An OCI layout that grows; write it with :meth:`write`."""

    folder: Path
    entries: list[Descriptor] = field(default_factory=list)
    blobs: dict[Digest, bytes] = field(default_factory=dict)

    def blob(self, data: bytes, kind: str, **notes: str) -> Descriptor:
        digest = Digest.of(data)
        self.blobs[digest] = data
        return Descriptor(kind, digest, len(data), annotations=notes)

    def image(self, *layers: bytes) -> Descriptor:
        config = self.blob(CONFIG, media.OCI_CONFIG)
        described = tuple(self.blob(layer, media.OCI_LAYER) for layer in layers)
        return self.manifest(Manifest(config, described))

    def manifest(self, document: Manifest | ImageIndex) -> Descriptor:
        return self.blob(document.encode(), document.media_type)

    def attestation(self, image: Descriptor, *documents: Descriptor) -> Descriptor:
        """As BuildKit puts it into the index of an image."""
        made = self.manifest(Manifest(self.blob(b"{}", media.OCI_EMPTY), documents))
        notes = {
            media.ATTESTATION_ANNOTATION: "attestation-manifest",
            media.ATTESTATION_SUBJECT_ANNOTATION: str(image.digest),
        }
        unknown = Platform.parse("unknown/unknown")
        return Descriptor(made.media_type, made.digest, made.size, (), notes, unknown)

    def index(self, *members: tuple[Descriptor, str] | Descriptor) -> Descriptor:
        described = tuple(
            member
            if isinstance(member, Descriptor)
            else Descriptor(
                member[0].media_type,
                member[0].digest,
                member[0].size,
                platform=Platform.parse(member[1]),
            )
            for member in members
        )
        return self.manifest(ImageIndex(described))

    def referrer(self, subject: Descriptor, kind: str, *documents: Descriptor) -> Descriptor:
        """As ORAS, Notation and newer cosigns attach it."""
        empty = self.blob(b"{}", media.OCI_EMPTY)
        return self.manifest(Manifest(empty, documents, subject=subject, artifact_type=kind))

    def artifact(self, *documents: Descriptor) -> Descriptor:
        """As cosign pushes it under a tag: it claims an image's configuration."""
        return self.manifest(Manifest(self.blob(CONFIG, media.OCI_CONFIG), documents))

    def name(self, descriptor: Descriptor, *names: str) -> Descriptor:
        """List it in ``index.json``, under these names or none."""
        for name in names or ("",):
            notes = {**descriptor.annotations, **({REF_NAME: name} if name else {})}
            kind, digest, size = descriptor.media_type, descriptor.digest, descriptor.size
            listed = Descriptor(kind, digest, size, (), notes, descriptor.platform)
            self.entries.append(listed)
        return descriptor

    def write(self) -> str:
        """What to open."""
        for digest, data in self.blobs.items():
            path = self.folder / digest.blob_path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (self.folder / "index.json").write_bytes(ImageIndex(tuple(self.entries)).encode())
        (self.folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        return str(self.folder)


def cosign_tag(image: Descriptor, end: str) -> str:
    """The tag that cosign derives from an image's digest."""
    return f"sha256-{image.digest.encoded}.{end}"
