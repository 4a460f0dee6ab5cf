"""What was measured, held to its budgets, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_HEADINGS = ("", "time", "memory", "compared", "budget", "verdict")
_LEFT = (True, False, False, True, True, True)
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Check:
    """A figure held to a budget: the figure and the budget in words, and whether it is kept."""

    compared: str
    budget: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured. ``seconds`` and ``memory`` (bytes) are None where they mean nothing."""

    what: str
    seconds: float | None = None
    memory: float | None = None
    checks: Sequence[Check] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together, below one title.

    ``notes`` say what was left out, and why; ``failed`` why nothing could be measured.
    """

    title: str
    rows: Sequence[Row] = ()
    notes: Sequence[str] = ()
    failed: str = ""

    @property
    def missed(self) -> int:
        """How many budgets were missed; one if nothing could be measured."""
        missed = sum(not check.kept for row in self.rows for check in row.checks)
        return missed + bool(self.failed)


def at_most(figure: float, limit: float) -> Check:
    """Seconds held to a limit in seconds."""
    return Check("", f"≤ {seconds(limit)}", figure <= limit)


def ratio(figure: float, peer: float, name: str, *, most: float) -> Check:
    """A figure as a multiple of a peer's, held to ``most`` times the peer."""
    return Check(times(figure / peer, name), f"≤ {most:g} × {name}", figure <= most * peer)


def share(figure: float, peer: float, name: str, *, least: float) -> Check:
    """A figure held to be ``least`` times smaller than a peer's."""
    smaller = peer / figure
    return Check(f"1/{smaller:.3g} of {name}", f"≤ 1/{least:g} of {name}", smaller >= least)


def below(figure: float, limit: float) -> Check:
    """Bytes held under a limit in bytes."""
    return Check("", f"< {memory(limit)}", figure < limit)


def times(factor: float, name: str) -> str:
    """A multiple in words."""
    return f"{factor:.2f} × {name}"


def seconds(value: float) -> str:
    """A time with the digits that matter."""
    if value < 0.0095:
        return f"{value * 1000:.{2 if value < 0.00095 else 1}f} ms"
    if value < 0.0995:
        return f"{value * 1000:.0f} ms"
    return f"{value:.2f} s" if value < 9.995 else f"{value:.1f} s"


def memory(value: float) -> str:
    """Bytes in decimal megabytes, or gigabytes where there are any."""
    return f"{value / 1e6:.0f} MB" if value < 1e9 else f"{value / 1e9:.2f} GB"


def render(groups: Sequence[Group], *, judged: bool = True) -> str:
    """All groups as one table. Where verdicts are not ``judged``, there are none."""
    lines = [(group, _cells(group, judged)) for group in groups]
    everything = [_HEADINGS, *(cells for _, rows in lines for cells in rows)]
    widths = [max(len(cells[column]) for cells in everything) for column in range(len(_HEADINGS))]
    text = [_line(_HEADINGS, widths)]
    for group, rows in lines:
        text += ["", group.title]
        text += [_line(cells, widths) for cells in rows]
        text += [f"{_GAP}· {note}" for note in group.notes]
        text += [f"{_GAP}FAILED: {group.failed}"] if group.failed else []
    return "\n".join(text)


def _cells(group: Group, judged: bool) -> list[tuple[str, ...]]:
    cells: list[tuple[str, ...]] = []
    for row in group.rows:
        first = (
            _GAP + row.what,
            "" if row.seconds is None else seconds(row.seconds),
            "" if row.memory is None else memory(row.memory),
        )
        if not row.checks:
            cells.append((*first, row.note, "", ""))
        for number, check in enumerate(row.checks):
            verdict = ("kept" if check.kept else "MISSED") if judged else "-"
            lead = first if number == 0 else ("", "", "")
            cells.append((*lead, check.compared, check.budget, verdict))
    return cells


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    placed = [
        cell.ljust(width) if left else cell.rjust(width)
        for cell, width, left in zip(cells, widths, _LEFT, strict=True)
    ]
    return _GAP.join(placed).rstrip()
