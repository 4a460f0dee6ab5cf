#!/usr/bin/env python3
"""Run, test, check and measure Layerscope from a checkout.

Needs Python 3.11 and pip, nothing else: a virtual environment is made in `.venv`
on the first call and found ready on the next ones. `python3 packaging/dev.py --help`
lists the verbs.

This file keeps to what any Python 3 can read, so that an old interpreter
gets a sentence and not a traceback; the work is done in `devkit`.
"""

import sys


def main() -> int:
    """Check the interpreter, then hand the command line to `devkit`."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an old Python is just who must read this
        sys.exit(
            "dev: Layerscope needs Python 3.11 or later, and this is Python {}.{}.\n"
            "Run the same command with a newer one, for example: "
            "python3.11 packaging/dev.py".format(*sys.version_info)
        )
    from devkit.verbs import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
