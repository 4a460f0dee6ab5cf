"""Switching rules off and on: ``# check=skip=A,B;error=true;experimental=C``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self

from explorer.dockerfile.checks.rules import Rule
from explorer.dockerfile.directives import read_name_and_value
from explorer.dockerfile.document import Document
from explorer.dockerfile.gonumbers import parse_bool
from explorer.dockerfile.gotext import SPACE, quote, shorten

ARGUMENT: Final = "BUILDKIT_DOCKERFILE_CHECK"
"""The build argument that takes the place of the directive."""

_ALL: Final = "all"
_PARTS: Final = 3


class OptionsError(ValueError):
    """Options that BuildKit refuses."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Which rules speak, and whether a warning stops the build."""

    skipped: frozenset[str] = frozenset()
    experimental: frozenset[str] = frozenset()
    skip_all: bool = False
    experimental_all: bool = False
    as_error: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read options.

        Raises:
            OptionsError: an option that there is not, or that has a wrong value.
        """
        options = cls()
        parts = text.strip(SPACE).split(";", _PARTS - 1) if text.strip(SPACE) else []
        for part in parts:
            options = options._with(part)
        return options

    def _with(self, part: str) -> Self:
        key, equals, value = part.partition("=")
        key, value = key.strip(SPACE), value.strip(SPACE)
        if not equals:
            raise OptionsError(f"invalid check option {quote(shorten(part))}")
        names = frozenset(name.strip(SPACE) for name in value.split(","))
        everything = value == _ALL
        if key == "skip":
            return replace(self, skip_all=everything, skipped=frozenset() if everything else names)
        if key == "experimental":
            return replace(
                self, experimental_all=everything, experimental=frozenset() if everything else names
            )
        if key != "error":
            raise OptionsError(f"invalid check option {quote(shorten(key))}")
        as_error = parse_bool(value)
        if as_error is None:
            shown = quote(shorten(part))
            raise OptionsError(
                f"failed to parse check option {shown}: strconv.ParseBool: "
                f"parsing {quote(shorten(value))}: invalid syntax"
            )
        return replace(self, as_error=as_error)

    def merged(self, other: CheckOptions) -> Self:
        """These options with those of a comment added."""
        return replace(
            self,
            skipped=self.skipped | other.skipped,
            experimental=self.experimental | other.experimental,
            skip_all=self.skip_all or other.skip_all,
            experimental_all=self.experimental_all or other.experimental_all,
        )

    def with_comments(self, comments: Iterable[str]) -> Self:
        """These options with the first ``check=`` among the comments of an instruction."""
        for comment in comments:
            name, value = read_name_and_value(comment)
            if name == "check":
                try:
                    return self.merged(CheckOptions.parse(value.split(" ", 1)[0]))
                except OptionsError:
                    return self
        return self

    def lets_through(self, rule: Rule) -> bool:
        """Whether a rule may speak."""
        if rule.experimental:
            return self.experimental_all or rule.name in self.experimental
        return not (self.skip_all or rule.name in self.skipped)


def check_directive(document: Document) -> str:
    """The value of the ``check`` directive up to its first blank; ``""`` without one.

    As BuildKit looks for it, no directive up to it may be indented.
    """
    for directive in document.directives:
        if document.text[directive.start] != "#":
            break
        if directive.name == "check":
            return directive.value.split(" ", 1)[0]
    return ""
