"""A path's history as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.cli import text
from explorer.cli.listings import STYLES
from explorer.cli.screen import Cell, Column, Screen, Styled
from explorer.cli.stacks import instruction
from explorer.filesystem.entry import Change, EntryType
from explorer.filesystem.names import display

if TYPE_CHECKING:
    from explorer.analysis.opened import OpenImage
    from explorer.analysis.timeline import Version


def version_table(screen: Screen, image: OpenImage, node: int) -> None:
    """One row a layer that touched the path, then what can still be read of it."""
    from explorer.analysis.timeline import timeline

    versions = timeline(image, node)
    shown = display(image.stack.trie.path(node))
    screen.line(Styled(shown, "bold"), "" if versions else ": no layer changes it")
    screen.table(
        [
            Column("layer", right=True),
            Column("", style="bold"),
            Column("mode"),
            Column("owner", right=True),
            Column("size", right=True),
            Column("stores", right=True),
            Column("instruction", flexible=True),
        ],
        [_row(image, version) for version in versions],
    )
    _recover(screen, versions, shown)


def _row(image: OpenImage, version: Version) -> list[Cell]:
    entry = version.entry
    gone = version.change is Change.REMOVED
    sized = entry.type is EntryType.FILE and not gone
    return [
        str(version.layer),
        Styled(f"{version.change.glyph} {_story(image, version)}", STYLES[version.change]),
        "" if gone else text.mode(entry),
        "" if gone else f"{entry.uid}:{entry.gid}",
        text.size(entry.size) if sized else "",
        text.size(version.cost) if version.cost else "",
        instruction(image, version.layer),
    ]


def _story(image: OpenImage, version: Version) -> str:
    if version.change is Change.REMOVED:
        return f"removed by a {version.cause}" if version.cause else "removed"
    if version.change is Change.UNCHANGED:
        return "stored again, no difference"
    if version.change is Change.ADDED:
        return "added"
    from explorer.analysis.differences import differences

    before = image.stack.entry(0, version.previous)
    return ", ".join(map(str, differences(version.what, before, version.entry)))


def _recover(screen: Screen, versions: tuple[Version, ...], path: str) -> None:
    last = versions[-1] if versions else None
    if last is not None and last.recoverable:
        screen.line()
        screen.line(
            Styled("Still readable: ", "green"),
            f"layerscope cat IMAGE {path} --layer {max(last.layer - 1, 0)}",
        )
