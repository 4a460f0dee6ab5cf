"""A comparison on one page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from explorer.cli import text
from explorer.cli.listings import STYLES
from explorer.cli.screen import Cell, Column, Screen, Styled, pieces_of
from explorer.cli.stacks import ADDED, REMOVED
from explorer.cli.stacks import changes as counts
from explorer.filesystem.entry import Change, Entry, EntryType
from explorer.filesystem.names import display
from explorer.oci.layout import one_line, visible

if TYPE_CHECKING:
    from explorer.analysis.comparison import Comparison, Renames
    from explorer.analysis.packages import Package, PackageDifference


def diff_page(
    screen: Screen,
    found: Comparison,
    renames: Renames,
    packages: PackageDifference,
    *,
    content: bool,
) -> None:
    """Configuration, layers, packages, files."""
    if not found.differs:
        screen.line("No difference.")
        return
    _config(screen, found)
    if found.a is not found.b:
        _layers(screen, found)
    _packages(screen, packages)
    _files(screen, found, renames)
    if content:
        _contents(screen, found)


def _config(screen: Screen, found: Comparison) -> None:
    if not found.config:
        return
    screen.heading("Configuration")
    screen.table(
        [Column("key"), Column("a", flexible=True), Column("b", flexible=True)],
        [[one_line(row.key), _value(row.a), _value(row.b)] for row in found.config],
    )


def _value(value: Any) -> Cell:
    if value is None:
        return Styled("not set", "dim")
    return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _layers(screen: Screen, found: Comparison) -> None:
    shared, only_a, only_b = found.layers.shared, found.layers.only_a, found.layers.only_b
    screen.heading("Layers")
    shared_size = sum(found.a.layers[number].layer.stored for number, _ in shared)
    size_a = sum(found.a.layers[number].layer.stored for number in only_a)
    size_b = sum(found.b.layers[number].layer.stored for number in only_b)
    screen.facts(
        [
            ("Shared", _amount(len(shared), shared_size)),
            ("Only in a", _amount(len(only_a), size_a)),
            ("Only in b", _amount(len(only_b), size_b)),
        ]
    )


def _amount(count: int, size: int) -> str:
    return f"{text.plural(count, 'layer')}, {text.size(size)}" if count else "none"


def _packages(screen: Screen, found: PackageDifference) -> None:
    if not len(found):
        return
    screen.heading("Packages")
    rows: list[list[Cell]] = [
        *(_package(Change.REMOVED, package, package.version) for package in found.removed),
        *(_package(Change.ADDED, package, package.version) for package in found.added),
        *(
            _package(Change.MODIFIED, change.package, f"{change.old.version} → {new.version}")
            for change in found.changed
            if change.old is not None and (new := change.new) is not None
        ),
    ]
    screen.table([Column(""), Column(""), Column("name"), Column("version")], rows)


def _package(change: Change, package: Package, version: str) -> list[Cell]:
    return [
        Styled(change.glyph, STYLES[change]),
        str(package.kind),
        one_line(package.name),
        one_line(version),
    ]


def _files(screen: Screen, found: Comparison, renames: Renames) -> None:
    changes = found.changes
    if not len(changes):
        return
    number = changes.counts()
    kinds = (Change.ADDED, Change.MODIFIED, Change.REMOVED)
    screen.heading("Files")
    screen.line(*pieces_of(counts(*(number[kind] for kind in kinds))))
    screen.table(
        [Column(""), Column("size", right=True), Column("path"), Column("", style="dim")],
        _rows(found, renames),
    )


def _rows(found: Comparison, renames: Renames) -> Iterator[list[Cell]]:
    from explorer.analysis.differences import differences

    for row in range(len(found.changes)):
        old, new = found.old(row), found.new(row)
        shown, change = new or old, Change(int(found.changes.kinds[row]))
        if shown is None:
            continue
        told = _moved(renames, int(found.changes.nodes[row]))
        if old is not None and new is not None:
            told = "; ".join(map(str, differences(found.changes.what(row), old, new)))
        yield [
            Styled(change.glyph, STYLES[change]),
            _size(shown),
            Styled(text.path(shown), STYLES[change]),
            told,
        ]


def _moved(renames: Renames, node: int) -> str:
    if node in renames.origin:
        return f"renamed from {display(renames.origin[node])}"
    return f"renamed to {display(renames.fate[node])}" if node in renames.fate else ""


def _size(entry: Entry) -> str:
    return text.size(entry.size) if entry.type is EntryType.FILE else entry.type.word


def _contents(screen: Screen, found: Comparison) -> None:
    from explorer.analysis.documents.comparisons import content_difference

    for row in range(len(found.changes)):
        difference = content_difference(found, row)
        shown = found.new(row) or found.old(row)
        if difference is None or shown is None:
            continue
        screen.heading(display(shown.path))
        for line in difference.split("\n"):
            screen.line(_diff_line(visible(line)))


def _diff_line(line: str) -> str | Styled:
    styles = {"+": ADDED, "-": REMOVED, "@": "cyan"}
    style = styles.get(line[:1])
    return Styled(line, style) if style else line
