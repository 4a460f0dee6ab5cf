"""What differs between two images or two states, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from explorer.analysis.comparison import Comparison, Renames
from explorer.analysis.documents.entries import entry_document
from explorer.analysis.documents.values import Document, digest_text, document, path_fields
from explorer.analysis.opened import OpenImage
from explorer.analysis.packages import Package, PackageDifference
from explorer.analysis.textdiff import unified_diff
from explorer.filesystem.entry import Aspect, Change, Entry


def comparison_document(
    found: Comparison,
    renames: Renames,
    packages: PackageDifference,
    notes: Sequence[str] = (),
    *,
    content: bool = False,
) -> Document:
    """Everything that differs.

    Files that only moved are removed at one path and added at another; ``renamed_to`` and
    ``renamed_from`` connect the two. ``notes`` says what of the packages could not be read;
    ``content`` adds the difference of text files.
    """
    return document(
        config=[{"key": row.key, "a": row.a, "b": row.b} for row in found.config],
        layers={
            "shared": [{**_layer(found.a, a), "a": a, "b": b} for a, b in found.layers.shared],
            "only_a": [_own_layer(found.a, number) for number in found.layers.only_a],
            "only_b": [_own_layer(found.b, number) for number in found.layers.only_b],
        },
        entries=_entries(found, renames, content=content),
        packages=_packages(packages),
        notes=list(notes),
        warnings=_warnings(found),
    )


def _packages(found: PackageDifference) -> list[Document]:
    rows = [
        *(("added", None, package) for package in found.added),
        *(("removed", package, None) for package in found.removed),
        *(("modified", change.old, change.new) for change in found.changed),
    ]
    return [_package(*row) for row in rows]


def _package(change: str, a: Package | None, b: Package | None) -> Document:
    shown = b or a
    assert shown is not None
    return {
        "kind": str(shown.kind),
        "name": shown.name,
        "architecture": shown.architecture,
        "change": change,
        "a": a.version if a is not None else None,
        "b": b.version if b is not None else None,
    }


def _warnings(found: Comparison) -> list[str]:
    if found.a is found.b:
        return list(found.a.warnings)
    return [f"a: {text}" for text in found.a.warnings] + [f"b: {text}" for text in found.b.warnings]


def _layer(image: OpenImage, number: int) -> Document:
    layer = image.layers[number].layer
    return {
        "digest": digest_text(layer.digest),
        "diff_id": digest_text(layer.diff_id),
        "stored": layer.stored,
    }


def _own_layer(image: OpenImage, number: int) -> Document:
    return {**_layer(image, number), "index": number, "created_by": image.created_by(number)}


def _entries(found: Comparison, renames: Renames, *, content: bool) -> Iterator[Document]:
    for row in range(len(found.changes)):
        old, new = found.old(row), found.new(row)
        shown = new or old
        if shown is None:
            continue
        change, what = Change(int(found.changes.kinds[row])), found.changes.what(row)
        entry = path_fields(shown.path) | {
            "change": change.word,
            "what": [aspect.word for aspect in what],
            "a": _side(old, change, what),
            "b": _side(new, change, what),
        }
        entry |= _rename(renames, int(found.changes.nodes[row]))
        if content:
            entry["diff"] = content_difference(found, row)
        yield entry


def _rename(renames: Renames, node: int) -> Document:
    if node in renames.origin:
        return path_fields(renames.origin[node], "renamed_from")
    if node in renames.fate:
        return path_fields(renames.fate[node], "renamed_to")
    return {}


def _side(entry: Entry | None, change: Change, what: tuple[Aspect, ...]) -> Document | None:
    return entry_document(entry, change, what) if entry is not None else None


def content_difference(found: Comparison, row: int) -> str | None:
    """The unified difference of a text file; None where there is none to show."""
    old, new = found.contents(row)
    if old is None and new is None:
        return None
    return unified_diff(old, new) or None
