"""What an extraction wrote, as a document."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.analysis.documents.values import Document, document, path_fields
from explorer.analysis.extract import Extracted


def extracted_document(done: Extracted, warnings: Sequence[str] = ()) -> Document:
    """``files`` and ``bytes`` written, and what was skipped or not written as it is, with why."""
    return document(
        files=done.files,
        bytes=done.bytes,
        skipped=[{**path_fields(row.path), "why": row.why} for row in done.skipped],
        destination=str(done.path),
        warnings=list(warnings),
    )
