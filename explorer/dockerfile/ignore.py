"""Ignore files: what a build context leaves out.

Reads ``.dockerignore`` as moby/patternmatcher's ``ignorefile`` does, and decides as its
``PatternMatcher``: patterns are tried in order, the last one that matches a path or a directory
above it wins, and ``!`` makes an exception. There the regular expressions behind it leak through:
``|``, ``{``, ``}``, ``^`` and a letter after a backslash can mean something else. Here they stand
for themselves.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from explorer.dockerfile.gotext import SPACE, quote, shorten
from explorer.dockerfile.pathpattern import PathPattern
from explorer.dockerfile.pathterms import BadPatternError
from explorer.errors import ExplorerError

DEFAULT_NAME: Final = ".dockerignore"

Matched: TypeAlias = tuple[bool, ...]
"""For each rule, whether it matches a directory or one above it; see :meth:`IgnoreFile.below`."""

_EVERYTHING: Final = frozenset({"*", "**", "**/*"})


class IgnoreError(ExplorerError):
    """A line of an ignore file that Docker refuses; ``line`` counts from 1."""

    exit_code = 4

    def __init__(self, pattern: str, why: str, line: int) -> None:
        super().__init__(
            f"the pattern {quote(shorten(pattern))} in line {line} of the ignore file is refused",
            why=why,
        )
        self.line = line


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """One pattern; ``excepts`` tells that it begins with ``!``. ``line`` counts from 1."""

    pattern: PathPattern
    excepts: bool
    line: int

    def __str__(self) -> str:
        return f"!{self.pattern.text}" if self.excepts else self.pattern.text


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """The rules of an ignore file. Paths are relative to the context, with slashes."""

    rules: tuple[IgnoreRule, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of an ignore file.

        Raises:
            IgnoreError: a pattern that Docker refuses.
        """
        return cls.of(read_patterns(text))

    @classmethod
    def of(cls, patterns: list[tuple[int, str]]) -> Self:
        """Take patterns with the lines they stand in.

        Raises:
            IgnoreError: a pattern that Docker refuses.
        """
        rules = (_rule(pattern, line) for line, pattern in patterns)
        return cls(tuple(rule for rule in rules if rule is not None))

    @property
    def has_exceptions(self) -> bool:
        """Whether any rule begins with ``!``."""
        return any(rule.excepts for rule in self.rules)

    @property
    def ignores_everything(self) -> bool:
        """Whether a rule matches all names in the context's root."""
        return any(not r.excepts and r.pattern.text in _EVERYTHING for r in self.rules)

    def ignores(self, path: str) -> bool:
        """Whether a path is left out (``MatchesOrParentMatches``)."""
        rule = self.deciding_rule(path)
        return rule is not None and not rule.excepts

    def deciding_rule(self, path: str) -> IgnoreRule | None:
        """The rule that settles whether a path is left out; ``None`` where no rule does."""
        deciding: IgnoreRule | None = None
        for rule in self.rules:
            ignored = deciding is not None and not deciding.excepts
            if rule.excepts == ignored and _matches_or_above(rule.pattern, path):
                deciding = rule
        return deciding

    def below(self, path: str, above: Matched | None) -> tuple[bool, Matched]:
        """As :meth:`ignores`, walking down (``MatchesUsingParentResults``).

        ``above`` is what this gave for the directory that holds the path, ``None`` for the root.
        """
        if above is None:
            above = (False,) * len(self.rules)
        ignored = False
        matched: list[bool] = []
        for rule, known in zip(self.rules, above, strict=True):
            match = known or (rule.excepts == ignored and rule.pattern.matches(path))
            matched.append(match)
            if match:
                ignored = not rule.excepts
        return ignored, tuple(matched)

    def may_except_below(self, directory: str) -> bool:
        """Whether anything inside an ignored directory may still be kept by a ``!`` rule."""
        inside = f"{directory}/"
        return any(rule.excepts and _may_reach(rule.pattern, inside) for rule in self.rules)


def read_patterns(text: str) -> list[tuple[int, str]]:
    """The patterns of an ignore file, cleaned, each with its line (``ignorefile.ReadAll``)."""
    patterns: list[tuple[int, str]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        pattern = line.strip(SPACE)
        if line.startswith("#") or not pattern:
            continue
        exception = "!" if pattern.startswith("!") else ""
        rest = pattern.removeprefix("!").strip(SPACE) if exception else pattern
        if rest:
            rest = clean(rest)
            rest = rest[1:] if rest.startswith("/") and len(rest) > 1 else rest
        patterns.append((number, exception + rest))
    return patterns


def ignore_file_name(dockerfile: str, names: Container[str]) -> str | None:
    """Which ignore file a Dockerfile uses: ``NAME.dockerignore`` beside it, else the default.

    ``dockerfile`` and ``names``, the files there are, are paths relative to the context.
    """
    own = f"{dockerfile}{DEFAULT_NAME}"
    return next((name for name in (own, DEFAULT_NAME) if name in names), None)


def clean(path: str) -> str:
    """The shortest path that means the same (Go's ``path.Clean``)."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _rule(pattern: str, line: int) -> IgnoreRule | None:
    pattern = pattern.strip(SPACE)
    if not pattern:
        return None
    cleaned = clean(pattern)
    excepts = cleaned.startswith("!")
    if cleaned == "!":
        raise IgnoreError(pattern, 'illegal exclusion pattern: "!"', line)
    try:
        return IgnoreRule(PathPattern.parse(cleaned.removeprefix("!")), excepts, line)
    except BadPatternError as error:
        raise IgnoreError(pattern, f"syntax error in pattern: {error}", line) from error


def _matches_or_above(pattern: PathPattern, path: str) -> bool:
    if pattern.matches(path):
        return True
    above = clean(posixpath.dirname(path))
    if above == ".":
        return False
    parts = above.split("/")
    return any(pattern.matches("/".join(parts[: i + 1])) for i in range(len(parts)))


def _may_reach(pattern: PathPattern, inside: str) -> bool:
    start = pattern.literal_start
    if pattern.is_literal:
        return f"{start}/".startswith(inside)
    return start.startswith(inside) or inside.startswith(start)
