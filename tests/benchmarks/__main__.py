"""The benchmarks, run by one command; see the package."""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks import facts
from tests.benchmarks.bench import Bench
from tests.benchmarks.groups import GROUPS
from tests.benchmarks.images import Images, Scale
from tests.benchmarks.processes import ROOT, Failed, python
from tests.benchmarks.results import Group, render

_CORES = 2  # the budgets speak of two
_ROUNDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return 1 if a budget was missed or a program failed."""
    parser = _parser()
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in GROUPS]
    if unknown:
        parser.error(f"nothing to measure is called {unknown[0]!r}; there is {', '.join(GROUPS)}")
    facts.keep_to(_CORES)
    with _folder(options.keep) as folder, tempfile.TemporaryDirectory() as scratch:
        images = Images(folder, Scale.of(quick=options.quick))
        if not _make(images, quick=options.quick):
            return 1
        bench = Bench(images, Path(scratch), 1 if options.quick else _ROUNDS)
        bench.warm_up()
        groups = [_measured(name, bench) for name in options.names or GROUPS]
    print("\n".join(facts.describe()), end="\n\n")
    print(render(groups, judged=not options.quick))
    print(f"\n{_verdict(groups, quick=options.quick)}")
    return 0 if options.quick or not any(group.missed for group in groups) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure whole processes against their peers, and hold them to the budgets.",
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(GROUPS)} (all)"
    )
    parser.add_argument(
        "--quick", action="store_true",
        help="a twentieth of the size, once: shows that it works, judges nothing",
    )  # fmt: skip
    parser.add_argument(
        "--keep", type=Path, metavar="DIR",
        help="write the images (4 GB) there and use them again, instead of a folder for this run",
    )  # fmt: skip
    return parser


@contextlib.contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="layerscope-bench-") as folder:
        yield Path(folder)


def _make(images: Images, *, quick: bool) -> bool:
    """Have another process write the images: what this one holds, all it starts would show."""
    options = ["--quick"] if quick else []
    command = python("-m", "tests.benchmarks.images", str(images.folder), *options)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def _measured(name: str, bench: Bench) -> Group:
    print(f"measuring {name}", file=sys.stderr, flush=True)
    try:
        return GROUPS[name](bench)
    except Failed as failure:
        return Group(name, failed=str(failure))


def _verdict(groups: Sequence[Group], *, quick: bool) -> str:
    if quick:
        return "Quick: the images are too small for the budgets, nothing was judged."
    missed = sum(group.missed for group in groups)
    return f"{missed} missed." if missed else "All budgets kept."


if __name__ == "__main__":
    sys.exit(main())
