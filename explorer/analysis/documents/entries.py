"""ENTRY: one path of a layer, of the merged filesystem, or of a difference."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.analysis.documents.values import (
    Document,
    mode_text,
    path_fields,
    time_text,
    xattr_fields,
)
from explorer.analysis.listing import Listed
from explorer.filesystem.entry import Aspect, Change, Entry, EntryType
from explorer.filesystem.names import absolute, document_text


def listed_document(row: Listed) -> Document:
    """ENTRY of a row of a listing.

    ``change`` is null where it is unknown, because layers below were not fetched from a registry. A
    file of several names has ``links`` and ``link_count``; a removed path ``stored_in``, the
    layer that still holds it, while ``layer`` is the one that removed it.
    """
    fields = entry_document(row.entry, row.change, row.what)
    if row.stored_in is not None:
        fields["stored_in"] = row.stored_in
    if row.links:
        fields["links"] = [document_text(path) for path in row.links]
        fields["link_count"] = row.link_count
    return fields


def entry_document(
    entry: Entry,
    change: Change | None = Change.UNCHANGED,
    what: Iterable[Aspect] = (),
) -> Document:
    """ENTRY. A directory that no layer has an entry of its own for is marked ``implied``."""
    fields = path_fields(entry.path)
    fields |= {
        "type": entry.type.word,
        "mode": mode_text(entry.mode),
        "uid": entry.uid,
        "gid": entry.gid,
        "size": entry.size,
        "mtime": None if entry.implicit else time_text(entry.mtime_ns),
        **_link_fields(entry),
        "device": _device(entry),
        "xattrs": xattr_fields(entry.xattrs),
        "layer": entry.layer,
        "change": change.word if change is not None else None,
        "what": [aspect.word for aspect in what],
    }
    if entry.implicit:
        fields["implied"] = True
    return fields


def _link_fields(entry: Entry) -> Document:
    if entry.link is None:
        return {"link": None}
    target = absolute(entry.link) if entry.type is EntryType.HARDLINK else entry.link
    return path_fields(target, "link")


def _device(entry: Entry) -> Document | None:
    if entry.device is None:
        return None
    major, minor = entry.device
    return {"major": major, "minor": minor}
