"""The layout of the stage graph: levels by what must come first, few crossings, quick for many."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.build.graph.layout import Layout, lay_out

Edge = tuple[int, int]


def crossings(edges: list[Edge], layout: Layout) -> int:
    """Pairs of straight edges between the same two levels that cross."""
    spots = layout.spots
    found = 0
    for (a, b), (c, d) in combinations(edges, 2):
        if spots[a].level == spots[c].level and spots[b].level == spots[d].level:
            left = (spots[a].across - spots[c].across) * (spots[b].across - spots[d].across)
            found += left < 0
    return found


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    count = draw(st.integers(1, 14))
    node = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(node, node), max_size=30))


@given(graphs())
def test_every_node_stands_below_all_it_needs(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph
    layout = lay_out(count, edges)
    for (a, b), back in zip(edges, layout.backwards, strict=True):
        first, then = layout.spots[a].level, layout.spots[b].level
        assert a == b or (first > then if back else first < then)


@given(graphs())
def test_no_two_nodes_overlap(graph: tuple[int, list[Edge]]) -> None:
    layout = lay_out(*graph)
    for row in layout.rows():
        places = [layout.spots[node].across for node in row]
        assert all(right - left > 0.999 for left, right in pairwise(places))


@given(graphs())
def test_an_edge_bends_at_each_level_that_it_passes(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph
    layout = lay_out(count, edges)
    for (a, b), bends in zip(edges, layout.bends, strict=True):
        between = abs(layout.spots[a].level - layout.spots[b].level) - 1
        assert len(bends) == max(between, 0)


@given(graphs())
def test_the_same_graph_is_always_laid_out_the_same(graph: tuple[int, list[Edge]]) -> None:
    assert lay_out(*graph) == lay_out(*graph)


def test_what_needs_nothing_shares_the_first_level() -> None:
    layout = lay_out(4, [(0, 3), (1, 3), (2, 3)])
    assert [spot.level for spot in layout.spots] == [0, 0, 0, 1]


def test_a_node_stands_in_the_middle_of_what_it_takes_from() -> None:
    layout = lay_out(4, [(0, 3), (1, 3), (2, 3)])
    assert layout.spots[3].across == pytest.approx(1.0)


def test_crossings_that_can_be_avoided_are() -> None:
    edges = [(0, 5), (1, 4), (2, 3)]
    assert crossings(edges, lay_out(6, edges)) == 0


def test_a_circle_is_opened_at_one_edge() -> None:
    layout = lay_out(3, [(0, 1), (1, 2), (2, 0)])
    assert layout.backwards == (False, False, True)


def test_what_needs_itself_is_told() -> None:
    assert lay_out(1, [(0, 0)]).backwards == (True,)


def test_nothing_is_laid_out_as_nothing() -> None:
    assert lay_out(0, []).levels == 0


def test_a_thousand_stages_have_straight_edges_rather_than_a_million_bends() -> None:
    layout = lay_out(1000, [(n, n + 1) for n in range(999)] + [(0, n) for n in range(2, 1000)])
    assert layout.levels == 1000
    assert not any(layout.bends)
