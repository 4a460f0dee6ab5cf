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
    from rich.table import Table

_PAGE = 1000  # rows whose widths are settled together


@dataclass(frozen=True, slots=True)
class Styled:
    """A piece of text with a style of rich, such as ``"bold red"``."""

    text: str
    style: str


Cell: TypeAlias = str | Styled | tuple["str | Styled", ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``flexible`` ones give way on a narrow terminal."""

    title: str
    right: bool = False
    style: str = ""
    flexible: bool = False


class Screen:
    """Where a verb writes for people."""

    def __init__(self, stream: TextIO, *, colour: bool = True) -> None:
        self._stream = stream
        self._console = _console(stream, colour=colour) if stream.isatty() else None

    @property
    def width(self) -> int:
        """Columns of the terminal; 100 where there is none."""
        return self._console.width if self._console is not None else 100

    def line(self, *pieces: str | Styled) -> None:
        """One line (or several, if the text has line ends)."""
        if self._console is None:
            self._stream.write("".join(map(_plain, pieces)).rstrip() + "\n")
        else:
            self._console.print(_rich(pieces), soft_wrap=True)

    def heading(self, text: str) -> None:
        """A section's title, a blank line above it."""
        self.line()
        self.line(Styled(text, "bold"))

    def facts(self, rows: Iterable[tuple[str, Cell]]) -> None:
        """Names and values side by side; rows without a value are left out."""
        shown = [(name, cell) for name, cell in rows if _plain(cell)]
        width = max((len(name) for name, _ in shown), default=0)
        for name, cell in shown:
            pieces = cell if isinstance(cell, tuple) else (cell,)
            self.line(Styled(f"{name:<{width}}  ", "dim"), *pieces)

    def table(
        self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, header: bool = True
    ) -> None:
        """A table, written page by page, so that a million rows begin at once."""
        widths = [len(column.title) if header else 0 for column in columns]
        source = iter(rows)
        while page := list(islice(source, _PAGE)):
            texts = [[_plain(cell) for cell in row] for row in page]
            widths = [
                max(width, *(cell_width(row[place]) for row in texts))
                for place, width in enumerate(widths)
            ]
            if self._console is None:
                self._plain_page(columns, texts, widths, header=header)
            else:
                self._console.print(_table(columns, page, widths, header=header))
            header = False

    def _plain_page(
        self,
        columns: Sequence[Column],
        texts: list[list[str]],
        widths: list[int],
        *,
        header: bool,
    ) -> None:
        titles = [[column.title for column in columns]] if header else []
        for row in [*titles, *texts]:
            cells = (
                _padded(text, width, column.right)
                for text, width, column in zip(row, widths, columns, strict=True)
            )
            self._stream.write("  ".join(cells).rstrip() + "\n")


def cell_width(text: str) -> int:
    """How many columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )


def _padded(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - cell_width(text))
    return blanks + text if right else text + blanks


def _pieces(cell: Cell) -> Iterator[str | Styled]:
    if isinstance(cell, tuple):
        yield from cell
    else:
        yield cell


def _plain(cell: Cell) -> str:
    return "".join(piece.text if isinstance(piece, Styled) else piece for piece in _pieces(cell))


def _rich(cell: Cell):  # type: ignore[no-untyped-def]
    from rich.text import Text

    text = Text()
    for piece in _pieces(cell):
        if isinstance(piece, Styled):
            text.append(piece.text, piece.style)
        else:
            text.append(piece)
    return text


def _table(
    columns: Sequence[Column], page: list[Sequence[Cell]], widths: list[int], *, header: bool
) -> Table:
    from rich.table import Table

    table = Table(
        box=None, show_header=header, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0)
    )
    return table


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
