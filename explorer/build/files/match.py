"""Names that match a pattern with the semantics of Go's ``filepath.Match``.

The syntax of one component is that of an ignore file but for ``**``, which is ``*`` written twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from explorer.build.files.paths import decoded
from explorer.build.tree import Tree
from explorer.dockerfile.pathpattern import PathPattern
from explorer.dockerfile.pathterms import BadPatternError
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import join

_STARS: Final = re.compile(r"(\\.|\[\^?(?:\\.|[^\]\\])+\])|\*+", re.DOTALL)


def matches(tree: Tree, folder: bytes, pattern: tuple[str, ...]) -> Iterator[bytes]:
    """The paths below a folder that match, component by component, in the order of a walk.

    Symlinks are not followed.
    """
    yield from _below(tree, folder, [_matcher(part) for part in pattern])


def _below(tree: Tree, folder: bytes, matchers: list[Callable[[str], bool]]) -> Iterator[bytes]:
    first, *rest = matchers
    for name in tree.children(folder):
        if not first(decoded(name)):
            continue
        path = join(folder, name)
        if not rest:
            yield path
            continue
        entry = tree.entry(path)
        if entry is not None and entry.type is EntryType.DIR:
            yield from _below(tree, path, rest)


@lru_cache(maxsize=256)
def _matcher(part: str) -> Callable[[str], bool]:
    text = _STARS.sub(lambda found: found[1] or "*", part)
    try:
        return PathPattern.parse(text).matches
    except BadPatternError:
        return _never


def _never(_name: str) -> bool:
    return False
