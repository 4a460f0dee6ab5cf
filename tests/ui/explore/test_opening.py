"""Opening: documents at once, layers as they come, cancel, damage, digests afterwards."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from explorer.analysis import indexing
from explorer.errors import AmbiguousImage, DamagedImage, NotFound
from explorer.oci import Platform
from explorer.progress import Job
from explorer.sources import reading
from explorer.sources.image import Layer
from explorer.sources.reading import IndexedLayer
from explorer.store.cache import Caches
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.opening import Opening
from explorer.ui.running import Running
from explorer.ui.tasks import tasks
from tests.factory import docker_archive_v25, index, oci_layout
from tests.ui.explore.images import save, tour
from tests.ui.waiting import until


@pytest.fixture
def location(tmp_path: Path) -> str:
    return save(tour(), tmp_path)


@asynccontextmanager
async def opening_of(location: str, folder: Path) -> AsyncIterator[Opening]:
    opening = Opening(location, ViewerModel(), Caches.at(folder / "cache"), None)
    try:
        yield opening
    finally:
        await opening.close()


class Gate:
    """Holds layers back in their threads until they are let through."""

    def __init__(self) -> None:
        self.opened = {number: threading.Event() for number in range(4)}

    def let(self, *numbers: int) -> None:
        for number in numbers:
            self.opened[number].set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    index_layer = reading.index_layer

    def gated(layer: Layer, caches: Caches, job: Job, *, verify: bool = False) -> IndexedLayer:
        while not gate.opened[layer.index].wait(0.005):
            job.check()
        return index_layer(layer, caches, job, verify=verify)

    monkeypatch.setattr(indexing, "index_layer", gated)
    # As many at a time as there are layers, so that any of them can be held back.
    monkeypatch.setattr(indexing.os, "cpu_count", lambda: 8)
    yield gate
    gate.let(*gate.opened)


async def test_an_image_is_opened_into_the_model(location: str, tmp_path: Path) -> None:
    async with opening_of(location, tmp_path) as opening:
        model = opening._model
        opening.open()
        await until(lambda: model.is_complete)
        assert model.image is not None
        assert model.document is not None
        assert model.document.title == "example.test/tour:1.0"
        assert [layer.verified for layer in model.indexed if layer] == [True] * 4


async def test_the_stack_is_known_before_any_layer(
    location: str, tmp_path: Path, gate: Gate
) -> None:
    async with opening_of(location, tmp_path) as opening:
        model = opening._model
        opening.open()
        await until(lambda: model.document is not None)
        assert model.indexed == [None] * 4
        assert model.image is None


async def test_each_layer_is_told_of_as_it_is_indexed(
    location: str, tmp_path: Path, gate: Gate
) -> None:
    async with opening_of(location, tmp_path) as opening:
        model = opening._model
        told: list[int] = []
        model.layerIndexed.connect(told.append)
        opening.open()
        gate.let(2)
        await until(lambda: told == [2])
        gate.let(0)
        await until(lambda: told == [2, 0])
        gate.let(1, 3)
        await until(lambda: model.is_complete)
        assert sorted(told) == [0, 1, 2, 3]


async def test_what_is_there_so_far_can_be_looked_through(
    location: str, tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.ui.explore.looks._FIRST_LOOK", 0.0)
    async with opening_of(location, tmp_path) as opening:
        model = opening._model
        opening.open()
        gate.let(0)
        await until(lambda: model.image is not None)
        assert not model.is_complete
        assert model.image is not None
        assert model.image.node("/etc/motd")
        assert b"/app" not in list(model.image.stack.trie.paths(range(5)))
        model.go_to(model.image.node("/etc/motd"))
        gate.let(1, 2, 3)
        await until(lambda: model.is_complete)
        assert model.path(model.folder) == b"/etc"
        assert model.node == model.image.node("/etc/motd")


async def test_cancel_stops_at_once_and_keeps_what_was_read(
    location: str, tmp_path: Path, gate: Gate
) -> None:
    async with opening_of(location, tmp_path) as opening:
        model = opening._model
        ends: list[str] = []
        opening.cancelled.connect(lambda: ends.append("cancelled"))
        opening.ended.connect(lambda: ends.append("ended"))
        opening.failed.connect(lambda _error: ends.append("failed"))
        opening.open()
        gate.let(0)
        await until(lambda: model.layer_count and model.indexed[0] is not None)
        opening.cancel()
        await until(lambda: ends)
        assert ends == ["cancelled", "ended"]
        gate.let(1, 2, 3)
        await asyncio.sleep(0.05)
        assert [layer is not None for layer in model.indexed] == [True, False, False, False]


async def test_progress_is_told_in_bytes(tmp_path: Path, gate: Gate) -> None:
    packed = tour()
    path = tmp_path / "packed.tar"
    oci_layout(packed).write(path)
    async with opening_of(str(path), tmp_path) as opening:
        started: list[Running] = []
        opening.started.connect(started.append)
        opening.open()
        gate.let(0, 1)
        await until(lambda: started[0].fraction)
        assert started[0].progress is not None
        assert 0 < started[0].progress.done <= (started[0].progress.total or 0)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("empty.tar", b"", DamagedImage),
        ("words.tar", b"not an image at all\n" * 100, DamagedImage),
    ],
)
async def test_what_is_no_image_is_told(
    tmp_path: Path, name: str, content: bytes, error: type[Exception]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    async with opening_of(str(path), tmp_path) as opening:
        errors: list[Exception] = []
        opening.failed.connect(errors.append)
        opening.open()
        await until(lambda: errors)
        assert isinstance(errors[0], error)
        assert opening._model.document is None


async def test_a_missing_file_is_told(tmp_path: Path) -> None:
    async with opening_of(str(tmp_path / "no.tar"), tmp_path) as opening:
        errors: list[Exception] = []
        opening.failed.connect(errors.append)
        opening.open()
        await until(lambda: errors)
        assert isinstance(errors[0], NotFound)


async def test_of_several_images_one_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "two.tar"
    one, other = tour().tagged("one:1"), tour("linux/arm64").tagged("other:1")
    docker_archive_v25(one, other).write(path)
    async with opening_of(str(path), tmp_path) as opening:
        asked: list[AmbiguousImage] = []
        opening.ambiguous.connect(asked.append)
        opening.open()
        await until(lambda: asked)
        assert len(asked[0].choices) == 2
        opening.open(f"{path}:other:1")
        await until(lambda: opening._model.is_complete)
        assert opening._model.document is not None
        assert opening._model.document.names == ("other:1",)


async def test_another_platform_is_opened_in_the_same_place(tmp_path: Path) -> None:
    path = tmp_path / "layout"
    both = index(tour("linux/amd64"), tour("linux/arm64"))
    oci_layout(both).extract(path)
    async with opening_of(str(path), tmp_path) as opening:
        model = opening._model
        for platform in ("linux/amd64", "linux/arm64"):
            opening.open(platform=Platform.parse(platform))
            await until(lambda: model.is_complete)
            assert model.document is not None
            assert str(model.document.platform).startswith(platform)
            assert len(model.document.platforms) == 2


async def test_digests_left_open_are_checked_afterwards(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "VERIFIED_AT_ONCE", 0)
    plain = save(tour().uncompressed(), tmp_path, "plain.tar")
    async with opening_of(plain, tmp_path) as opening:
        model = opening._model
        first: list[bool | None] = []
        model.imageChanged.connect(
            lambda: first.extend(layer.verified for layer in model.indexed if layer)
        )
        done: list[bool] = []
        opening.verified.connect(lambda: done.append(True))
        opening.open()
        await until(lambda: done)
        assert first == [None] * 4
        assert [layer.verified for layer in model.indexed if layer] == [True] * 4
        assert model.image is not None
        assert [layer.verified for layer in model.image.layers] == [True] * 4


async def test_a_repeated_layer_is_told_of_at_each_place(tmp_path: Path) -> None:
    from tests.factory import ImageBuilder, file, layer

    same = layer(file("a", "1"))
    twice = ImageBuilder().add(same).add(file("b")).add(same).build()
    async with opening_of(save(twice, tmp_path), tmp_path) as opening:
        opening.open()
        await until(lambda: opening._model.is_complete)
        places = [one.layer.index for one in opening._model.indexed if one]
        assert places == [0, 1, 2]


async def test_closing_stops_everything(location: str, tmp_path: Path, gate: Gate) -> None:
    async with opening_of(location, tmp_path) as opening:
        opening.open()
        await until(lambda: opening._model.document is not None)
    gate.let(0, 1, 2, 3)
    await until(lambda: not tasks().running)
    assert opening._model.image is None
