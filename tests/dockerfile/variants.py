"""Hold every property of the language to generated texts: ``python -m tests.dockerfile.variants``.

    python -m tests.dockerfile.variants [COUNT] [--first N] [--only NAME]

Prints how many texts each property held for; exits 1 where one did not, with the number of the
text and what went wrong. A text is a function of its number, so a failure can be made again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tests.dockerfile.generated import text
from tests.dockerfile.test_formatting import holds
from tests.dockerfile.test_generated import check

_BATCH = 10_000
_FAILURES = 5

PROPERTIES: dict[str, Callable[[str], None]] = {
    "printed": check,
    "formatted": holds,
}
_WORDS = {
    "printed": "parsed and printed as they were, tokens without gaps, places in order",
    "formatted": "formatted twice as once, with the same tree, plan, checks and here-documents",
}


def failures(name: str, numbers: range) -> list[str]:
    """What went wrong with texts of these numbers."""
    found = []
    for number in numbers:
        try:
            PROPERTIES[name](text(number))
        except Exception as error:  # noqa: BLE001 - whatever went wrong is the result
            found.append(f"{name}: text {number}: {type(error).__name__}: {error}")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Go through the texts in batches."""
    parser = argparse.ArgumentParser(prog="python -m tests.dockerfile.variants")
    parser.add_argument("count", nargs="?", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, metavar="N")
    parser.add_argument("--only", choices=PROPERTIES, action="append")
    options = parser.parse_args(arguments)
    end = options.first + options.count
    wrong: list[str] = []
    for name in options.only or PROPERTIES:
        here: list[str] = []
        for start in range(options.first, end, _BATCH):
            here += failures(name, range(start, min(start + _BATCH, end)))
            print(f"{name}: {min(start + _BATCH, end) - options.first:,}", file=sys.stderr)
        print(f"{options.count - len(here):,} of {options.count:,} texts {_WORDS[name]}")
        wrong += here
    print("\n".join(wrong[:_FAILURES]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
