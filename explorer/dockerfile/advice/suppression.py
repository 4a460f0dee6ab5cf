"""Switching rules off in the text: ``# check=skip=...`` and ``# hadolint ignore=...``."""

from __future__ import annotations

import re
from typing import Final

from explorer.dockerfile.advice.subject import Found
from explorer.dockerfile.checks.options import (
    ARGUMENT,
    CheckOptions,
    OptionsError,
    check_directive,
)
from explorer.dockerfile.document import Document
from explorer.dockerfile.nodes import Comment
from explorer.dockerfile.stages.model import Program

_CODES: Final = r"(?P<codes>[A-Z]{2}[0-9]{4}(?:[ \t]*,[ \t]*[A-Z]{2}[0-9]{4}){0,99})"
_IGNORE: Final = re.compile(rf"[#\s]*hadolint[ \t]+(?:shell=\S+[ \t]+)?ignore[ \t]*=[ \t]*{_CODES}")
_GLOBAL: Final = re.compile(rf"[#\s]*hadolint[ \t]+global[ \t]+ignore[ \t]*=[ \t]*{_CODES}")
_CODE: Final = re.compile(r"[A-Z]{2}[0-9]{4}")


class Suppressions:
    """What a Dockerfile says about which rules may speak."""

    def __init__(self, document: Document, program: Program) -> None:
        self._options = _options(program)
        self._global = frozenset(
            code
            for node in document.nodes
            if isinstance(node, Comment)
            for code in _codes(_GLOBAL, node.text)
        )

    def lets_through(self, found: Found) -> bool:
        """Whether one of our rules may speak of what it found."""
        options = self._options.with_comments(found.comments)
        if options.skip_all or found.rule.name in options.skipped:
            return False
        return not self.ignored(found.comments).intersection(found.rule.hadolint)

    def ignored(self, comments: tuple[str, ...]) -> frozenset[str]:
        """The codes of hadolint and ShellCheck that are ignored below some comments."""
        return self._global.union(*(_codes(_IGNORE, comment) for comment in comments))


def _options(program: Program) -> CheckOptions:
    given = program.inputs.arguments.get(ARGUMENT)
    try:
        return CheckOptions.parse(check_directive(program.document) if given is None else given)
    except OptionsError:
        return CheckOptions()


def _codes(pattern: re.Pattern[str], comment: str) -> tuple[str, ...]:
    found = pattern.match(comment)
    return tuple(_CODE.findall(found["codes"])) if found else ()
