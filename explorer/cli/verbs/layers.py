"""``layerscope layers``: the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.cli.arguments import (
    files_option,
    image_argument,
    platform_option,
    remote_options,
    verify_option,
)
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.analysis.opened import OpenImage
    from explorer.cli.screen import Screen


def _layers(image: str, platform: str | None, files: bool, verify: bool) -> int:
    from explorer.analysis.documents.layers import layers_document

    session = Session.current()
    opened = session.open(image, platform, verify=verify, fetch=None if files or verify else ())
    return session.answer(lambda: layers_document(opened), lambda screen: _show(screen, opened))


def _show(screen: Screen, opened: OpenImage) -> None:
    from explorer.cli.facts import UNLISTED
    from explorer.cli.screen import Styled
    from explorer.cli.stacks import stack_table

    stack_table(screen, opened)
    if not opened.complete:
        screen.line(Styled(f"? {UNLISTED}", "dim"))


layers = Verb(
    "layers",
    params=[
        image_argument(),
        platform_option(),
        *remote_options(),
        files_option(),
        verify_option(),
    ],
    callback=_layers,
    help="""Show the stack of layers, the lowest first.

    STORED is the blob as it travels, SIZE its tar, ADDS what it adds to the merged filesystem
    (negative where it deletes more). Changes count the paths added, modified and removed.

    Of an image in a registry (docker://REF) only the documents are fetched: what takes the layers
    themselves is shown as ?, in a document as null, unless it is known from before.""",
    examples=[
        ("layerscope layers app.tar", "the stack, with the instruction that made each layer"),
        ("layerscope layers app.tar --verify", "and check every digest; 4 if one does not match"),
        ("layerscope layers docker://alpine", "without pulling it"),
        ("layerscope layers app.tar --json | jq '.layers[].diff_id'", "for a script"),
    ],
)
