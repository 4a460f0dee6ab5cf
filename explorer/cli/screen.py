"""Human output: tables and lines, coloured by rich on a terminal, plain text anywhere else.

rich is imported only for a terminal. Text may come from an image: no markup is ever read in it, and
callers pass it through :func:`explorer.filesystem.names.display` or
:func:`explorer.oci.layout.visible`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TextIO, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console

_PAGE = 1000  # rows whose widths are settled together
_GAP = "  "
_NARROWEST = 16


@dataclass(frozen=True, slots=True)
class Styled:
    """A piece of text with a style of rich, such as ``"bold red"``."""

    text: str
    style: str


Piece: TypeAlias = str | Styled
Cell: TypeAlias = Piece | tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``flexible`` ones are cut where a terminal is too narrow."""

    title: str
    right: bool = False
    style: str = ""
    flexible: bool = False


class Screen:
    """Where a verb writes for people."""

    def __init__(self, stream: TextIO, *, colour: bool = True) -> None:
        self._stream = stream
        self._console = _console(stream, colour=colour) if stream.isatty() else None
        self._begun = False

    @property
    def width(self) -> int | None:
        """Columns of the terminal; None where there is none, and lines may be of any length."""
        return self._console.width if self._console is not None else None

    def line(self, *pieces: Piece) -> None:
        """One line (or several, if the text has line ends)."""
        self._begun = True
        if self._console is None:
            self._stream.write(plain(pieces).rstrip() + "\n")
            return
        from rich.text import Text

        text = Text()
        for piece in pieces:
            if isinstance(piece, Styled):
                text.append(piece.text, piece.style)
            else:
                text.append(piece)
        self._console.print(text, soft_wrap=True)

    def heading(self, text: str) -> None:
        """A section's title, a blank line above it."""
        if self._begun:
            self.line()
        self.line(Styled(text, "bold"))

    def facts(self, rows: Iterable[tuple[str, Cell]]) -> None:
        """Names and values side by side; rows without a value are left out."""
        shown = [(name, cell) for name, cell in rows if plain(cell)]
        width = max((cell_width(name) for name, _ in shown), default=0)
        for name, cell in shown:
            self.line(
                Styled(name + " " * (width - cell_width(name)), "dim"), _GAP, *pieces_of(cell)
            )

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
        """A table under its titles, written page by page: a million rows begin at once.

        Returns how many rows it has; without any, nothing is written.
        """
        count = 0
        widths = [cell_width(column.title) for column in columns]
        titles: list[Sequence[Cell]] = []
        if any(column.title for column in columns):
            titles = [[Styled(column.title, "dim") for column in columns]]
        source = iter(rows)
        while page := list(islice(source, _PAGE)):
            texts = [list(map(plain, row)) for row in page]
            for place, column in enumerate(zip(*texts, strict=True)):
                widths[place] = max(widths[place], *map(cell_width, column))
            if self._console is None:
                heads = [list(map(plain, row)) for row in titles]
                self._stream.writelines(_aligned(columns, row, widths) for row in heads + texts)
            else:
                fitted = fit(widths, [column.flexible for column in columns], self.width)
                for row in (*titles, *page):
                    self.line(*_laid_out(columns, row, fitted))
            titles, self._begun = [], True
            count += len(page)
        return count


def _aligned(columns: Sequence[Column], texts: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        " " * (width - cell_width(text)) + text
        if column.right
        else text + " " * (width - cell_width(text))
        for column, text, width in zip(columns, texts, widths, strict=True)
    ]
    return _GAP.join(cells).rstrip() + "\n"


def fit(widths: Sequence[int], flexible: Sequence[bool], limit: int | None) -> list[int]:
    """Widths of columns that keep to a terminal, as far as the flexible ones can give way."""
    fitted = list(widths)
    if limit is None:
        return fitted
    over = sum(fitted) + len(_GAP) * (len(fitted) - 1) - limit
    for place in range(len(fitted) - 1, -1, -1):
        if over > 0 and flexible[place] and fitted[place] > _NARROWEST:
            given = min(over, fitted[place] - _NARROWEST)
            fitted[place] -= given
            over -= given
    return fitted


def cell_width(text: str) -> int:
    """How many columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )


def plain(cell: Cell) -> str:
    """The text of a cell, its styles left out."""
    if isinstance(cell, str):
        return cell
    return "".join(piece.text if isinstance(piece, Styled) else piece for piece in pieces_of(cell))


def pieces_of(cell: Cell) -> tuple[Piece, ...]:
    """A cell as pieces."""
    return cell if isinstance(cell, tuple) else (cell,)


def _laid_out(
    columns: Sequence[Column], row: Sequence[Cell], widths: Sequence[int]
) -> Iterator[Piece]:
    last = len(row) - 1
    for place, (column, cell, width) in enumerate(zip(columns, row, widths, strict=True)):
        pieces = _cut(pieces_of(cell), width) if column.flexible else pieces_of(cell)
        blanks = " " * (width - cell_width(plain(pieces)))
        if column.right:
            yield blanks
        for piece in pieces:
            plain_piece = column.style and not isinstance(piece, Styled)
            yield Styled(str(piece), column.style) if plain_piece else piece
        if place < last:
            yield _GAP if column.right else blanks + _GAP


def _cut(pieces: tuple[Piece, ...], width: int) -> tuple[Piece, ...]:
    """The first ``width`` columns of a cell, an ellipsis at the end of what is cut."""
    if cell_width(plain(pieces)) <= width:
        return pieces
    room, kept = width - 1, []
    for piece in pieces:
        text, style = (piece.text, piece.style) if isinstance(piece, Styled) else (piece, "")
        while cell_width(text) > room:
            text = text[:-1]
        kept.append(Styled(text, style) if style else text)
        room -= cell_width(text)
    return (*kept, "…")


def _console(stream: TextIO, *, colour: bool) -> Console:
    from rich.console import Console

    return Console(
        file=stream,
        no_color=not colour,
        markup=False,
        highlight=False,
        emoji=False,
        width=shutil.get_terminal_size().columns,
    )
