"""Signatures as they present themselves: cosign, Sigstore bundles, DSSE, Notation.

They are read, never verified: who could have signed, and what, says only the signer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from explorer.analysis.attestations.certificates import certificate_in
from explorer.analysis.attestations.intoto import Envelope, decoded, inner_object
from explorer.analysis.attestations.values import Attached, Certificate, Signature
from explorer.errors import DamagedImage
from explorer.oci import parse_rfc3339
from explorer.oci.fields import Fields

_CERTIFICATES: Final = ("dev.sigstore.cosign/certificate",)
_LOG: Final = ("dev.sigstore.cosign/bundle",)
_SIGNATURE: Final = "dev.cosignproject.cosign/signature"
_MOST: Final = 1000


def simple_signing(fields: Fields, attached: Attached) -> Signature | None:
    """A cosign signature: the payload says what is signed, annotations of its layer the rest."""
    critical = fields.child("critical")
    if critical is None:
        return None
    claims = critical.section("image").text("docker-manifest-digest")
    optional = fields.section("optional").raw
    notes = tuple((name, str(value)[:2000]) for name, value in optional.items())
    signed, index = _logged(attached.annotations, fields.problems)
    if not attached.annotations.get(_SIGNATURE):
        fields.note("the signature itself is absent: there is only what would be signed")
    return Signature(
        format="cosign",
        certificate=_certificate(attached.annotations, fields.problems),
        claims=claims,
        reference=critical.section("identity").text("docker-reference"),
        fits=claims == str(attached.subject) if claims else None,
        signed=signed,
        log_index=index,
        notes=notes[:_MOST],
    )


def envelope_signatures(
    envelope: Envelope, attached: Attached, problems: list[str], fits: bool | None
) -> tuple[Signature, ...]:
    """Who signed a DSSE envelope: key ids from it, the certificate from the layer's annotations."""
    certificate = _certificate(attached.annotations, problems)
    signed, index = _logged(attached.annotations, problems)
    return tuple(
        Signature("DSSE", key, certificate, fits=fits, signed=signed, log_index=index)
        for key, _signature in envelope.signatures[:_MOST]
    )


def bundle_signature(fields: Fields, attached: Attached, fits: bool | None) -> Signature | None:
    """The signature of a Sigstore bundle; its statement is read elsewhere."""
    material = fields.child("verificationMaterial")
    if material is None:
        return None
    claims, key = "", material.section("publicKey").text("hint")
    message = fields.child("messageSignature")
    if message is not None:
        told = message.section("messageDigest")
        data = decoded(told.text("digest"))
        name = told.text("algorithm").replace("SHA2_", "sha")
        claims = f"{name}:{data.hex()}" if data and name else ""
        fits = claims == str(attached.subject) if claims else None
    entry = next(iter(material.objects("tlogEntries")), Fields({}))
    return Signature(
        format="Sigstore bundle",
        key_id=key,
        certificate=_bundled(material),
        claims=claims,
        fits=fits,
        signed=_moment(entry.raw.get("integratedTime")),
        log_index=_whole(entry.raw.get("logIndex")),
    )


def notation_signature(fields: Fields, attached: Attached) -> Signature | None:
    """A Notation signature in JWS (Notary Project signature specification); COSE is not read."""
    payload = decoded(fields.text("payload")) if "protected" in fields.raw else None
    if payload is None:
        return None
    problems = fields.problems
    inner = inner_object(payload, "payload of the signature", problems) or Fields({})
    target = inner.section("targetArtifact")
    head = inner_object(
        decoded(fields.text("protected")) or b"{}", "header of the signature", problems
    ) or Fields({})
    chain = fields.section("header").texts("x5c") or ()
    claims = target.text("digest")
    signed = head.text("io.cncf.notary.signingTime")
    notes = tuple(target.text_map("annotations").items())
    return Signature(
        format="Notation",
        certificate=_der(decoded(chain[0]) if chain else None, problems),
        claims=claims,
        fits=claims == str(attached.subject) if claims else None,
        signed=_written(signed),
        notes=notes[:_MOST],
    )


def _certificate(notes: Mapping[str, str], problems: list[str]) -> Certificate | None:
    text = next((notes[key] for key in _CERTIFICATES if notes.get(key)), "")
    try:
        return certificate_in(text) if text else None
    except DamagedImage as error:
        problems.append(f"{error.what}: {error.why}")
        return None


def _der(data: bytes | None, problems: list[str]) -> Certificate | None:
    try:
        return certificate_in(data) if data else None
    except DamagedImage as error:
        problems.append(f"{error.what}: {error.why}")
        return None


def _bundled(material: Fields) -> Certificate | None:
    """Bundles 0.3 carry one certificate, earlier ones a chain."""
    raw = material.section("certificate").text("rawBytes")
    chain = material.section("x509CertificateChain").objects("certificates")
    first = raw or next((one.text("rawBytes") for one in chain), "")
    return _der(decoded(first) if first else None, material.problems)


def _logged(notes: Mapping[str, str], problems: list[str]) -> tuple[datetime | None, int | None]:
    """When the transparency log took a cosign signature in, and as which entry."""
    text = next((notes[key] for key in _LOG if notes.get(key)), "")
    if not text:
        return None, None
    bundle = inner_object(text.encode(), "entry of the transparency log", problems)
    payload = bundle.section("Payload") if bundle is not None else Fields({})
    return _moment(payload.raw.get("integratedTime")), _whole(payload.raw.get("logIndex"))


def _moment(value: Any) -> datetime | None:
    seconds = _whole(value)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    except (OverflowError, OSError, ValueError):
        return None


def _whole(value: Any) -> int | None:
    """A whole number, which protobuf's JSON writes as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 20 else None


def _written(text: str) -> datetime | None:
    return parse_rfc3339(text) if text else None
