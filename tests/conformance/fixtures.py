"""``python -m tests.conformance.fixtures``: each fixture and what becomes of it.

Prints a table, and leaves with 1 if anything is not as expected, 6 where the fixtures are absent.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from explorer.store.cache import Caches
from tests.conformance.outcome import differences, outcome
from tests.conformance.rows import ROWS

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures"


def main() -> int:
    """Open everything, and say what came of it."""
    if not FIXTURES.is_dir():
        print(f"the real images of {FIXTURES} are not here", file=sys.stderr)
        return 6
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="layerscope-") as folder:
        caches = Caches.at(Path(folder))
        for row in ROWS:
            found = outcome(FIXTURES, row, caches)
            trouble = differences(row, found)
            wrong += bool(trouble)
            platform = f" --platform {row.wanted}" if row.wanted else ""
            print(f"{'NOT ' if trouble else ''}ok  {row.name}{platform}\n        {found}")
            for line in trouble:
                print(f"        !! {line}")
    print(f"\n{len(ROWS)} fixtures, {len(ROWS) - wrong} as expected, {wrong} not")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
