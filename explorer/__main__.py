"""``python -m explorer`` and the ``layerscope`` command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line, or open the window; returns the exit code."""
    from explorer.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
