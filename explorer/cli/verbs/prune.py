"""``layerscope prune``: clear the local store of what nothing needs."""

from __future__ import annotations

import sys

from explorer.cli import jsontext
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.cli.storing import said, user_store


def _prune() -> int:
    session = Session.current()
    with session.job("clearing") as job:
        pruned = user_store().prune(job)
    if session.json:
        document = {
            "schema": 1,
            "removed": list(pruned.references),
            "blobs": pruned.blobs,
            "bytes": pruned.bytes,
        }
        jsontext.write(document, sys.stdout)
        return 0
    screen = session.screen()
    for digest in pruned.references:
        screen.line(f"removed {digest}")
    screen.line(f"freed {said(pruned.blobs, pruned.bytes)}")
    return 0


prune = Verb(
    "prune",
    params=[],
    callback=_prune,
    help="""Remove images without a name, blobs that no image needs, and what an interrupted
    command left behind. Images that have a name stay.""",
    examples=[("layerscope prune", "free what can be freed")],
)
