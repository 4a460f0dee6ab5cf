"""What builds keep beside the images is bounded, and goes when it is asked to."""

from __future__ import annotations

import asyncio
from pathlib import Path

from explorer.build.engines.sandbox.client import Worker
from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.build.engines.sandbox.pruning import Cleared, clear
from explorer.build.engines.sandbox.snapshots import Snapshots
from explorer.build.plan.records import BuildRecords
from explorer.oci import Reference
from explorer.progress import Job
from explorer.store.data import data_root
from explorer.store.images import ImageStore
from tests.build.engines.building import Project

STEPS = (
    "FROM base\nRUN --mount=type=cache,target=/c head -c 90000 /dev/zero > /c/file; echo a > /a\n"
)


def cleared(store: ImageStore, *, cache: bool) -> Cleared:
    return asyncio.run(clear(store, Job(), cache=cache))


def snapshots() -> list[Path]:
    return sorted(path for path in (data_root() / "snapshots").iterdir() if path.is_dir())


def test_snapshots_of_images_stay_and_those_of_removed_layers_go(
    project: Project, store: ImageStore
) -> None:
    kept = project.build(STEPS, references=(Reference.parse("kept"),)).done
    project.build(STEPS + "RUN echo b > /b\n")
    assert len(snapshots()) == 3
    store.prune()
    assert cleared(store, cache=False).snapshots == 1
    assert len(snapshots()) == 2
    assert str(store.find("kept").digest) == kept.digest


def test_the_cache_goes_as_a_whole_and_the_next_build_starts_over(
    project: Project, store: ImageStore
) -> None:
    first = project.build(STEPS)
    found = cleared(store, cache=True)
    assert (found.snapshots, found.caches) == (2, 1)
    assert found.bytes > 90000
    assert not snapshots()
    later = Project(project.folder, SandboxEngine(store, BuildRecords.at()))
    again = later.build(STEPS)
    assert again.done.digest
    assert len(again.ran) == len(first.ran)


def test_nothing_is_made_where_nothing_was_ever_built(store: ImageStore) -> None:
    assert cleared(store, cache=True) == Cleared()
    assert not (data_root() / "snapshots").exists()


def test_snapshots_keep_to_their_limit_the_oldest_going_first(
    project: Project, store: ImageStore
) -> None:
    project.build(STEPS)
    project.build(STEPS + "RUN echo b > /b\n")

    async def shrink(limit: int) -> int:
        worker = await Worker.start()
        try:
            it = Snapshots(store.layout)
            it.limit = limit
            return await it.clear(worker)
        finally:
            await worker.close()

    assert asyncio.run(shrink(10**9)) == 0
    assert asyncio.run(shrink(1)) == 3
    assert not snapshots()
    assert project.build(STEPS + "RUN cat /a\n").output == "a\n"


def test_snapshots_that_another_process_uses_are_not_trimmed(
    project: Project, store: ImageStore
) -> None:
    project.build(STEPS)

    async def both() -> int:
        worker = await Worker.start()
        try:
            one, other = Snapshots(store.layout), Snapshots(store.layout)
            await one.clear(worker)
            other.limit = 1
            return await other.clear(worker)
        finally:
            await worker.close()

    assert asyncio.run(both()) == 0
    assert len(snapshots()) == 2
