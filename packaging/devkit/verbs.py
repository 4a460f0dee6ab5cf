"""The verbs of `packaging/dev.py`."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from devkit import display, libraries
from devkit.environment import Environment
from devkit.package import package
from devkit.trouble import DevError, say

USAGE = """\
usage: python3 packaging/dev.py VERB [ARGUMENT...]

  run [IMAGE...]    open the window, on IMAGE or on the bundled sample
                    (without a display: the same report in the terminal)
  test [ARG...]     run the tests; arguments go to pytest
  check             ruff, mypy and import-linter, all of them
  bench [ARG...]    run the benchmarks
  package KIND...   build what is given to people into dist/, and try it out:
                    wheel, app (a folder with Python and Qt), deb (for Debian)

The first call makes .venv and installs what is needed; the next ones start at once."""

ROOT = Path(__file__).resolve().parents[2]

_EXPLORER = ("-P", "-m", "explorer")  # -P: never a folder named explorer where the user is
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"
_CHECKS = (
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("ruff format", ("-m", "ruff", "format", "--check", ".")),
    ("mypy", ("-m", "mypy")),
    ("import-linter", ("-c", _LINT_IMPORTS)),
)
_SERIAL = (
    "--pdb",
    "--trace",
    "-s",
    "--capture=no",
    "--collect-only",
    "--co",
    "-n",
    "--numprocesses",
)
_MOST_WORKERS = 4
# pytest-qt loads Qt as it starts. Without it its own settings are unknown ones.
_WITHOUT_QT = (
    "--ignore=tests/ui",
    *("-p", "no:pytest-qt"),
    *("-o", "addopts=--strict-markers -ra"),
    *("-W", "ignore::pytest.PytestConfigWarning"),
)


def main(arguments: Sequence[str]) -> int:
    """Carry out a command line; returns the exit code."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(USAGE)
        return 0 if arguments else 2
    verb = VERBS.get(arguments[0])
    if verb is None:
        print(f"dev: no verb {arguments[0]!r}\n\n{USAGE}", file=sys.stderr)
        return 2
    if arguments[0] != "run":  # IMAGE is relative to where the user is; the rest to the project
        os.chdir(ROOT)
    try:
        return verb(Environment(ROOT), arguments[1:])
    except DevError as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        say("interrupted; run the same command again to go on")
        return 130


def run(environment: Environment, arguments: Sequence[str]) -> int:
    """Open the window, or print the report where there is no window to open."""
    environment.ensure()
    platforms = display.platforms(os.environ)
    if not platforms:
        say("no display: showing the report in the terminal")
        return _hand_over(environment, [*_EXPLORER, "report", *arguments])
    for platform in platforms:  # one that works is enough: Qt tries them in this order
        absent = libraries.provide(environment.folder, environment.pyside, (platform,))
        if not absent:
            return _hand_over(environment, [*_EXPLORER, *arguments])
    say(f"Qt cannot open a window here: {', '.join(absent)} missing")
    say(f"to mend that: {libraries.advice(absent)}")
    say("showing the report in the terminal")
    return _hand_over(environment, [*_EXPLORER, "report", *arguments])


def test(environment: Environment, arguments: Sequence[str]) -> int:
    """Run pytest, in parallel when the whole suite is asked for.

    Where Qt's system libraries are missing and may not be installed, all the other
    tests run, and what was left out is said last.
    """
    environment.ensure("dev")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    platform = os.environ["QT_QPA_PLATFORM"].partition(":")[0]
    absent = libraries.provide(environment.folder, environment.pyside, (platform,))
    command = ["-m", "pytest", *parallel_options(arguments, processors())]
    if not absent:
        return _hand_over(environment, [*command, *arguments])
    say("the tests of the window are left out: Qt's system libraries are missing")
    command = [str(environment.python), *command, *_WITHOUT_QT, *arguments]
    code = subprocess.run(command, check=False).returncode
    say(f"left out, the tests of the window: {', '.join(absent)} missing")
    say(f"to run them too: {libraries.advice(absent)}")
    return code


def check(environment: Environment, arguments: Sequence[str]) -> int:
    """Run every check, report each, and fail if any failed."""
    if arguments:
        raise DevError("check takes no argument", hint="python3 packaging/dev.py check")
    environment.ensure("dev")
    failed = []
    for name, command in _CHECKS:
        print(f"── {name}", flush=True)
        if subprocess.run([str(environment.python), *command], check=False).returncode:
            failed.append(name)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall checks passed", flush=True)
    return 1 if failed else 0


def bench(environment: Environment, arguments: Sequence[str]) -> int:
    """Run the benchmarks, which print a table."""
    environment.ensure("dev")
    return _hand_over(environment, ["-m", "tests.benchmarks", *arguments])


VERBS: dict[str, Callable[[Environment, Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "package": package,
}


def processors() -> int:
    """How many this process may use, which a container or taskset(1) can make fewer."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def parallel_options(arguments: Sequence[str], processors: int) -> list[str]:
    """Options that spread the suite over the processors.

    None when a part is named, where starting the workers would cost more than it
    saves, nor where output or a debugger needs the tests in this process.
    """
    alone = any(argument.startswith(_SERIAL) for argument in arguments)
    part = any(Path(argument.partition("::")[0]).exists() for argument in arguments)
    workers = min(processors, _MOST_WORKERS)
    return [] if alone or part or workers < 2 else ["-n", str(workers)]


def _hand_over(environment: Environment, arguments: Sequence[str]) -> int:
    """Become the environment's Python: signals and the exit code are then its own."""
    command = [str(environment.python), *arguments]
    if os.name != "nt":  # there exec would return to the shell at once
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode
