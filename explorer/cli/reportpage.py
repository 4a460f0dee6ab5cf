"""The report: one page to understand an image by."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.cli import text
from explorer.cli.facts import identity, warnings
from explorer.cli.screen import Cell, Column, Screen, Styled
from explorer.cli.stacks import bar, changes, instruction, mark
from explorer.filesystem.names import display
from explorer.oci.layout import one_line

if TYPE_CHECKING:
    from explorer.analysis.opened import OpenImage
    from explorer.analysis.suggestions import Suggestion
    from explorer.analysis.waste import Waste

_FEW = 6
_WIDEST = 110


def report_page(
    screen: Screen,
    image: OpenImage,
    name: str,
    waste: Waste,
    suggestions: Sequence[Suggestion],
    *,
    sample: bool,
) -> None:
    """Everything that matters, in the order people ask for it."""
    title = one_line(image.image.title)
    screen.line(Styled(title, "bold"), "  the bundled sample" if sample else "")
    screen.line(Styled("─" * text_width(screen, title), "dim"))
    screen.facts(row for row in identity(image) if row[0] not in ("Reference", "Names"))
    _runs(screen, image)
    _stack(screen, image)
    _largest(screen, image)
    _waste(screen, waste)
    _suggestions(screen, suggestions)
    warnings(screen, image)
    _next(screen, image, name, waste)


def text_width(screen: Screen, title: str) -> int:
    """How wide the rule under the title is."""
    return min(screen.width or 100, max(72, len(title)))


def _runs(screen: Screen, image: OpenImage) -> None:
    from explorer.oci.process import effective_process

    process = effective_process(image.image.config)
    if not process.argv:
        return
    screen.facts(
        [
            ("Runs    ", Styled(one_line(process.command_line), "bold")),
            ("As      ", f"{one_line(process.user)} in {one_line(process.workdir)}"),
        ]
    )


def _stack(screen: Screen, image: OpenImage) -> None:
    screen.heading("The stack, the highest layer on top")
    screen.line(
        Styled("a container adds a thin writable layer above; lower files show through", "dim")
    )
    effects = image.stack.effects
    largest = max((abs(effect.contribution) for effect in effects), default=0)
    base = _base_layers(image)
    rows: list[list[Cell]] = []
    for number in range(len(image.layers) - 1, -1, -1):
        effect, indexed = effects[number], image.layers[number]
        rows.append(
            [
                Styled(str(number), "bold"),
                text.size(indexed.layer.stored),
                text.signed_size(effect.contribution),
                bar(effect.contribution, largest, 16),
                text.size(effect.cumulative),
                changes(effect.added, effect.modified, effect.removed),
                Styled(mark(image, number) or ("base" if number < base else ""), "magenta"),
                instruction(image, number),
            ]
        )
    screen.table(
        [
            Column("layer", right=True),
            Column("stored", right=True),
            Column("adds", right=True),
            Column(""),
            Column("so far", right=True),
            Column("changes"),
            Column(""),
            Column("instruction", flexible=True),
        ],
        rows,
    )


def _base_layers(image: OpenImage) -> int:
    from explorer.oci.base import base_boundary

    boundary = base_boundary(image.steps, image.image.config.labels)
    return boundary.layer_count if boundary is not None else 0


def _largest(screen: Screen, image: OpenImage) -> None:
    """The largest files of the final filesystem."""
    nodes = _largest_files(image)
    if not nodes:
        return
    screen.heading("The largest files")
    entries = [(node, image.final.entry(node)) for node in nodes]
    screen.table(
        [Column("size", right=True), Column("layer", right=True), Column("path", flexible=True)],
        [
            [text.size(entry.size), str(entry.layer), display(entry.path)]
            for _, entry in entries
            if entry is not None
        ],
    )


def _largest_files(image: OpenImage) -> list[int]:
    from explorer.filesystem.entry import EntryType
    from explorer.filesystem.providers import NOTHING

    stack, state = image.stack, image.final
    nodes = state.nodes()
    inodes = stack.inodes(state.visible[nodes])
    held = inodes != NOTHING
    nodes, inodes = nodes[held], inodes[held]
    inodes, first = np.unique(inodes, return_index=True)
    sizes = np.where(
        stack.column("type", inodes) == EntryType.FILE, stack.column("size", inodes), 0
    )
    best = np.argsort(-sizes, kind="stable")[:_FEW]
    return [int(nodes[first[row]]) for row in best.tolist() if sizes[row] > 0]


def _waste(screen: Screen, waste: Waste) -> None:
    if not waste.wasted:
        screen.heading("Nothing is wasted")
        screen.line("Every byte that the layers store is visible in the end.")
        return
    screen.heading(f"Wasted: {text.size(waste.wasted)}, {text.percent(waste.percent)}")
    screen.line(
        Styled("stored in a layer, and deleted or replaced in a later one: still shipped", "dim")
    )


def _suggestions(screen: Screen, found: Sequence[Suggestion]) -> None:
    if not found:
        return
    screen.heading("What to do about it")
    for one in found[:_FEW]:
        saves = text.size(one.saves) if one.saves else "!"
        screen.line(Styled(f"{saves:>7}  ", "bold yellow"), Styled(one_line(one.title), "bold"))
        _paragraph(screen, f"{one.why}.", "", "")
        _paragraph(screen, f"{one.do}.", "→ ", "green")
    if len(found) > _FEW:
        more = text.plural(len(found) - _FEW, "more suggestion")
        screen.line(Styled(f"and {more}: see --json", "dim"))


def _paragraph(screen: Screen, words: str, lead: str, style: str) -> None:
    width = min(screen.width or _WIDEST, _WIDEST)
    indent = " " * (9 + len(lead))
    lines = textwrap.wrap(
        one_line(words, 2000),
        width,
        break_on_hyphens=False,
        initial_indent=f"{' ' * 9}{lead}",
        subsequent_indent=indent,
    )
    for line in lines:
        screen.line(Styled(line, style) if style else line)


def _next(screen: Screen, image: OpenImage, name: str, waste: Waste) -> None:
    import shlex

    screen.heading("Look further")
    where = shlex.quote(name)
    path = display(waste.paths[0].path) if waste.paths else "/etc/passwd"
    rows: list[list[Cell]] = [
        [f"layerscope ls {where} / --changes --layer {image.top}", "what the last layer changed"],
        [f"layerscope timeline {where} {shlex.quote(path)}", "the history of one path"],
        [f"layerscope waste {where}", "every wasted path"],
        ["layerscope --help", "everything else"],
    ]
    screen.table([Column(""), Column("", style="dim")], rows)
