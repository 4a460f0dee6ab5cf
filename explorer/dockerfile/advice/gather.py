"""Everything there is to tell about a Dockerfile: BuildKit's checks, ours, those of linters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from explorer.dockerfile.advice.advise import advise
from explorer.dockerfile.advice.buildkit import as_diagnostics
from explorer.dockerfile.advice.facts import Facts
from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.dockerfile.advice.rules import ADVICE_RULES
from explorer.dockerfile.checks.check import Checked

_BUILDKIT: Final = {
    "DL3000": "WorkdirRelativePath",
    "DL3012": "MultipleInstructionsDisallowed",
    "DL3024": "DuplicateStageName",
    "DL3025": "JSONArgsRecommended",
    "DL3029": "FromPlatformFlagConstDisallowed",
    "DL3044": "UndefinedVar",
    "DL4000": "MaintainerDeprecated",
    "DL4003": "MultipleInstructionsDisallowed",
    "DL4004": "MultipleInstructionsDisallowed",
}
_LINTERS: Final = (Source.HADOLINT, Source.SHELLCHECK)
_COVERED: Final[dict[str, set[str]]] = {code: {rule} for code, rule in _BUILDKIT.items()}
for _rule in ADVICE_RULES:
    for _code in (*_rule.hadolint, *_rule.covers):
        _COVERED.setdefault(_code, set()).add(_rule.name)


def covering(code: str) -> frozenset[str]:
    """The rules of BuildKit and ours that complain about the same cause as a linter's."""
    return frozenset(_COVERED.get(code, ()))


def diagnose(
    checked: Checked,
    facts: Facts | None = None,
    linted: Iterable[Diagnostic] = (),
    *,
    advice: bool = True,
) -> tuple[Diagnostic, ...]:
    """BuildKit's problems, our advice and what linters said, sorted, each cause told once.

    ``checked`` is what :func:`explorer.dockerfile.checks.check.check` gave.
    """
    program = checked.program
    buildkit = as_diagnostics(program, checked.problems)
    ours = advise(program.document, program, facts) if advice else ()
    return merged(buildkit, ours, tuple(linted))


def merged(*groups: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Several lists as one, sorted; of two about one cause the first source's is kept."""
    kept: list[Diagnostic] = []
    for group in groups:
        repeats = _repeats_of(kept)
        kept += [one for one in group if not repeats(one)]
    return tuple(sorted(kept, key=lambda one: one.order))


def _repeats_of(known: Iterable[Diagnostic]) -> Callable[[Diagnostic], bool]:
    """A test whether a diagnostic only says again what is known."""
    told = {(one.line, one.rule) for one in known}
    places = {(one.rule, one.span, one.message) for one in known}
    broken = {one.line for one in known if one.severity is Level.ERROR and not one.rule}
    secrets = {one.span.start for one in known if one.rule == "SecretsUsedInArgOrEnv"}
    lines = {one.line for one in known if one.span.start in secrets}

    def repeats(one: Diagnostic) -> bool:
        if (one.rule, one.span, one.message) in places:
            return True
        if one.rule == "SecretInDockerfile":
            return one.line in lines
        if one.source not in _LINTERS:
            return False
        if one.rule in ("DL1000", "DL3061"):
            return bool(broken)
        return any((one.line, rule) in told for rule in covering(one.rule))

    return repeats
