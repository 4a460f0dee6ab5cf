"""``python -m tests.fuzz``: damage images by the thousand, and report what went wrong."""

from __future__ import annotations

import argparse
import sys
import time

from tests.fuzz.runner import run


def main() -> int:
    """Run, print what came of it, and leave with 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="variants to try")
    parser.add_argument("--seed", type=int, default=0, help="another seed damages other places")
    parser.add_argument("--only", default="", help="only what has this in its name")
    parser.add_argument("--workers", type=int, help="processes; one for each core by default")
    chosen = parser.parse_args()
    began = time.monotonic()
    found = run(chosen.count, seed=chosen.seed, only=chosen.only, workers=chosen.workers)
    for outcome, count in found.outcomes.most_common():
        print(f"{count:7}  {outcome}")
    took = time.monotonic() - began
    print(f"{found.count:7}  in {took:.0f} s; memory grew by {found.growth >> 20} MB")
    print(f"         slowest {found.slowest[0]:.2f} s: {found.slowest[1]}")
    wrong = found.judge()
    for text in wrong[:30]:
        print(f"\n!! {text}")
    print(f"\n{len(wrong)} went wrong" if wrong else "\nnothing went wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
