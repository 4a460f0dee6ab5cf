"""Where the nodes of a layered graph go: levels by the longest path, few crossings, short edges.

Pure arithmetic, no Qt. ``along`` is the direction in which the graph flows, ``across`` the other;
the view decides which of them is down. All costs grow with nodes and edges, so that a thousand
stages are laid out between two keystrokes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_SWEEPS: Final = 6
_MOST_BENDS: Final = 4000
"""So many bends all edges together may have; longer graphs have straight edges."""

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the middle of a node is: its level, and how far across, in units of a node's room."""

    level: int
    across: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A spot for each node; for each edge the spots it bends at; for each edge if it runs back.

    ``width`` is how far all of it reaches across, bends included.
    """

    spots: tuple[Spot, ...]
    bends: tuple[tuple[Spot, ...], ...]
    backwards: tuple[bool, ...]
    levels: int
    width: float

    def rows(self) -> list[list[int]]:
        """The nodes of each level, in order."""
        rows: list[list[int]] = [[] for _ in range(self.levels)]
        for node, spot in enumerate(self.spots):
            rows[spot.level].append(node)
        for row in rows:
            row.sort(key=lambda node: self.spots[node].across)
        return rows


def lay_out(count: int, edges: Sequence[Edge], *, bend_room: float = 0.4) -> Layout:
    """Lay out ``count`` nodes; an edge ``(a, b)`` says that ``b`` takes from ``a``.

    Edges that would close a circle are turned around and told as ``backwards``. ``bend_room`` is
    how much of a node's room a passing edge takes.
    """
    if not count:
        return Layout((), (), (), 0, 0.0)
    backwards = _back_edges(count, edges)
    flow = [(b, a) if back else (a, b) for (a, b), back in zip(edges, backwards, strict=True)]
    levels = _levels(count, flow)
    graph = _Proper(count, flow, levels, bend_room)
    graph.order()
    graph.place()
    spots = tuple(Spot(levels[node], graph.at[node]) for node in range(count))
    bends = tuple(
        tuple(Spot(graph.levels[v], graph.at[v]) for v in (chain[::-1] if back else chain))
        for chain, back in zip(graph.chains, backwards, strict=True)
    )
    return Layout(spots, bends, tuple(backwards), max(levels) + 1, graph.width)


def _back_edges(count: int, edges: Sequence[Edge]) -> list[bool]:
    """Which edges close a circle, by a walk that keeps its own stack."""
    out: list[list[int]] = [[] for _ in range(count)]
    for number, (a, _) in enumerate(edges):
        out[a].append(number)
    back = [a == b for a, b in edges]
    state = [0] * count  # 1 on the way, 2 done
    for root in range(count):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(out[root]))]
        while stack:
            node, rest = stack[-1]
            for number in rest:
                to = edges[number][1]
                if state[to] == 1:
                    back[number] = True
                elif not state[to]:
                    state[to] = 1
                    stack.append((to, iter(out[to])))
                    break
            else:
                state[node] = 2
                stack.pop()
    return back


def _levels(count: int, flow: Sequence[Edge]) -> list[int]:
    """The longest way to each node: what can begin at the same time shares a level."""
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for a, b in flow:
        if a != b:
            below[a].append(b)
            above[b].append(a)
    waiting = [len(nodes) for nodes in above]
    ready = [node for node in range(count) if not waiting[node]]
    level = [0] * count
    for node in ready:
        for after in below[node]:
            level[after] = max(level[after], level[node] + 1)
            waiting[after] -= 1
            if not waiting[after]:
                ready.append(after)
    return level


class _Proper:
    """The graph with a bend on each level that an edge passes, so that edges join neighbours."""

    def __init__(self, count: int, flow: Sequence[Edge], levels: list[int], room: float) -> None:
        self.levels = list(levels)
        self.count = count
        self.chains: list[list[int]] = []
        wanted = sum(max(0, levels[b] - levels[a] - 1) for a, b in flow)
        links: list[Edge] = []
        for a, b in flow:
            chain: list[int] = []
            if a != b and wanted <= _MOST_BENDS:
                for level in range(levels[a] + 1, levels[b]):
                    chain.append(len(self.levels))
                    self.levels.append(level)
            self.chains.append(chain)
            way = [a, *chain, b]
            links += [(x, y) for x, y in pairwise(way) if x != y]
        size = len(self.levels)
        self.up: list[list[int]] = [[] for _ in range(size)]
        self.down: list[list[int]] = [[] for _ in range(size)]
        for x, y in links:
            self.down[x].append(y)
            self.up[y].append(x)
        self.rows: list[list[int]] = [[] for _ in range(max(self.levels) + 1)]
        for node in range(size):
            self.rows[self.levels[node]].append(node)
        self.room = [1.0] * count + [room] * (size - count)
        self.at = [0.0] * size
        self.width = 1.0

    def order(self) -> None:
        """Put each node near the middle of its neighbours, level by level, down and up."""
        place = [0.0] * len(self.levels)
        self._number(place)
        best, fewest = [list(row) for row in self.rows], self._crossings(place)
        for sweep in range(_SWEEPS):
            if not fewest:
                break
            down = sweep % 2 == 0
            neighbours = self.up if down else self.down
            for row in self.rows if down else self.rows[::-1]:
                means = {
                    node: sum(place[n] for n in neighbours[node]) / len(neighbours[node])
                    if neighbours[node]
                    else place[node]
                    for node in row
                }
                row.sort(key=lambda node: means[node])
                for number, node in enumerate(row):
                    place[node] = number
            crossings = self._crossings(place)
            if crossings < fewest:
                best, fewest = [list(row) for row in self.rows], crossings
        self.rows = best

    def _number(self, place: list[float]) -> None:
        for row in self.rows:
            for number, node in enumerate(row):
                place[node] = number

    def _crossings(self, place: list[float]) -> int:
        """How many pairs of edges between neighbouring levels cross (inversions, in n log n)."""
        total = 0
        for row in self.rows[:-1]:
            ends: list[int] = []
            for node in sorted(row, key=lambda n: place[n]):
                ends += sorted(int(place[n]) for n in self.down[node])
            total += _inversions(ends)
        return total

    def place(self) -> None:
        """Give each node its place across: near its neighbours, and never too near the next."""
        for row in self.rows:
            self._spread(row, [0.0] * len(row))
        for sweep in range(_SWEEPS):
            down = sweep % 2 == 0
            for row in self.rows if down else self.rows[::-1]:
                self._spread(row, [self._wish(node) for node in row])
        left = min(at - room / 2 for at, room in zip(self.at, self.room, strict=True)) + 0.5
        self.at = [at - left for at in self.at]
        self.width = max(at + room / 2 for at, room in zip(self.at, self.room, strict=True)) + 0.5

    def _wish(self, node: int) -> float:
        near = self.up[node] + self.down[node]
        return sum(self.at[n] for n in near) / len(near) if near else self.at[node]

    def _spread(self, row: list[int], wishes: Sequence[float]) -> None:
        """The places nearest to the wishes that keep the order and the distances.

        Least squares under an order: neighbours that want the same room are pooled.
        """
        offsets, offset = [], 0.0
        for number, node in enumerate(row):
            if number:
                offset += (self.room[row[number - 1]] + self.room[node]) / 2
            offsets.append(offset)
        pools: list[tuple[float, int]] = []  # mean, members
        for wish, off in zip(wishes, offsets, strict=True):
            mean, members = wish - off, 1
            while pools and pools[-1][0] > mean:
                before, several = pools.pop()
                mean = (mean * members + before * several) / (members + several)
                members += several
            pools.append((mean, members))
        number = 0
        for mean, members in pools:
            for _ in range(members):
                self.at[row[number]] = mean + offsets[number]
                number += 1


def _inversions(values: list[int]) -> int:
    """How many pairs stand in the wrong order, with a tree of counts."""
    if len(values) < 2:
        return 0
    size = max(values) + 1
    tree = [0] * (size + 1)
    total = 0
    for seen, value in enumerate(values):
        not_greater, at = 0, value + 1
        while at:
            not_greater += tree[at]
            at &= at - 1
        total += seen - not_greater
        at = value + 1
        while at <= size:
            tree[at] += 1
            at += at & -at
    return total
