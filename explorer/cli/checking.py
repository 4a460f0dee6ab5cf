"""Checking one Dockerfile: what the verb ``check`` does with each file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from explorer.cli.basefacts import base_images, with_bases
from explorer.cli.dockerfiles import Dockerfile
from explorer.cli.lookaround import check_folder, find_ignore_file, look_around, read_ignore_file
from explorer.dockerfile.advice.facts import ContextFacts, Facts
from explorer.dockerfile.advice.gather import diagnose
from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.dockerfile.advice.repair import repair
from explorer.dockerfile.advice.rules import ADVICE_RULES
from explorer.dockerfile.checks.check import Checked, check
from explorer.dockerfile.checks.rules import RULES
from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import encode
from explorer.dockerfile.ignore import IgnoreFile
from explorer.dockerfile.linters.linting import Linters, Linting
from explorer.dockerfile.stages.inputs import Inputs
from explorer.errors import ExplorerError, Refused, UsageError
from explorer.oci.platform import Platform

_CODE: Final = re.compile(r"(?:DL|SC)[0-9]{4}")
_TAKES: Final = frozenset({"COPY", "ADD"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for.

    ``context`` is the folder that was named, ``None`` for the one the Dockerfile lies in.
    ``skipped`` are rules that say nothing.
    """

    context: Path | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    platform: Platform | None = None
    advice: bool = True
    linters: Linters = field(default_factory=Linters)
    skipped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Checkup:
    """A Dockerfile and what there is to tell about it.

    ``notes`` are things that did not work on the way; ``damage`` what makes the answer doubtful.
    ``absent`` are linters that are not installed; ``fixed`` counts the fixes that were made.
    ``strict`` tells that BuildKit's warnings stop a build.
    """

    file: Dockerfile
    document: Document
    diagnostics: tuple[Diagnostic, ...]
    notes: tuple[str, ...] = ()
    damage: ExplorerError | None = None
    fixed: int = 0
    absent: tuple[str, ...] = ()
    strict: bool = False

    def fails(self, level: Level | None) -> bool:
        """Whether anything matters at least so much; nothing does for ``None``.

        BuildKit's warnings are errors where the Dockerfile says ``# check=error=true``.
        """
        if level is None:
            return False
        return any(
            one.severity.rank <= level.rank or (self.strict and one.source is Source.BUILDKIT)
            for one in self.diagnostics
        )


def check_up(file: Dockerfile, wanted: Wanted, *, fix: bool = False) -> Checkup:
    """Check a Dockerfile; with ``fix``, make safe quick fixes first and check what results.

    Raises:
        NotFound: the build context is no folder.
    """
    context = _context(file, wanted)
    text, fixed = file.text, 0
    document = Document.parse(text)
    inputs = _inputs(wanted, context.ignore)
    images = base_images(document, inputs)
    inputs = with_bases(inputs, images)
    facts = Facts(_around(context, document) if wanted.advice else None, images.digests)
    if fix:
        text, fixed = repair(text, lambda checked: _told(checked, facts, wanted), inputs)
        document = Document.parse(text)
    checked = check(document, inputs)
    linting = wanted.linters.lint(checked.program)
    return Checkup(
        file=replace(file, data=encode(text)) if fixed else file,
        document=document,
        diagnostics=_told(checked, facts, wanted, linting),
        notes=linting.notes,
        damage=context.damage,
        fixed=fixed,
        absent=linting.absent,
        strict=checked.options.as_error,
    )


@dataclass(frozen=True, slots=True)
class _Context:
    """A build context with its ignore file; ``named`` tells it from one that is only likely."""

    folder: Path | None = None
    named: bool = False
    ignore: IgnoreFile | None = None
    ignore_name: str | None = None
    damage: ExplorerError | None = None


def _context(file: Dockerfile, wanted: Wanted) -> _Context:
    folder = wanted.context or (file.path.parent if file.path is not None else None)
    if folder is None:
        return _Context()
    check_folder(folder)
    context = _Context(folder, wanted.context is not None)
    path = find_ignore_file(file.path, folder)
    if path is None:
        return context
    context = replace(context, ignore_name=path.name)
    try:
        return replace(context, ignore=read_ignore_file(path))
    except ExplorerError as error:
        return replace(context, damage=error)
    except OSError as error:
        why = error.strerror or str(error)
        return replace(context, damage=Refused(f"{path} cannot be read", why=why))


def _around(context: _Context, document: Document) -> ContextFacts | None:
    """What is in the context, where anything is copied from it."""
    if context.folder is None or not any(i.name in _TAKES for i in document.instructions):
        return None
    facts = look_around(context.folder, context.ignore, context.ignore_name)
    return facts if context.named else replace(facts, whole=False)


def _told(
    checked: Checked, facts: Facts, wanted: Wanted, linting: Linting | None = None
) -> tuple[Diagnostic, ...]:
    linted = linting.diagnostics if linting is not None else ()
    found = diagnose(checked, facts, linted, advice=wanted.advice)
    return tuple(one for one in found if one.rule not in wanted.skipped)


def _inputs(wanted: Wanted, ignore: IgnoreFile | None) -> Inputs:
    inputs = Inputs(arguments=wanted.arguments, target=wanted.target, ignore=ignore)
    return inputs if wanted.platform is None else replace(inputs, platform=wanted.platform)


def skipped_rules(given: tuple[str, ...]) -> frozenset[str]:
    """The values of ``--skip``: names of rules, several between commas.

    Raises:
        UsageError: one is no rule.
    """
    names = [name.strip() for one in given for name in one.split(",") if name.strip()]
    known = [rule.name for rule in (*RULES, *ADVICE_RULES)]
    for name in names:
        if name not in known and not _CODE.fullmatch(name):
            near = get_close_matches(name, known, 1, 0.6)
            hint = f"Did you mean {near[0]}?" if near else "See: layerscope check --rules"
            raise UsageError(f"There is no rule {name!r}", hint=hint)
    return frozenset(names)
