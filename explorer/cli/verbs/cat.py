"""``layerscope cat``: the content of a file, as of any layer."""

from __future__ import annotations

import sys
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
    from explorer.analysis.content import FileContent


def _cat(image: str, path: str, layer: int | None, platform: str | None) -> int:
    from explorer.analysis.versions import file_version
    from explorer.cli.paths import path_bytes

    session = Session.current()
    if session.json:
        raise click.UsageError("cat prints the raw bytes of a file, so it takes no --json")
    wanted = path_bytes(path)
    opened = session.open_for(image, platform, wanted, layer)
    content = opened.content(file_version(opened, wanted, layer))
    _write(content)
    return session.verdict()


def _write(content: FileContent) -> None:
    if sys.stdout.isatty() and b"\0" in content.read_at(0, 8192):
        raise click.UsageError("The file is binary and would garble the terminal: write it > FILE")
    sys.stdout.flush()
    for chunk in content.chunks():
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


cat = Verb(
    "cat",
    params=[
        image_argument(),
        path_argument(),
        layer_option("The content as of layer N. A file deleted by then is shown as it last was."),
        platform_option(),
        *remote_options(),
    ],
    callback=_cat,
    help="""Write the content of a file to stdout, byte for byte.

    Symlinks are followed inside the image. Without --layer it is what a container would read.
    With it, older versions come back, and so do deleted files: their bytes are still stored.

    Of an image in a registry (docker://REF) layers are fetched from the highest down until the file
    is found; where a layer has a table of contents (eStargz, zstd:chunked), the file alone is.""",
    examples=[
        ("layerscope cat app.tar /etc/os-release", "as a container sees it"),
        ("layerscope cat app.tar /app/.env --layer 3", "before layer 4 deleted it"),
        ("layerscope cat docker://alpine /etc/os-release", "of a registry, without pulling it"),
        ("diff <(layerscope cat a.tar /etc/x) <(layerscope cat b.tar /etc/x)", "with your tools"),
    ],
)
