"""An instruction as far as its own lines tell, remembered by its text.

A header does not know where in the file it stands. Typing into one instruction leaves all others
as they were, so nearly all of a file is found here again on each keystroke.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from explorer.dockerfile import heredoc
from explorer.dockerfile.expansion import Expander, ExpansionError
from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.heredoc import Marker
from explorer.dockerfile.logical import LogicalLine
from explorer.dockerfile.statement import MAX_LENGTH, Fault, Statement, parse_statement

REMEMBERED: Final = 1 << 13
"""How many instructions are kept; a file with more of them is read anew on each change."""

LONGEST_REMEMBERED: Final = 1 << 13
"""How many instructions are kept; a file with more of them is read anew on each change."""


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """The physical lines of an instruction, joined and read.

    ``source`` is their text without the last line's line feed; ``markers`` are the
    here-documents that begin here. Offsets of ``line`` count in ``source``.
    """

    source: str
    escape: str
    line: LogicalLine
    statement: Statement
    markers: tuple[Marker, ...] = ()
    fault: Fault | None = None
    is_plain: bool = False
    """Whether nothing in it can be replaced: no variables, quotes or escapes."""


def parse_header(source: str, escape: str) -> Header:
    """Read the lines of one instruction; any text gives a header, perhaps with a fault."""
    if len(source) > LONGEST_REMEMBERED:
        return _parse(source, escape)
    return _remembered(source, escape)


def _parse(source: str, escape: str) -> Header:
    line = LogicalLine.join(source, escape)
    text = line.text.lstrip(SPACE)
    base = len(line.text) - len(text)
    statement = parse_statement(text.rstrip(SPACE), base, escape)
    markers, fault = _markers(line.text, statement)
    is_plain = not Expander(escape).has_syntax(line.text)
    return Header(source, escape, line, statement, markers, statement.fault or fault, is_plain)


_remembered = lru_cache(maxsize=REMEMBERED)(_parse)


def _markers(text: str, statement: Statement) -> tuple[tuple[Marker, ...], Fault | None]:
    if "<<" not in text or len(text) > MAX_LENGTH:
        return (), None
    inner = statement
    if statement.name == "ONBUILD" and statement.trigger is not None:
        inner = statement.trigger
    if inner.name not in heredoc.KEYWORDS or inner.is_json or statement.fault:
        return (), None
    try:
        return heredoc.find_markers(text), None
    except ExpansionError as error:
        return (), Fault(str(error), statement.rest.start, statement.rest.end)
