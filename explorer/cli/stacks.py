"""The stack of layers as a table, with bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.cli import text
from explorer.cli.screen import Cell, Column, Screen, Styled

if TYPE_CHECKING:
    from explorer.analysis.opened import OpenImage

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_BAR = 12

ADDED, MODIFIED, REMOVED = "green", "yellow", "red"


def stack_table(screen: Screen, image: OpenImage) -> None:
    """One row a layer, the lowest first."""
    effects = image.stack.effects
    known = (e for number, e in enumerate(effects) if image.knows(number))
    largest = max((abs(effect.contribution) for effect in known), default=0)
    rows = [_row(image, number, largest) for number in range(len(image.layers))]
    screen.table(
        [
            Column("#", right=True),
            Column("stored", right=True),
            Column("size", right=True),
            Column("adds", right=True),
            Column(""),
            Column("changes"),
            Column("", style="bold red"),
            Column("instruction", flexible=True),
        ],
        rows,
    )


def _row(image: OpenImage, number: int, largest: int) -> list[Cell]:
    indexed, effect = image.layers[number], image.stack.effects[number]
    missing = indexed.layer.missing
    known = image.knows(number) and indexed.index is not None
    return [
        Styled(str(number), "bold"),
        text.size(indexed.layer.stored) if indexed.layer.stored or not missing else "?",
        "?" if missing or not indexed.size_known else text.size(indexed.size),
        text.signed_size(effect.contribution) if known else "?",
        bar(effect.contribution, largest) if known else "",
        changes(effect.added, effect.modified, effect.removed) if known else "",
        mark(image, number),
        instruction(image, number),
    ]


def bar(value: int, largest: int, width: int = _BAR) -> Cell:
    """A proportional bar; what is taken away is drawn in another colour, behind a minus."""
    if not largest or not value:
        return ""
    eighths = max(1, round(abs(value) / largest * width * 8))
    drawn = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    return Styled(f"−{drawn}" if value < 0 else drawn, REMOVED if value < 0 else "cyan")


def changes(added: int, modified: int, removed: int) -> Cell:
    """``+12 ~3 −1``; what is none is left out."""
    pieces = [
        Styled(f"{glyph}{count:,} ", style)
        for glyph, count, style in (
            ("+", added, ADDED),
            ("~", modified, MODIFIED),
            ("−", removed, REMOVED),
        )
        if count
    ]
    return tuple(pieces)


def mark(image: OpenImage, number: int) -> str:
    """What is wrong with a layer, in a word."""
    indexed = image.layers[number]
    if indexed.layer.missing:
        return "missing"
    if indexed.verified is False:
        return "MISMATCH"
    if not indexed.layer.is_tar:
        return "no tar"
    return "damaged" if indexed.problem else ""


def instruction(image: OpenImage, number: int) -> Cell:
    """What made a layer, on one line."""
    made = image.instructions.get(number)
    if made is None:
        return Styled("not recorded", "dim")
    keyword, _, rest = made.summary.partition(" ")
    if made.keyword and keyword == made.keyword:
        return (Styled(keyword, "bold cyan"), f" {rest}" if rest else "")
    return made.summary
