"""``layerscope extract``: files out of an image, safely."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.cli import numbers, text
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
    from explorer.analysis.extract import Extracted
    from explorer.cli.screen import Screen

_FEW = 20


def _extract(
    image: str,
    path: str,
    dest: Path,
    layer: int | None,
    force: bool,
    owners: bool,
    setuid: bool,
    devices: bool,
    max_bytes: int | None,
    max_files: int | None,
    platform: str | None,
) -> int:
    from explorer.analysis.documents.extracted import extracted_document
    from explorer.analysis.extract import Limits, extract
    from explorer.analysis.versions import state_with
    from explorer.cli.paths import host_target, path_bytes

    usual = Limits()
    limits = Limits(max_bytes or usual.bytes, max_files or usual.entries)
    session = Session.current()
    wanted = path_bytes(path)
    opened = session.open_for(image, platform, wanted, layer)
    state, node = state_with(opened, wanted, layer)
    target = host_target(dest, wanted, opened.stack.trie.name(node))
    with session.job("extracting") as job:
        done = extract(
            opened,
            state,
            node,
            target,
            job,
            limits=limits,
            devices=devices,
            setuid=setuid,
            owners=owners,
            force=force,
        )
    return session.answer(
        lambda: extracted_document(done, opened.warnings), lambda screen: _show(screen, done)
    )


def _show(screen: Screen, done: Extracted) -> None:
    from explorer.cli.screen import Styled
    from explorer.filesystem.names import display
    from explorer.oci.layout import one_line

    files = text.plural(done.files, "file")
    screen.line(f"{files}, {text.size(done.bytes)}, written to {one_line(str(done.path))}")
    for skipped in done.skipped[:_FEW]:
        screen.line(
            Styled("! ", "bold yellow"), display(skipped.path), f": {one_line(skipped.why)}"
        )
    if len(done.skipped) > _FEW:
        screen.line(f"and {text.plural(len(done.skipped) - _FEW, 'more remark')}: see --json")


extract = Verb(
    "extract",
    params=[
        image_argument(),
        path_argument(),
        click.Argument(["dest"], type=click.Path(path_type=Path), metavar="DEST"),
        layer_option("As of layer N. What was deleted by then comes out as it last was."),
        click.Option(["--force"], is_flag=True, help="Replace files that are in the way."),
        click.Option(["--owners"], is_flag=True, help="Keep owners and exact modes."),
        click.Option(
            ["--setuid"],
            is_flag=True,
            help="Keep set-user-ID and set-group-ID bits and capabilities.",
        ),
        click.Option(["--devices"], is_flag=True, help="Make device nodes and named pipes."),
        click.Option(
            ["--max-bytes"], type=numbers.size, metavar="N", help="Refuse more than this; 64Gi."
        ),
        click.Option(
            ["--max-files"],
            type=click.IntRange(1),
            metavar="N",
            help="Refuse more entries than this; 2 million.",
        ),
        platform_option(),
        *remote_options(),
    ],
    callback=_extract,
    help="""Copy a file, or a directory with everything below it, out of an image.

    Into DEST if that is a folder, else as DEST. Nothing outside DEST is ever written, whatever the
    names and links in the image say; devices, privileges and owners are left out unless asked
    for.""",
    examples=[
        ("layerscope extract app.tar /etc ./out", "a directory"),
        ("layerscope extract app.tar /app/.env ./env --layer 3", "a file that layer 4 deleted"),
        ("layerscope extract app.tar / ./rootfs", "everything"),
    ],
)
