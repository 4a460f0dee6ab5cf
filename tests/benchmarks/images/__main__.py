"""``python -m tests.benchmarks.images DIR [--quick]``: write the images, or find them there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.benchmarks.images import Images, Scale

parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.images", description=__doc__)
parser.add_argument("folder", type=Path)
parser.add_argument("--quick", action="store_true", help="a twentieth of the size")
options = parser.parse_args()
Images(options.folder, Scale.of(quick=options.quick)).make(
    lambda text: print(text, file=sys.stderr, flush=True)
)
