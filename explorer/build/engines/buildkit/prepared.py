"""What both command lines are given: the Dockerfile in a folder of its own, and the context."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.build.engines.docker.placing import effective_text
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.request import BuildRequest
from explorer.errors import NotFound
from explorer.oci import Platform

NAME = "Dockerfile"


@dataclass(frozen=True, slots=True)
class Prepared:
    """``dockerfile`` is the folder with the Dockerfile, ``context`` the build context."""

    dockerfile: Path
    context: Path


def prepare(request: BuildRequest, setting: Setting, folder: Path) -> Prepared:
    """Write the text that is to be built, with its ignore file beside it, into a folder."""
    own = folder / "dockerfile"
    own.mkdir()
    text = effective_text(request, setting.program)
    (own / NAME).write_bytes(text.encode("utf-8", "surrogateescape"))
    context = setting.context
    if context is None:
        empty = folder / "context"
        empty.mkdir()
        return Prepared(own, empty)
    if context.ignore.name not in ("", ".dockerignore"):
        source = request.dockerfile.parent / context.ignore.name
        try:
            (own / f"{NAME}.dockerignore").write_bytes(source.read_bytes())
        except OSError as error:
            raise NotFound(f"{source} cannot be read", why=error.strerror or "") from error
    return Prepared(own, context.folder)


def platform_of(request: BuildRequest) -> Platform | None:
    """The one platform that is asked for."""
    return request.platforms[0] if request.platforms else None
