"""One document, taken apart as far as it is understood."""

from __future__ import annotations

from typing import Final

from explorer.analysis.attestations import signatures
from explorer.analysis.attestations.bom import bom_in, tag_value
from explorer.analysis.attestations.intoto import (
    Envelope,
    envelope_in,
    inner_object,
    statement_in,
)
from explorer.analysis.attestations.pieces import load_large
from explorer.analysis.attestations.provenance import provenance_of
from explorer.analysis.attestations.values import Attached, Reading, Signature, Statement
from explorer.analysis.manifests.shelf import Shelf
from explorer.errors import DamagedImage
from explorer.oci import Digest
from explorer.oci.document import MAX_DOCUMENT
from explorer.oci.fields import Fields

_WHAT: Final = "document"


def read_attached(shelf: Shelf, attached: Attached) -> Reading:
    """Fetch a document and take it apart.

    One that is malformed, or too large to be taken apart, is still there as ``data``, with a
    warning. Raises as :meth:`Shelf.blob`.
    """
    if attached.blob is None:
        return Reading(attached, b"", warnings=("the manifest is all there is",))
    data = attached.blob.data
    if data is None or Digest.of(data) != attached.blob.digest:
        data = shelf.blob(attached.blob)
    return take_apart(attached, data)


def take_apart(attached: Attached, data: bytes) -> Reading:
    """What some bytes say; never raises for what they are."""
    problems: list[str] = []
    fields = _object(data, problems)
    if fields is None:
        text = data[:MAX_DOCUMENT].decode("utf-8", "replace")
        bom = tag_value(text)
        return Reading(attached, data, bom=bom, warnings=() if bom is not None else tuple(problems))
    envelope = envelope_in(fields.section("dsseEnvelope")) or envelope_in(fields)
    inner: Fields | None = fields
    if envelope is not None:
        inner = inner_object(envelope.payload, "payload of the envelope", problems)
    statement = statement_in(inner) if inner is not None else None
    about = _is_about(statement, attached)
    predicate = fields
    if statement is not None:
        predicate = Fields(dict(statement.predicate), "predicate", problems)
    if about is False:
        problems.append("it speaks of another image than the one it is attached to")
    return Reading(
        attached=attached,
        data=data,
        statement=statement,
        provenance=provenance_of(statement, problems) if statement is not None else None,
        bom=bom_in(_unwrapped(predicate)),
        signatures=_signatures(fields, envelope, attached, about),
        warnings=tuple(dict.fromkeys(problems)),
    )


def _object(data: bytes, problems: list[str]) -> Fields | None:
    try:
        value = load_large(data, _WHAT)
    except DamagedImage as error:
        problems.append(f"{error.what}: {error.why}" if error.why else error.what)
        return None
    if not isinstance(value, dict):
        problems.append("the document is no JSON object")
        return None
    return Fields(value, "", problems)


def _unwrapped(predicate: Fields) -> Fields:
    """cosign once put bills of materials one level deeper, below ``Data``."""
    return predicate.section("Data") if isinstance(predicate.raw.get("Data"), dict) else predicate


def _is_about(statement: Statement | None, attached: Attached) -> bool | None:
    """Whether a statement names the manifest it is attached to; None where it names nothing."""
    if statement is None:
        return None
    wanted = attached.subject.algorithm, attached.subject.encoded
    digests = [digest for subject in statement.subjects for digest in subject.digests]
    return wanted in digests if digests else None


def _signatures(
    fields: Fields, envelope: Envelope | None, attached: Attached, about: bool | None
) -> tuple[Signature, ...]:
    bundled = signatures.bundle_signature(fields, attached, about)
    if bundled is not None:
        return (bundled,)
    if envelope is not None:
        return signatures.envelope_signatures(envelope, attached, fields.problems, about)
    found = signatures.simple_signing(fields, attached)
    found = found or signatures.notation_signature(fields, attached)
    return (found,) if found is not None else ()
