"""``layerscope shared``: which layers images have in common."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from explorer.cli import jsontext, text
from explorer.cli.arguments import image_argument, platform_option, remote_options
from explorer.cli.commands import Verb
from explorer.cli.screen import Cell, Column, Screen, Styled
from explorer.cli.session import Session
from explorer.oci.layout import one_line

if TYPE_CHECKING:
    from explorer.analysis.shared import Sharing


def _shared(images: tuple[str, ...], platform: str | None) -> int:
    from explorer.analysis.documents.sharing import sharing_document
    from explorer.analysis.shared import share_layers

    session = Session.current()
    loaded = [session.load(name, platform) for name in images]
    sharing = share_layers(loaded)
    if session.json:
        warnings = [warning for image in loaded for warning in image.warnings]
        jsontext.write(sharing_document(images, sharing, warnings), sys.stdout)
    else:
        _page(session.screen(), images, sharing)
    return 0


def _page(screen: Screen, names: tuple[str, ...], sharing: Sharing) -> None:
    for number, name in enumerate(names):
        screen.line(Styled(_letter(number), "bold"), "  ", one_line(name))
    screen.line()
    columns = [
        *(Column(_letter(number)) for number in range(len(names))),
        Column("size", right=True),
        Column("layer"),
    ]
    rows: list[list[Cell]] = [
        [
            *_dots(layer.images, len(names)),
            text.size(layer.size),
            Styled(str(layer.digest or "unknown"), "bold" if len(layer.images) > 1 else "dim"),
        ]
        for layer in sharing.layers
    ]
    screen.table(columns, rows)
    screen.line()
    screen.facts(
        [
            ("Stored once", text.size(sharing.stored)),
            ("Without sharing", text.size(sharing.unshared)),
            ("Saved", Styled(text.size(sharing.saved), "green" if sharing.saved else "")),
        ]
    )


def _dots(having: tuple[int, ...], count: int) -> list[Cell]:
    style = "bold green" if len(having) > 1 else ""
    return [
        Styled("●", style) if number in having else Styled("·", "dim") for number in range(count)
    ]


def _letter(number: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


shared = Verb(
    "shared",
    params=[
        image_argument("images", nargs=-1, required=True),
        platform_option(),
        *remote_options(),
    ],
    callback=_shared,
    help="""Show which layers several images share: each is stored once, pulled once, and kept in
    memory once. Layers are the same if their blobs or their plain tars are, however compressed.""",
    examples=[
        ("layerscope shared app-1.3.tar app-1.4.tar", "does the new release reuse the old layers?"),
        ("layerscope shared *.tar --json | jq .saved", "bytes that sharing saves"),
    ],
)
