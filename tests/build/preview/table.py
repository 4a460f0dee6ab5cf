"""Previews beside what buildah builds, case by case: ``python -m tests.build.preview.table``."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from explorer.store.cache import Caches
from tests.build.preview.buildah import Buildah, Built, buildah, foretold
from tests.build.preview.cases import Case, cases
from tests.build.preview.expected import DIFFERENCES
from tests.integration.filesystem import differences


@dataclass(frozen=True)
class Row:
    """One case: ``verdict`` is ``equal``, ``explained`` or ``different``."""

    case: Case
    verdict: str
    lines: tuple[str, ...]


def compare(case: Case, program: Buildah, folder: Path, caches: Caches) -> Row:
    """Build a case with buildah, foretell it, and say what differs."""
    bases = {name: folder / f"base-{i}" for i, name in enumerate(case.images)}
    for name, layout in bases.items():
        program.base(name, layout)
    context, dockerfile = case.prepare(folder)
    ours = foretold(context, dockerfile, caches, bases)
    theirs = program.build(context, dockerfile)
    found = tuple(_differences(case, ours, theirs))
    reason = DIFFERENCES.get(case.name, "")
    if not found:
        return Row(case, "equal", ())
    return Row(case, "explained" if reason else "different", (reason, *found) if reason else found)


def _differences(case: Case, ours: Built, theirs: Built) -> list[str]:
    if case.fails_at is not None:
        if ours.failed_at != case.fails_at:
            return [f"fails at {ours.failed_at}, not at {case.fails_at}: {ours.failed}"]
        return [] if theirs.failed else ["buildah does not fail"]
    if ours.filesystem is None or theirs.filesystem is None:
        return [f"ours: {ours.failed or 'builds'}", f"buildah: {theirs.failed or 'builds'}"]
    lines = differences(ours.filesystem, theirs.filesystem)
    for name in sorted(ours.settings.keys() | theirs.settings.keys()):
        mine, other = ours.settings.get(name), theirs.settings.get(name)
        if mine != other:
            lines.append(f"{name} is {mine!r} in ours, {other!r} there")
    return lines


def rows(only: str = "") -> list[Row]:
    """Every case, or those whose name holds a text."""
    out: list[Row] = []
    for case in cases():
        if only and only not in str(case):
            continue
        with tempfile.TemporaryDirectory(prefix="case-") as name:
            folder = Path(name)
            with buildah(folder / "store") as program:
                out.append(compare(case, program, folder, Caches.at(folder / "cache")))
    return out


def main() -> int:
    """Print the table."""
    found = rows(sys.argv[1] if len(sys.argv) > 1 else "")
    for row in found:
        sys.stdout.write(f"{row.verdict:10} {row.case}\n")
        for line in row.lines:
            sys.stdout.write(f"           {line}\n")
    counts = Counter(row.verdict for row in found)
    offline = sum(not row.case.images for row in found)
    sys.stdout.write(f"{len(found)} cases, {offline} of them on scratch: {dict(counts)}\n")
    return int(counts["different"] > 0)


if __name__ == "__main__":
    sys.exit(main())
