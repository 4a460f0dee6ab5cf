"""``layerscope fsck``: whether the local store is whole."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import jsontext, text
from explorer.cli.commands import Verb
from explorer.cli.screen import Screen, Styled
from explorer.cli.session import Session
from explorer.cli.storing import user_store

if TYPE_CHECKING:
    from explorer.store.images.fsck import Health

_DAMAGED = 4


def _fsck(repair: bool) -> int:
    from explorer.store.images import fsck as checks

    session = Session.current()
    layout = user_store().layout
    with session.job("checking") as job:
        health = (checks.repair if repair else checks.check)(layout, job)
    if session.json:
        jsontext.write(_document(health), sys.stdout)
    else:
        _page(session.screen(), health, repair)
    return 0 if health.whole or repair else _DAMAGED


def _document(health: Health) -> dict[str, Any]:
    return {
        "schema": 1,
        "whole": health.whole,
        "blobs": health.blobs,
        "bytes": health.bytes,
        "faults": [
            {
                "what": fault.what,
                "images": list(fault.images),
                "blob": str(fault.blob) if fault.blob is not None else None,
            }
            for fault in health.faults
        ],
        "repaired": list(health.repaired),
    }


def _page(screen: Screen, health: Health, repair: bool) -> None:
    for fault in health.faults:
        needed = f" (needed by {', '.join(fault.images)})" if fault.images else ""
        screen.line(Styled(fault.what, "red"), needed)
    for done in health.repaired:
        screen.line(done)
    verdict = "whole" if health.whole else "repaired" if repair else "not whole"
    checked = f"{text.plural(health.blobs, 'blob')}, {text.size(health.bytes)} read"
    screen.line(f"The store is {verdict}: {checked}")
    if not health.whole and not repair:
        screen.line("Remove what is damaged with: layerscope fsck --repair")


fsck = Verb(
    "fsck",
    params=[
        click.Option(
            ["--repair"],
            is_flag=True,
            help="Remove damaged blobs and the images that need them; find lost images again.",
        )
    ],
    callback=_fsck,
    help="""Read every blob of the local store, check it against its digest, and follow every
    image to all it needs. Exit code 4 if something is wrong.""",
    examples=[("layerscope fsck", "is everything there, and as it was?")],
)
