"""COPY and ADD."""

from __future__ import annotations

from explorer.dockerfile.commands.flags import FlagSet
from explorer.dockerfile.commands.mistake import Mistake
from explorer.dockerfile.commands.model import Add, Copy, InlineFile, Transfer
from explorer.dockerfile.commands.source import Source
from explorer.dockerfile.expansion import ExpansionError
from explorer.dockerfile.heredoc import parse_marker
from explorer.dockerfile.words import Word


def read_copy(source: Source) -> Copy:
    """Read a COPY."""
    _needs_destination(source)
    flags = FlagSet(source.statement)
    transfer = _transfer(source, flags)
    return Copy(transfer, flags.text("from"), flags.truth("parents") or False)


def read_add(source: Source) -> Add:
    """Read an ADD."""
    _needs_destination(source)
    flags = FlagSet(source.statement)
    transfer = _transfer(source, flags)
    return Add(transfer, flags.text("checksum"), flags.truth("keep-git-dir"), flags.truth("unpack"))


def _needs_destination(source: Source) -> None:
    if len(source.statement.words) < 2:
        name = source.statement.name
        raise Mistake(
            f"{name} requires at least two arguments, but only one was provided. "
            "Destination could not be determined",
            source.arguments,
        )


def _transfer(source: Source, flags: FlagSet) -> Transfer:
    *sources, destination = source.statement.words
    files = source.files
    if _marker_name(destination):
        name = source.statement.name
        raise Mistake(f"{name} cannot accept a heredoc as a destination", destination)
    paths: list[Word] = []
    inline: list[InlineFile] = []
    for word in sources:
        file = files.get(_marker_name(word))
        if file is None:
            paths.append(word)
        else:
            inline.append(file)
    return Transfer(
        sources=tuple(paths),
        inline=tuple(inline),
        destination=destination,
        owner=flags.text("chown"),
        mode=flags.text("chmod"),
        link=flags.truth("link") or False,
        excludes=flags.texts("exclude"),
    )


def _marker_name(word: Word) -> str:
    """The name of the here-document that a word stands for, ``""`` for a path."""
    try:
        marker = parse_marker(word.value)
    except ExpansionError:
        return ""
    return marker.name if marker else ""
