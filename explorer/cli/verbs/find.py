"""``layerscope find``: search all layers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import click

from explorer.cli import failures, text
from explorer.cli.arguments import image_argument, platform_option, remote_options
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.analysis.listing import Listed
    from explorer.cli.screen import Screen


def _find(image: str, query: tuple[str, ...], limit: int | None, platform: str | None) -> int:
    from explorer.analysis.documents.entries import listed_document
    from explorer.analysis.documents.values import document
    from explorer.analysis.hits import listed_hits
    from explorer.analysis.query import compile_query
    from explorer.analysis.query import find as search

    compiled = compile_query(" ".join(query))
    session = Session.current()
    opened = session.open(image, platform)
    notes: list[str] = []
    with session.job("searching") as job:
        rows = islice(listed_hits(opened, search(opened, compiled, job=job, notes=notes)), limit)
        code = session.answer(
            lambda: document(
                query=str(compiled),
                meaning=compiled.describe(),
                entries=map(listed_document, rows),
                notes=notes,  # written last, when the search has filled it
                warnings=list(opened.warnings),
            ),
            lambda screen: _show(screen, rows),
        )
    if notes and not session.json:
        failures.say(f"not searched: {notes[0]}" + _more(len(notes) - 1))
    return code


def _show(screen: Screen, rows: Iterator[Listed]) -> None:
    from explorer.cli.listings import entry_table

    if not entry_table(screen, rows):
        failures.say("nothing matches")


def _more(count: int) -> str:
    return f", and {text.plural(count, 'more note')}" if count > 0 else ""


find = Verb(
    "find",
    params=[
        image_argument(),
        click.Argument(["query"], nargs=-1, required=True, metavar="QUERY..."),
        click.Option(["--limit"], type=click.IntRange(1), metavar="N", help="At most N entries."),
        platform_option(),
        *remote_options(),
    ],
    callback=_find,
    help="""Search an image. A word is looked for in names, one with a slash in paths, text in
    quotes in the content of files; KEY:VALUE asks for anything else. All terms must hold, unless
    "or" stands between; "not" or "-" before a term turns it round.

    Without a word about layers or changes the final filesystem is searched; with one, every version
    in every layer, deleted ones included.""",
    examples=[
        ("layerscope find app.tar passwd", "names that contain it"),
        ("layerscope find app.tar '*.so size>1M'", "large libraries"),
        ("layerscope find app.tar 'change:removed size>100k'", "deleted, and still stored"),
        ("layerscope find app.tar 'mode:setuid or capability:*'", "what gains privileges"),
        ("layerscope find app.tar '\"BEGIN PRIVATE KEY\"'", "in the content of files"),
        ("layerscope find app.tar -- '-type:dir layer:3'", "behind --, a term may begin with -"),
    ],
)
