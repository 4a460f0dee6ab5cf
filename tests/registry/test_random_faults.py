"""Hundreds of transfers against a registry that fails at random: all end whole, or say why."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from pathlib import Path

import pytest

from explorer.errors import DamagedImage, ExplorerError, Refused
from explorer.oci import Reference
from explorer.registry import RegistryClient
from explorer.store.images import ImageStore
from explorer.transfer.pull import pull
from explorer.transfer.push import StoreContent, push
from tests.registry.conftest import connected
from tests.registry.server import CONFIG, FaultyRegistry, serving

RUNS = 150 if os.environ.get("CI") else 15  # for each of two parts
LAYERS = [random.Random(n).randbytes(20_000 * n + 1) for n in range(1, 5)]


def afflict(registry: FaultyRegistry, chance: random.Random) -> None:
    """Some faults, seldom enough that most transfers end well."""
    registry.cut = [chance.randrange(60_000) for _ in range(chance.randrange(6))]
    registry.cut_uploads = [chance.randrange(1, 60_000) for _ in range(chance.randrange(4))]
    registry.corrupt = int(chance.random() < 0.1)
    registry.answers = [
        (
            chance.choice(["GET", "PUT", "POST", "HEAD", "PATCH"]),
            chance.choice(["/blobs/", "/manifests/", "/uploads/"]),
            chance.choice([429, 500, 502, 503, 504]),
            {},
        )
        for _ in range(chance.randrange(5))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_a_pull_ends_whole_or_says_why(part: int) -> None:
    async def once(registry: FaultyRegistry, seed: int, folder: Path) -> bool:
        chance = random.Random(seed)
        store = ImageStore.at(folder)
        afflict(registry, chance)
        expected = sum(map(len, LAYERS)) + len(CONFIG)  # the configuration, too
        before, corrupt = registry.served, registry.corrupt
        async with connected(parallel=3) as client:
            try:
                await pull(client, registry.reference("app:1"), store)
            except (Refused, DamagedImage) as error:
                assert registry.host in str(error)
                assert store.descriptors() == ()
                return False
        assert all(not image.problem for image in store.images())
        assert not list(store.layout.ingest.iterdir())
        if not corrupt:  # what was resumed did not come twice
            assert registry.served - before <= expected
        return True

    async def run() -> list[bool]:
        async with serving() as registry:
            registry.image("app", *LAYERS)
            ended = []
            for seed in range(part * RUNS, (part + 1) * RUNS):
                with tempfile.TemporaryDirectory() as folder:
                    ended.append(await once(registry, seed, Path(folder, "images")))
            return ended

    ended = asyncio.run(run())
    assert sum(ended) > RUNS // 2


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_a_push_ends_whole_or_says_why(part: int, store: ImageStore) -> None:
    async def filled(client: RegistryClient, source: FaultyRegistry) -> Reference:
        source.image("app", *LAYERS)
        await pull(client, source.reference("app:1"), store)
        return source.reference("app:1")

    async def run() -> list[bool]:
        async with serving() as source, connected(chunk=30_000) as client:
            root = store.find(str(await filled(client, source)))
            ended = []
            for seed in range(part * RUNS, (part + 1) * RUNS):
                async with serving() as registry, connected(chunk=30_000) as pushing:
                    afflict(registry, random.Random(seed))
                    target = registry.reference("app:1")
                    try:
                        await push(pushing, StoreContent(store.layout), root, target)
                    except ExplorerError as error:
                        assert registry.host in str(error)
                        assert ("app", "1") not in registry.manifests
                        continue
                    assert registry.manifests["app", "1"] == source.manifests["app", "1"]
                    held = {data for (_, _), data in registry.blobs.items()}
                    assert set(LAYERS) <= held
                    ended.append(True)
            return ended

    assert sum(asyncio.run(run())) > RUNS // 2
