"""How many layers of a registry one path needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from explorer.analysis import reach
from explorer.analysis.opened import OpenImage, index_image, load_image
from explorer.analysis.reach import list_for
from explorer.registry import Options, Wire
from explorer.store.cache import Caches
from tests.factory import ImageBuilder, directory, file, hardlink, symlink, whiteout
from tests.sources.registry.serving import GivingRegistry, giving


@pytest.fixture
def image(caches: Caches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenImage]:
    monkeypatch.setenv("LAYERSCOPE_DATA_DIR", str(tmp_path / "data"))
    made = (
        ImageBuilder()
        .add(file("base", "0"), file("deleted", "0"), directory("real"), file("real/f", "0"))
        .add(file("middle", "1"), symlink("link", "real"))
        .add(file("top", "2"), whiteout("deleted"), hardlink("hard", "base"))
        .build()
    )
    with giving() as registry:
        yield _opened(registry.hold(made), registry, caches)


def _opened(name: str, _registry: GivingRegistry, caches: Caches) -> OpenImage:
    loaded = load_image(
        name, caches=caches, connect=lambda: Wire(Options(), lambda _host, _path: None)
    )
    return index_image(loaded, caches, fetch=())


def more(image: OpenImage, layers: Collection[int]) -> OpenImage:
    return image.listing(layers)


@pytest.fixture(autouse=True)
def _one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "AT_ONCE", 0)


@pytest.mark.parametrize(
    ("path", "layer", "unread"),
    [
        (b"/top", None, (0, 1)),
        (b"/middle", None, (0,)),
        (b"/base", None, ()),
        (b"/middle", 1, (0, 2)),
        (b"/base", 0, (1, 2)),
        (b"/deleted", None, ()),  # only the lower layers tell what was deleted
        (b"/hard", None, ()),
        (b"/link/f", None, ()),
        (b"/absent", None, ()),
        (b"/absent", -5, (0, 1, 2)),
        (b"/absent", 99, ()),
    ],
)
def test_layers_are_listed_from_the_top_until_the_file_is_seen(
    image: OpenImage, path: bytes, layer: int | None, unread: tuple[int, ...]
) -> None:
    assert list_for(image, path, layer, more).unread == unread


def test_what_is_known_of_a_lower_layer_says_nothing_of_those_above(image: OpenImage) -> None:
    lowest = image.listing([0])
    assert list_for(lowest, b"/base", None, more).unread == ()
    assert list_for(lowest, b"/deleted", 1, more).unread == (2,)


def test_layers_that_are_small_beside_what_came_are_fetched_together(
    image: OpenImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []

    def listed(opened: OpenImage, layers: Collection[int]) -> OpenImage:
        asked.append(list(layers))
        return opened.listing(layers)

    list_for(image, b"/absent", None, listed)
    assert asked[0] == [2]
    monkeypatch.setattr(reach, "AT_ONCE", 1 << 20)
    asked.clear()
    list_for(image, b"/absent", None, listed)
    assert asked == [[2, 1, 0]]
