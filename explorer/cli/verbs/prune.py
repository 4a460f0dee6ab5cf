"""``layerscope prune``: clear the local store of what nothing needs."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from explorer.cli import jsontext, text
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.cli.storing import said, user_store

if TYPE_CHECKING:
    from explorer.build.engines.sandbox.pruning import Cleared
    from explorer.progress import Job
    from explorer.store.images.store import ImageStore, Pruned


def _prune(cache: bool, everything: bool) -> int:
    session = Session.current()
    with session.job("clearing") as job:
        pruned, cleared = _clear(user_store(), job, cache=cache, everything=everything)
    if session.json:
        document = {
            "schema": 1,
            "removed": list(pruned.references),
            "blobs": pruned.blobs,
            "snapshots": cleared.snapshots,
            "cache_mounts": cleared.caches,
            "bytes": pruned.bytes + cleared.bytes,
        }
        jsontext.write(document, sys.stdout)
        return 0
    screen = session.screen()
    for digest in pruned.references:
        screen.line(f"removed {digest}")
    if not cache or everything:
        screen.line(f"freed {said(pruned.blobs, pruned.bytes)}")
    if found := _counted(cleared):
        screen.line(f"freed {found} ({text.size(cleared.bytes)})")
    return 0


def _clear(store: ImageStore, job: Job, *, cache: bool, everything: bool) -> tuple[Pruned, Cleared]:
    from explorer.build.engines.sandbox.pruning import clear
    from explorer.store.images.store import Pruned

    pruned = Pruned((), 0, 0)
    if everything or not cache:
        pruned = store.prune(job)
    return pruned, asyncio.run(clear(store, job, cache=cache or everything))


def _counted(cleared: Cleared) -> str:
    found = (
        (cleared.snapshots, "snapshot", ""),
        (cleared.caches, "cache mount", ""),
        (cleared.records, "folder of build records", "folders of build records"),
    )
    return ", ".join(text.plural(count, *words) for count, *words in found if count)


prune = Verb(
    "prune",
    params=[
        click.Option(
            ["--cache"],
            is_flag=True,
            help="Clear what builds keep instead: snapshots, cache mounts, records.",
        ),
        click.Option(["--all", "everything"], is_flag=True, help="Clear both."),
    ],
    callback=_prune,
    help="""Remove images without a name, blobs that no image needs, snapshots of layers that are
    gone, and what an interrupted command left behind. Images that have a name stay. Waits for
    builds that run.""",
    examples=[
        ("layerscope prune", "free what can be freed"),
        ("layerscope prune --all", "free more: builds then start over"),
    ],
)
