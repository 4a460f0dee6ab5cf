"""Waste on one page: how much, where, whose fault, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli import text
from explorer.cli.screen import Cell, Column, Screen, Styled
from explorer.filesystem.names import display

if TYPE_CHECKING:
    from explorer.analysis.gate import WasteFigures, WasteRule
    from explorer.analysis.opened import OpenImage

_FEW = 20


def waste_page(
    screen: Screen, image: OpenImage, figures: WasteFigures, rules: Sequence[WasteRule]
) -> None:
    """Everything about waste."""
    title = image.image.title
    how = " (as dive counts)" if figures.method == "dive" else ""
    screen.line(Styled(title, "bold"), f": {text.size(figures.wasted)} wasted{how}")
    screen.facts(
        [
            ("Efficiency", f"{figures.efficiency:.4f}"),
            ("Wasted", f"{figures.wasted:,} bytes, {text.percent(figures.percent)}"),
        ]
    )
    path_table(screen, figures)
    if figures.paths:
        screen.line()
        screen.line(Styled("What to do about it: layerscope report IMAGE", "green"))
    rule_lines(screen, figures, rules)


def path_table(screen: Screen, figures: WasteFigures, few: int = _FEW) -> None:
    """The most wasteful paths."""
    if not figures.paths:
        return
    screen.heading("Paths")
    rows: list[list[Cell]] = [
        [text.size(path.bytes), ", ".join(map(str, path.layers)), display(path.path)]
        for path in figures.paths[:few]
    ]
    screen.table(
        [Column("wasted", right=True), Column("layers"), Column("path", flexible=True)], rows
    )
    if len(figures.paths) > few:
        rest = sum(path.bytes for path in figures.paths[few:])
        more = text.plural(len(figures.paths) - few, "more path")
        screen.line(Styled(f"and {more}, {text.size(rest)}: see --json", "dim"))


def rule_lines(screen: Screen, figures: WasteFigures, rules: Sequence[WasteRule]) -> None:
    """What became of each limit."""
    if not rules:
        return
    screen.heading("Rules")
    for rule in rules:
        passed = rule.passed(figures)
        screen.line(
            Styled("✓ " if passed else "✗ ", "green" if passed else "bold red"),
            f"{rule.name} {rule.limit:g}: {rule.value(figures):g}",
        )
