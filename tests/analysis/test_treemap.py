"""The treemap fills its rectangle in proportion, and nests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.treemap import MOST, Rect, lay_out, squarify, visible_weights, wasted_weights
from explorer.analysis.waste import measure_waste
from tests.factory import directory, file, whiteout
from tests.factory.strategies import layer_stacks
from tests.stacks import open_stack

sizes = st.lists(st.integers(1, 10**9), min_size=1, max_size=60).map(
    lambda found: sorted(found, reverse=True)
)


@given(sizes, st.integers(1, 2000), st.integers(1, 2000))
def test_areas_are_in_proportion_to_sizes(found: list[int], width: int, height: int) -> None:
    rects = squarify(found, Rect(0, 0, width, height))
    scale = width * height / sum(found)
    for size, rect in zip(found, rects, strict=True):
        assert abs(rect.area - size * scale) <= 1e-6 * width * height


@given(sizes, st.integers(1, 2000), st.integers(1, 2000))
def test_rectangles_stay_inside_and_do_not_overlap(
    found: list[int], width: int, height: int
) -> None:
    rects = squarify(found, Rect(5, 7, width, height))
    slack = 1e-6 * (width + height)
    for rect in rects:
        assert rect.x >= 5 - slack
        assert rect.y >= 7 - slack
        assert rect.x + rect.width <= 5 + width + slack
        assert rect.y + rect.height <= 7 + height + slack
    for number, one in enumerate(rects):
        for other in rects[number + 1 :]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert across <= slack or down <= slack


def test_equal_sizes_in_a_square_become_squares() -> None:
    rects = squarify([1, 1, 1, 1], Rect(0, 0, 100, 100))
    assert {(round(rect.width), round(rect.height)) for rect in rects} == {(50, 50)}


@given(layer_stacks(implicit_parents=True))
def test_a_directory_comes_before_what_it_holds_and_holds_it(layers: object) -> None:
    image = open_stack(layers)  # type: ignore[arg-type]
    tiles = lay_out(visible_weights(image.final), 0, 640, 400)
    trie = image.stack.trie
    seen: dict[int, Rect] = {}
    for tile in tiles:
        if tile.node:
            above = seen[int(trie.parent[tile.node])]
            assert above.x - 1e-6 <= tile.rect.x
            assert tile.rect.y + tile.rect.height <= above.y + above.height + 1e-6
        seen[tile.node] = tile.rect
    assert bool(tiles) == (int(image.final.sizes()[0]) > 0)


def test_waste_has_a_map_of_its_own() -> None:
    image = open_stack(
        (
            (directory("d"), file("d/gone", "x" * 900), file("d/kept", "y" * 100)),
            (whiteout("d/gone"),),
        )
    )
    gone = image.node("/d/gone")
    tiles = lay_out(wasted_weights(image, measure_waste(image)), 0, 300, 300)
    assert [tile.size for tile in tiles if tile.node == gone] == [900]
    assert image.node("/d/kept") not in {tile.node for tile in tiles}
    assert [tile.layer for tile in tiles if tile.node == gone] == [0]


def test_a_crowd_is_cut_short() -> None:
    many = tuple(file(f"f{number:05}", "z" * 64) for number in range(MOST + 500))
    tiles = lay_out(visible_weights(open_stack((many,)).final), 0, 3000, 3000)
    assert len(tiles) == MOST


def test_nothing_to_see_is_no_tile() -> None:
    assert lay_out(visible_weights(open_stack(((directory("empty"),),)).final), 0, 100, 100) == ()
