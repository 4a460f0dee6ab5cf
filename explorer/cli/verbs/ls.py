"""``layerscope ls``: what is in the filesystem, as of any layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from explorer.cli.arguments import (
    image_argument,
    layer_option,
    path_argument,
    platform_option,
    remote_options,
)
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.analysis.listing import Listed
    from explorer.analysis.opened import OpenImage
    from explorer.cli.screen import Screen


def _ls(
    image: str,
    path: str,
    layer: int | None,
    upto: int | None,
    recursive: bool,
    changes: bool,
    platform: str | None,
) -> int:
    from explorer.analysis.documents.entries import listed_document
    from explorer.analysis.documents.values import document

    if layer is not None and upto is not None:
        raise click.UsageError("--layer and --upto exclude each other")
    session = Session.current()
    opened = _opened(session, image, platform, layer, upto, changes=changes)
    rows = _rows(opened, path, layer, upto, recursive=recursive, changes=changes)
    return session.answer(
        lambda: document(entries=map(listed_document, rows), warnings=list(opened.warnings)),
        lambda screen: _show(screen, rows),
    )


def _opened(
    session: Session,
    image: str,
    platform: str | None,
    layer: int | None,
    upto: int | None,
    *,
    changes: bool,
) -> OpenImage:
    """The image, no more of it fetched from a registry than is listed."""
    last = upto if layer is None else layer
    if last is None:
        return session.open(image, platform)
    fetch = (last,) if layer is not None and not changes else range(last + 1)
    return session.open(image, platform, fetch=fetch)


def _show(screen: Screen, rows: Iterator[Listed]) -> None:
    from explorer.cli.listings import entry_table

    entry_table(screen, rows)


def _rows(
    image: OpenImage,
    path: str,
    layer: int | None,
    upto: int | None,
    *,
    recursive: bool,
    changes: bool,
) -> Iterator[Listed]:
    from explorer.analysis import listing
    from explorer.cli.paths import path_bytes

    where = path_bytes(path)
    if changes:
        chosen = layer if layer is not None else upto
        return listing.changed(image, image.top if chosen is None else chosen, where)
    if layer is not None:
        return listing.own(image, layer, where, recursive=recursive)
    return listing.merged(image, image.top if upto is None else upto, where, recursive=recursive)


ls = Verb(
    "ls",
    params=[
        image_argument(),
        path_argument(default="/", required=False),
        layer_option("Only what layer N itself holds: its tar's entries, whiteouts among them."),
        layer_option("The merged filesystem as of layer N, instead of all layers.", "--upto"),
        click.Option(["-r", "--recursive"], is_flag=True, help="Everything below PATH, too."),
        click.Option(
            ["--changes"],
            is_flag=True,
            help="Only what layer N (by --layer or --upto; else the highest) added, modified and "
            "removed, at any depth.",
        ),
        platform_option(),
        *remote_options(),
    ],
    callback=_ls,
    help="""List the merged filesystem: the whole, or as of layer N; or one layer's own entries.

    Of an image in a registry (docker://REF) no more is fetched than lists that; a layer's own
    entries tell what they changed only where the layers below are known, too.

    PATH is a directory or a file; symlinks to directories are followed inside the image. The sign
    before each entry tells what the layer did to it: + added, ~ modified, − removed.""",
    examples=[
        ("layerscope ls app.tar /etc", "what a container would see"),
        ("layerscope ls app.tar /etc --upto 2", "what it was like as of layer 2"),
        ("layerscope ls app.tar -r --layer 3", "all that layer 3 stores"),
        ("layerscope ls docker://alpine /etc --layer 0", "of a registry, nothing else fetched"),
        ("layerscope ls app.tar --layer 3 --changes", "and what that changed"),
    ],
)
