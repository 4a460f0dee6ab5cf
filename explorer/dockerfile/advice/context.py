"""Advice about what COPY takes from the build context; needs facts about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.advice import rules
from explorer.dockerfile.advice.facts import ContextFacts, normal
from explorer.dockerfile.advice.model import Level
from explorer.dockerfile.advice.subject import Found, Line, Subject
from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.pathpattern import PathPattern
from explorer.dockerfile.pathterms import BadPatternError
from explorer.dockerfile.source import Span

LARGE: Final = 100_000_000
"""Bytes from which a folder is worth a word, where it makes up most of what is copied."""

_SECRETS: Final = (".env", ".npmrc", ".netrc", ".aws", ".ssh", "id_rsa", ".git-credentials")
_NEEDLESS: Final = {
    ".git": "the repository's history",
    ".svn": "the repository's history",
    ".hg": "the repository's history",
    "node_modules": "installed dependencies",
    ".venv": "a virtual environment",
    "venv": "a virtual environment",
    "__pycache__": "compiled Python",
    ".mypy_cache": "a cache",
    ".pytest_cache": "a cache",
    ".ruff_cache": "a cache",
    ".tox": "test environments",
    ".terraform": "Terraform's working folder",
    ".gradle": "Gradle's working folder",
    ".idea": "an editor's settings",
    ".DS_Store": "a file of the desktop",
    ".env": "what is usually secret",
    ".aws": "credentials",
    ".ssh": "keys",
    "id_rsa": "a private key",
    ".netrc": "passwords",
    ".git-credentials": "passwords",
}
_MATTERING: Final = frozenset({".git", ".svn", ".hg", "node_modules", ".venv", "venv", *_SECRETS})
_SHOWN: Final = 4
_MOST: Final = 64


def findings(subject: Subject) -> Iterator[Found]:
    """Folders of the context that are copied with what no image needs."""
    context = subject.facts.context
    if context is None:
        return
    told: set[str] = set()
    for line in subject.all_lines():
        transfer = line.transfer
        if transfer is None:
            continue
        left_out = _left_out(line)
        for source in transfer.sources:
            folder = normal(source.value).rstrip("*").rstrip("/")
            if len(told) >= _MOST or folder in told or not context.is_directory(folder):
                continue
            told.add(folder)
            span = line.step.span_of(source)
            yield from _needless(context, line, folder, span, left_out)


def _left_out(line: Line) -> tuple[PathPattern, ...]:
    """The patterns of ``--exclude``."""
    patterns = []
    transfer = line.transfer
    for word in transfer.excludes if transfer else ():
        try:
            patterns.append(PathPattern.parse(normal(word.value)))
        except BadPatternError:
            continue
    return tuple(patterns)


def _needless(
    context: ContextFacts,
    line: Line,
    folder: str,
    span: Span,
    left_out: tuple[PathPattern, ...],
) -> Iterator[Found]:
    prefix = f"{folder}/" if folder else ""
    names = [
        path
        for path in context.sent
        if path.startswith(prefix)
        and path.rpartition("/")[2] in _NEEDLESS
        and not any(pattern.matches(path.removeprefix(prefix)) for pattern in left_out)
    ]
    names = sorted(_outermost(names), key=lambda name: -context.weight(name))
    if names:
        where = f"add them to {context.ignore_name or '.dockerignore'}"
        shown = ", ".join(_described(context, name) for name in names[:_SHOWN])
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        matters = any(name.rpartition("/")[2] in _MATTERING for name in names)
        message = f"Copies {shorten(shown)}{more}: {where}"
        level = None if matters else Level.INFO
        yield line.found(rules.NEEDLESS_CONTEXT, message, span, level=level)
    yield from _large(context, line, folder, span, names)


def _outermost(paths: list[str]) -> Iterator[str]:
    """The paths that lie in none of the others."""
    last = ""
    for path in sorted(paths, key=lambda path: path.split("/")):
        if not last or not path.startswith(f"{last}/"):
            last = path
            yield path


def _large(
    context: ContextFacts, line: Line, folder: str, span: Span, needless: list[str]
) -> Iterator[Found]:
    total = context.weight(folder)
    prefix = f"{folder}/" if folder else ""
    below = [
        path
        for path in context.sent
        if path.startswith(prefix) and "/" not in path[len(prefix) :] and path not in needless
    ]
    largest = max(below, key=context.weight, default="")
    if largest and context.weight(largest) >= max(LARGE, total // 2):
        size, whole = _megabytes(context.weight(largest)), _megabytes(total)
        message = f"{shorten(largest)} is {size} of the {whole} that are copied: is it needed?"
        yield line.found(rules.LARGE_CONTEXT, message, span)


def _described(context: ContextFacts, name: str) -> str:
    what = _NEEDLESS[name.rpartition("/")[2]]
    weight = context.weight(name)
    size = f", {_megabytes(weight)}" if weight >= 1_000_000 else ""
    return f"{name} ({what}{size})"


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:,.0f} MB"
