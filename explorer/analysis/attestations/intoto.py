"""Statements and the envelopes around them.

in-toto attestation framework 0.1 and 1 (``Statement``), DSSE 1.0, Sigstore bundles 0.1 to 0.3.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from explorer.analysis.attestations.pieces import load_large
from explorer.analysis.attestations.values import Statement, Subject
from explorer.errors import DamagedImage
from explorer.oci.fields import Fields

_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Envelope:
    """A DSSE envelope: ``signatures`` are pairs of key id and signature, both as text."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, str], ...]


def envelope_in(fields: Fields) -> Envelope | None:
    """The DSSE envelope that an object is, or None; a payload that is no base64 is noted."""
    if not isinstance(fields.raw.get("payload"), str) or "payloadType" not in fields.raw:
        return None
    payload = decoded(fields.text("payload"))
    if payload is None:
        fields.note(f"{fields.path('payload')} is not base64; ignored")
        payload = b""
    signatures = tuple(
        (one.text("keyid"), one.text("sig")) for one in fields.objects("signatures")
    )[:_MOST]
    return Envelope(fields.text("payloadType"), payload, signatures)


def statement_in(fields: Fields) -> Statement | None:
    """The in-toto statement that an object is, or None."""
    predicate_type = fields.raw.get("predicateType")
    if not isinstance(predicate_type, str) or "predicate" not in fields.raw:
        return None
    subjects = tuple(
        Subject(one.text("name"), tuple(sorted(one.text_map("digest").items())))
        for one in list(fields.objects("subject"))[:_MOST]
    )
    return Statement(predicate_type, subjects, fields.section("predicate").raw)


def inner_object(data: bytes, what: str, problems: list[str]) -> Fields | None:
    """The object in the payload of an envelope; what is none is noted."""
    try:
        value = load_large(data, what)
    except DamagedImage as error:
        problems.append(f"{error.what}: {error.why}")
        return None
    if not isinstance(value, dict):
        problems.append(f"the {what} is no JSON object")
        return None
    return Fields(value, "", problems)


def decoded(text: str) -> bytes | None:
    """Base64 of either alphabet, padded or not; None for anything else."""
    try:
        plain = text.strip().replace("-", "+").replace("_", "/").rstrip("=")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
