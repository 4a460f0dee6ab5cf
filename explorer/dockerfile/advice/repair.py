"""Making quick fixes, one after another, until there is nothing left to fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from explorer.dockerfile.advice.model import Diagnostic, Fix
from explorer.dockerfile.checks.check import Checked, check
from explorer.dockerfile.document import Document
from explorer.dockerfile.services.edits import apply
from explorer.dockerfile.stages.inputs import Inputs

ROUNDS: Final = 10
"""How often fixes may lead to others."""


def safe_fix(diagnostic: Diagnostic) -> Fix | None:
    """The best fix that may be made unasked."""
    return next((fix for fix in diagnostic.fixes if fix.safe and fix.edits), None)


def repair(
    text: str,
    find: Callable[[Checked], Iterable[Diagnostic]],
    inputs: Inputs | None = None,
) -> tuple[str, int]:
    """The text with all safe fixes made, and how many these were.

    ``find`` gives the diagnostics of a Dockerfile that was checked. A round of fixes after which
    there are more errors than before is not made.
    """
    made = 0
    checked = check(Document.parse(text), inputs)
    for _ in range(ROUNDS):
        chosen = _compatible(find(checked))
        if not chosen:
            break
        new = apply(text, (edit for fix in chosen for edit in fix.edits))
        rechecked = check(Document.parse(new), inputs)
        if new == text or len(rechecked.errors) > len(checked.errors):
            break
        text, checked, made = new, rechecked, made + len(chosen)
    return text, made


def _compatible(diagnostics: Iterable[Diagnostic]) -> list[Fix]:
    """Fixes that do not touch each other; the others get their turn in the next round."""
    chosen: list[Fix] = []
    last = -1
    fixes = [fix for fix in map(safe_fix, diagnostics) if fix is not None]
    for fix in sorted(fixes, key=lambda fix: min(fix.edits)):
        if min(fix.edits).start > last:
            chosen.append(fix)
            last = max(edit.end for edit in fix.edits)
    return chosen
