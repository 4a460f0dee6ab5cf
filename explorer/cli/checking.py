"""Checking one Dockerfile: what the verb ``check`` does with each file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.cli.basefacts import base_images, with_bases
from explorer.cli.dockerfiles import Dockerfile
from explorer.cli.lookaround import check_folder, find_ignore_file, look_around, read_ignore_file
from explorer.dockerfile.advice.facts import Facts
from explorer.dockerfile.advice.gather import diagnose
from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.dockerfile.advice.repair import repair
from explorer.dockerfile.checks.check import Checked, check
from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import encode
from explorer.dockerfile.ignore import IgnoreFile
from explorer.dockerfile.linters.linting import Linters, Linting
from explorer.dockerfile.stages.inputs import Inputs
from explorer.errors import ExplorerError, UsageError
from explorer.oci.platform import Platform


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for.

    ``context`` is the folder that was named, ``None`` for the one the Dockerfile lies in.
    """

    context: Path | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    platform: Platform | None = None
    advice: bool = True
    linters: Linters = field(default_factory=Linters)


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
    context = wanted.context or file.folder
    check_folder(context)
    ignore, ignore_name, damage = _ignore(file, context)
    text, fixed, inputs = file.text, 0, _inputs(wanted, ignore)
    images = base_images(Document.parse(text), inputs)
    inputs = with_bases(inputs, images)
    around = look_around(context, ignore, ignore_name) if wanted.advice else None
    facts = Facts(around, images.digests)
    if fix:
        text, fixed = repair(text, lambda checked: _told(checked, facts, wanted), inputs)
    document = Document.parse(text)
    checked = check(document, inputs)
    linting = wanted.linters.lint(checked.program)
    found = _told(checked, facts, wanted, linting)
    return Checkup(
        file=_with(file, text),
        document=document,
        diagnostics=found,
        notes=linting.notes,
        damage=damage,
        fixed=fixed,
        absent=linting.absent,
        strict=checked.options.as_error,
    )


def _with(file: Dockerfile, text: str) -> Dockerfile:
    return replace(file, data=encode(text)) if text != file.text else file


def _told(
    checked: Checked, facts: Facts, wanted: Wanted, linting: Linting | None = None
) -> tuple[Diagnostic, ...]:
    linted = linting.diagnostics if linting is not None else ()
    return diagnose(checked, facts, linted, advice=wanted.advice)


def _ignore(
    file: Dockerfile, context: Path
) -> tuple[IgnoreFile | None, str | None, ExplorerError | None]:
    path = find_ignore_file(file.path, context)
    if path is None:
        return None, None, None
    try:
        return read_ignore_file(path), path.name, None
    except ExplorerError as error:
        return None, path.name, error
    except OSError as error:
        what = f"{path} cannot be read"
        return None, path.name, ExplorerError(what, why=error.strerror or str(error))


def _inputs(wanted: Wanted, ignore: IgnoreFile | None) -> Inputs:
    inputs = Inputs(arguments=wanted.arguments, target=wanted.target, ignore=ignore)
    return inputs if wanted.platform is None else replace(inputs, platform=wanted.platform)


def build_arguments(given: tuple[str, ...]) -> dict[str, str]:
    """The values of ``--build-arg``: ``NAME=VALUE``, or ``NAME`` for the environment's.

    Raises:
        UsageError: one has no name.
    """
    arguments: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not name:
            raise UsageError(f"--build-arg {one!r} has no name", hint="Write NAME=VALUE")
        if equals:
            arguments[name] = value
        elif name in os.environ:
            arguments[name] = os.environ[name]
    return arguments
