"""Attached documents, and what they say, for the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from explorer.analysis.attestations.values import (
    Attached,
    Bom,
    Certificate,
    Material,
    Provenance,
    Reading,
    Signature,
    Statement,
)
from explorer.analysis.documents.values import moment_text

_Document = dict[str, Any]


def attached_document(one: Attached) -> _Document:
    """One document of the list."""
    return {
        "kind": str(one.kind),
        "title": one.title,
        "place": str(one.place),
        "subject": str(one.subject),
        "platform": str(one.platform) if one.platform is not None else None,
        "digest": str(one.digest),
        "size": one.size,
        "media_type": one.blob.media_type if one.blob is not None else one.manifest.media_type,
        "manifest": str(one.manifest.digest),
        "artifact_type": one.artifact_type,
        "predicate_type": one.predicate_type,
        "tag": one.tag or None,
        "annotations": dict(one.annotations),
    }


def reading_document(reading: Reading) -> _Document:
    """One document, taken apart; a part that it does not have is null."""
    return {
        **attached_document(reading.attached),
        "statement": _statement(reading.statement),
        "provenance": _provenance(reading.provenance),
        "sbom": _bom(reading.bom),
        "signatures": [_signature(one) for one in reading.signatures],
        "warnings": list(reading.warnings),
    }


def _statement(statement: Statement | None) -> _Document | None:
    if statement is None:
        return None
    return {
        "predicate_type": statement.predicate_type,
        "subjects": [{"name": s.name, "digest": dict(s.digests)} for s in statement.subjects],
    }


def _provenance(made: Provenance | None) -> _Document | None:
    if made is None:
        return None
    return {
        "version": made.version,
        "builder": made.builder,
        "build_type": made.build_type,
        "invocation": made.invocation,
        "started": _moment(made.started),
        "finished": _moment(made.finished),
        "source": _material(made.source) if made.source is not None else None,
        "entry_point": made.entry_point,
        "vcs": {"source": made.vcs_source, "revision": made.vcs_revision},
        "platform": made.platform,
        "build_args": dict(made.arguments),
        "parameters": dict(made.parameters),
        "materials": [_material(one) for one in made.materials],
        "files": [
            {"name": one.name, "language": one.language, "text": one.text} for one in made.sources
        ],
        "complete": dict(made.complete),
        "reproducible": made.reproducible,
    }


def _material(one: Material) -> _Document:
    return {"uri": one.uri, "digest": dict(one.digests)}


def _bom(bom: Bom | None) -> _Document | None:
    if bom is None:
        return None
    return {
        "format": bom.format,
        "name": bom.name,
        "created": _moment(bom.created),
        "tools": list(bom.tools),
        "files": bom.files,
        "packages": [
            {
                "name": one.name,
                "version": one.version,
                "license": one.license,
                "purl": one.purl,
                "supplier": one.supplier,
                "type": one.kind,
            }
            for one in bom.packages
        ],
    }


def _signature(one: Signature) -> _Document:
    return {
        "format": one.format,
        "verified": None,  # never checked here: neither true nor false
        "key_id": one.key_id or None,
        "certificate": _certificate(one.certificate) if one.certificate is not None else None,
        "claims": one.claims or None,
        "reference": one.reference or None,
        "fits": one.fits,
        "signed": _moment(one.signed),
        "log_index": one.log_index,
        "notes": dict(one.notes),
    }


def _certificate(one: Certificate) -> _Document:
    return {
        "subject": one.subject,
        "identities": list(one.identities),
        "issuer": one.issuer,
        "authority": one.authority,
        "not_before": _moment(one.not_before),
        "not_after": _moment(one.not_after),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment_text(moment)
