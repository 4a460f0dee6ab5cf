"""The table of interoperability, printed: ``python -m tests.integration.interoperability``.

Every case of :mod:`tests.integration.registry_cases` against every registry that runs here.
``--json`` prints it as a document; a word narrows it to the cases that have it in their title.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest

from tests.integration.registry_cases import CASES
from tests.integration.registry_world import KINDS, Kind, World, WorldMaker, worlds

_MARKS = {"yes": "yes", "skipped": "–", "failed": "FAILED"}


def table(maker: WorldMaker, word: str = "") -> dict[str, dict[str, tuple[str, str]]]:
    """For each case and registry: ``yes``, ``skipped`` or ``failed``, and why."""
    titles = [title for title in CASES if word in title]
    rows: dict[str, dict[str, tuple[str, str]]] = {title: {} for title in titles}
    for kind in KINDS:
        world = _world(maker, kind)
        for title in titles:
            if isinstance(world, World):
                rows[title][str(kind)] = _outcome(title, world)
            else:
                rows[title][str(kind)] = world
    return rows


def _world(maker: WorldMaker, kind: Kind) -> World | tuple[str, str]:
    try:
        return maker.world(kind)
    except pytest.skip.Exception as skipped:
        return "skipped", str(skipped)
    except Exception as error:  # noqa: BLE001 - it is a line of the table
        return "failed", f"{type(error).__name__}: {error}"


def _outcome(title: str, world: World) -> tuple[str, str]:
    try:
        CASES[title](world)
    except pytest.skip.Exception as skipped:
        return "skipped", str(skipped)
    except Exception as error:  # noqa: BLE001 - it is a line of the table
        return "failed", f"{type(error).__name__}: {error}"
    return "yes", ""


def _print(rows: dict[str, dict[str, tuple[str, str]]]) -> None:
    kinds = [str(kind) for kind in KINDS]
    width = max(map(len, rows))
    print(" " * width, *kinds, sep="  ")
    for title, row in rows.items():
        cells = [_MARKS[row[kind][0]].ljust(len(kind)) for kind in kinds]
        print("  ".join((title.ljust(width), *cells)).rstrip())
    notes = {
        f"{kind}: {title}: {why}" if outcome == "failed" else why
        for title, row in rows.items()
        for kind, (outcome, why) in row.items()
        if why
    }
    print(*sorted(notes), sep="\n")


def main(words: list[str]) -> int:
    """Print the table; 1 where a case failed."""
    narrowed = " ".join(word for word in words if word != "--json")
    with tempfile.TemporaryDirectory(prefix="i-", ignore_cleanup_errors=True) as folder:
        with worlds(Path(folder)) as maker:
            rows = table(maker, narrowed)
        if "--json" in words:
            print(json.dumps(rows, indent=2))
        else:
            _print(rows)
    return int(any(cell[0] == "failed" for row in rows.values() for cell in row.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
