"""The templates that come with the application: ``resources/templates``. No Qt here.

``templates.json`` lists them. Each variant is a whole Dockerfile with a few ``{{names}}`` in it,
``<template>/<variant>.Dockerfile``, and each template has its ``dockerignore``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from explorer.ui.resources import resource

_NAME: Final = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to write a template; fitting where one of the files ``when`` is there."""

    id: str
    title: str
    when: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of project; ``manifests`` are the files that tell that a folder holds one."""

    id: str
    title: str
    about: str
    manifests: tuple[str, ...]
    variants: tuple[Variant, ...]

    def fits(self, names: frozenset[str]) -> bool:
        """Whether a folder with these files is of this kind."""
        return any(name in names for name in self.manifests)

    def variant_for(self, names: frozenset[str]) -> Variant:
        """The variant for a folder with these files; else the one without conditions, or first."""
        for variant in self.variants:
            if any(name in names for name in variant.when):
                return variant
        return next((v for v in self.variants if not v.when), self.variants[0])

    def dockerfile(self, variant: Variant, values: Mapping[str, str]) -> str:
        """The Dockerfile, its names replaced. Raises ``KeyError`` for a name without a value."""
        text = (_folder() / self.id / f"{variant.id}.Dockerfile").read_text("utf-8")
        return _NAME.sub(lambda found: values[found[1]], text)

    def ignore_file(self) -> str:
        """The text of ``.dockerignore``."""
        return (_folder() / self.id / "dockerignore").read_text("utf-8")


@cache
def templates() -> tuple[Template, ...]:
    """All templates, in the order in which they are offered."""
    listed = json.loads((_folder() / "templates.json").read_text("utf-8"))
    return tuple(
        Template(
            each["id"],
            each["title"],
            each["about"],
            tuple(each["manifests"]),
            tuple(Variant(v["id"], v["title"], tuple(v["when"])) for v in each["variants"]),
        )
        for each in listed
    )


def _folder() -> Path:
    return resource("templates")
