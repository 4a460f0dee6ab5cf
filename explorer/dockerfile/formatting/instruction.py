"""Laying out one instruction."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any, Final

from explorer.dockerfile.formatting.atoms import atoms_of
from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.header import Header, parse_header
from explorer.dockerfile.logical import LogicalLine
from explorer.dockerfile.sexpression import dump_statement

INDENT: Final = "    "


def laid_out(header: Header, newline: str) -> str:
    """The lines of an instruction, laid out; as they are where that could change anything."""
    if header.fault is not None or not header.statement.is_known:
        return header.source
    formatted = _formatted(header, newline)
    if formatted is None or shape(parse_header(formatted, header.escape)) != shape(header):
        return header.source
    return formatted


def shape(header: Header) -> tuple[Any, ...]:
    """What an instruction means, without where its parts stand."""
    markers = tuple(astuple(replace(m, start=0, end=0)) for m in header.markers)
    statement = header.statement
    # What ONBUILD holds is kept in the image as it is written.
    kept = header.line.text[statement.rest.start :] if statement.trigger is not None else ""
    tree = dump_statement(statement)
    return statement.keyword.value, tree, kept, markers, header.fault is None


def _formatted(header: Header, newline: str) -> str | None:
    line = header.line
    out: list[str] = []
    end = -1
    for atom in atoms_of(header.statement, line.text):
        if end >= 0:
            if line.text[end : atom.start].strip(SPACE):
                return None  # something stands here that is no part of the tree, such as "--"
            gap = header.source[line.source(end - 1) + 1 : line.source(atom.start)]
            out.append(_gap(gap, atom.glue, header.escape, newline))
        out.append(_source(header.source, line, atom.start, atom.end, newline))
        end = atom.end
    return "".join(out)


def _gap(gap: str, glue: str, escape: str, newline: str) -> str:
    """What stands between two parts: a blank, or a continuation with its comments."""
    if "\n" not in gap:
        return glue
    comments = [line.strip(SPACE) for line in gap.split("\n")[1:]]
    kept = [f"{INDENT}{comment}{newline}" for comment in comments if comment.startswith("#")]
    return f" {escape}{newline}{''.join(kept)}{INDENT}"


def _source(source: str, line: LogicalLine, start: int, end: int, newline: str) -> str:
    """A part as it is written; of a continued one, without empty lines and trailing blanks."""
    span = line.span(start, end)
    lines = source[span.start : span.end].split("\n")
    kept = [text.rstrip(SPACE) for text in lines[:-1] if text.strip(SPACE)]
    return newline.join([*kept, lines[-1]])
