"""Files and folders of the build context, of stages and of images."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from explorer.dockerfile.expansion import Expander, ExpansionError
from explorer.dockerfile.services.completing.items import (
    Completion,
    CompletionKind,
    Completions,
    Token,
)
from explorer.dockerfile.services.completing.request import Request
from explorer.dockerfile.stages.settings import joined

Listing: TypeAlias = Callable[[str], Iterable[str]]

_SPECIAL: Final = frozenset("$\"'\\`,")
_BLANK: Final = frozenset(" \t\n\r")


def complete_context(request: Request, at: int, ends: str = "") -> Completions:
    """Paths in the build context; what the ignore file hides is not among them."""
    return _complete(request, at, request.outside.context_paths, "", ends)


def complete_from(request: Request, at: int, source: str, ends: str = "") -> Completions:
    """Paths in what ``--from`` names, or in the build context where it names nothing."""
    if not source:
        return complete_context(request, at, ends)
    program, outside = request.program, request.outside
    stage = program.stage_named(source)
    if source.isdecimal() and len(source) < 6 and int(source) < len(program.stages):
        stage = program.stages[int(source)]
    if stage is None:
        return _complete(request, at, lambda prefix: outside.image_paths(source, prefix), "/", ends)
    index = stage.index
    return _complete(request, at, lambda prefix: outside.stage_paths(index, prefix), "/", ends)


def complete_here(
    request: Request, at: int, ends: str = "", *, folders: bool = True
) -> Completions:
    """Paths in the stage of the caret, from its working directory on."""
    stage = request.stage
    if stage is None:
        return request.token(at).answer(())
    root = request.place.settings.workdir or "/"
    index, outside = stage.index, request.outside

    def listing(prefix: str) -> Iterable[str]:
        found = outside.stage_paths(index, prefix)
        return (path for path in found if path.endswith("/")) if folders else found

    return _complete(request, at, listing, root, ends)


def _complete(request: Request, at: int, listing: Listing, root: str, ends: str) -> Completions:
    """The entries of the folder that is typed; ``root`` is ``""`` for the build context."""
    typed = request.text[at:]
    folder, slash, _ = typed.rpartition("/")
    start = at + len(folder) + len(slash)
    token = request.token(start, ends=f"{ends}/\"'")
    prefix = _prefix(request, folder + slash, root)
    if prefix is None:
        return token.answer(())
    return token.answer(_entries(request, token, listing(prefix), prefix))


def _prefix(request: Request, folder: str, root: str) -> str | None:
    """The folder as a listing wants it, with a slash at its end; ``None`` where it is outside."""
    try:
        folder = Expander(request.escape).expand(folder, request.place.variables()).text
    except ExpansionError:
        return None
    if not root:
        path = posixpath.normpath(folder.lstrip("/") or ".")
        if path == ".." or path.startswith("../"):
            return None
        return "" if path == "." else f"{path}/"
    path = posixpath.normpath(joined(root, folder or ".", "linux"))
    return "/" if path.strip("/") == "" else f"/{path.strip('/')}/"


def _entries(
    request: Request, token: Token, paths: Iterable[str], prefix: str
) -> Iterator[Completion]:
    followed = request.follows("/", token.end)
    hidden = not token.typed.startswith(".")
    names = (path.removeprefix(prefix) for path in paths if path != prefix)
    # Folders first, and names that begin with a dot last.
    order = sorted(set(names), key=lambda name: (*_rank(name, hidden), name.casefold(), name))
    for name in order:
        if not name or _BLANK & set(name):
            continue  # only the JSON form could hold it
        insert = "".join(request.escape + c if c in _SPECIAL else c for c in name)
        is_folder = name.endswith("/")
        if is_folder and followed:
            insert = insert.removesuffix("/")
        kind = CompletionKind.FOLDER if is_folder else CompletionKind.FILE
        yield Completion(name, insert, kind)


def _rank(name: str, hidden: bool) -> tuple[bool, bool]:
    return hidden and name.startswith("."), not name.endswith("/")
