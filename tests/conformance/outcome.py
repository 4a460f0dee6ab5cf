"""What becomes of an image that is opened, and what ought to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.analysis.opened import open_image
from explorer.errors import ExplorerError
from explorer.filesystem.names import display
from explorer.oci import Platform
from explorer.store.cache import Caches


@dataclass(frozen=True, slots=True)
class Opens:
    """It opens.

    ``layers`` gives the entries in each layer's tar, lowest first, None for one that is not here;
    ``paths`` how many the merged filesystem shows, its root apart. ``says`` are parts of warnings,
    each of which must appear; a warning that none of them explains is a failure too.
    ``damaged`` is a part of what is reported as damage (exit code 4).
    """

    name: str
    transport: str
    platform: str
    layers: tuple[int | None, ...]
    paths: int
    says: tuple[str, ...] = ()
    damaged: str = ""
    wanted: str | None = None

    def __str__(self) -> str:
        layers = " ".join("absent" if n is None else str(n) for n in self.layers)
        parts = [self.transport, self.platform, f"entries {layers}", f"{self.paths} paths"]
        text = ", ".join(part for part in parts if part)
        for warning in self.says:
            text += f"; {warning}"
        return text + (f"; DAMAGED: {self.damaged}" if self.damaged else "")


@dataclass(frozen=True, slots=True)
class Refused:
    """It is refused, with an error of a class, an exit code, and words that ``says`` is part of."""

    name: str
    error: str
    code: int
    says: str
    wanted: str | None = None

    def __str__(self) -> str:
        return f"refused: {self.error} (exit {self.code}), {self.says}"


Outcome = Opens | Refused


def outcome(root: Path, expected: Outcome, caches: Caches) -> Outcome:
    """Open what a row names, below ``root``, and say what came of it."""
    transport, colon, path = expected.name.rpartition(":/")
    name = f"{transport}:{root / path}" if colon else str(root / path)
    wanted = Platform.parse(expected.wanted) if expected.wanted else None
    try:
        opened = open_image(name, wanted, caches)
    except ExplorerError as error:
        said = str(error).replace(str(root) + "/", "")
        return Refused(expected.name, type(error).__name__, error.exit_code, said, expected.wanted)
    try:
        problems = opened.problems
        return Opens(
            expected.name,
            opened.image.transport,
            "" if opened.image.platform.is_unknown else str(opened.image.platform),
            tuple(None if x.index is None else len(x.index) for x in opened.layers),
            len(opened.final.nodes()) - 1,
            tuple(warning for warning in opened.warnings if warning not in problems),
            " / ".join(problems),
            expected.wanted,
        )
    finally:
        opened.close(keep=False)


def differences(expected: Outcome, found: Outcome) -> list[str]:
    """What is not as expected, in sentences; empty if all is."""
    if isinstance(expected, Refused) or isinstance(found, Refused):
        return _refusal(expected, found)
    names = ("transport", "platform", "layers", "paths")
    pairs = ((name, getattr(expected, name), getattr(found, name)) for name in names)
    wrong = [f"{name}: {want}, but found {got}" for name, want, got in pairs if want != got]
    unsaid = [text for text in expected.says if not any(text in warning for warning in found.says)]
    wrong += [f"no warning says {text!r}" for text in unsaid]
    unasked = [said for said in found.says if not any(text in said for text in expected.says)]
    wrong += [f"warning nobody expects: {display(said.encode())}" for said in unasked]
    if bool(expected.damaged) != bool(found.damaged) or expected.damaged not in found.damaged:
        wrong.append(f"damage: {expected.damaged!r}, but found {found.damaged!r}")
    return wrong


def _refusal(expected: Outcome, found: Outcome) -> list[str]:
    if not (isinstance(expected, Refused) and isinstance(found, Refused)):
        return [f"expected: {expected}", f"found: {found}"]
    same = (expected.error, expected.code) == (found.error, found.code)
    return [] if same and expected.says in found.says else [f"{expected}", f"found: {found}"]
