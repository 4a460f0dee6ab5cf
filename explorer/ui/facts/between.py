"""What differs between two platforms of one image, as far as it is known without fetching."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from explorer.analysis.compare import (
    ConfigDifference,
    LayerSharing,
    compare_configs,
    compare_images,
    compare_layers,
)
from explorer.analysis.opened import OpenImage, index_image, load_image
from explorer.filesystem.entry import Change
from explorer.filesystem.names import display
from explorer.oci import Platform
from explorer.oci.layout import one_line
from explorer.progress import Job
from explorer.ui import text
from explorer.ui.explore.connecting import connect
from explorer.ui.facts.facts import Group
from explorer.ui.inspect.facts import Fact

_MOST: Final = 60
_QUIET: Final = ("architecture", "created", "os", "variant")


@dataclass(frozen=True, slots=True)
class Between:
    """Two platforms: layers by number, settings, and paths with their change where files were
    compared. Bytes are those of layers as they are stored.
    """

    a: Platform
    b: Platform
    sharing: LayerSharing
    shared: int
    only_a: int
    only_b: int
    config: tuple[ConfigDifference, ...]
    counts: dict[Change, int] | None = None
    paths: tuple[tuple[Change, str], ...] = ()


def compare_platforms(
    image: OpenImage, location: str, platform: Platform, job: Job, *, files: bool
) -> Between:
    """Compare an opened image with the same for another platform.

    ``files`` compares filesystems, too, for which all layers of the other are read. Raises what
    opening raises.
    """
    other = load_image(location, platform, image.caches, job, connect=connect)
    opened = index_image(other, image.caches, job, fetch=None if files else ())
    try:
        return _between(image, opened, files=files)
    finally:
        opened.close(keep=False)


def _between(a: OpenImage, b: OpenImage, *, files: bool) -> Between:
    sharing = compare_layers(a, b)
    counts: dict[Change, int] | None = None
    paths: list[tuple[Change, str]] = []
    if files:
        changes = compare_images(a, b).changes.only(Change.ADDED, Change.MODIFIED, Change.REMOVED)
        counts = changes.counts()
        trie = changes.stack.trie
        kinds, nodes = changes.kinds[:_MOST].tolist(), changes.nodes[:_MOST].tolist()
        paths = [(Change(k), display(trie.path(n))) for k, n in zip(kinds, nodes, strict=True)]
    return Between(
        a=a.image.platform,
        b=b.image.platform,
        sharing=sharing,
        shared=_stored(a, tuple(number for number, _ in sharing.shared)),
        only_a=_stored(a, sharing.only_a),
        only_b=_stored(b, sharing.only_b),
        config=compare_configs(a, b),
        counts=counts,
        paths=tuple(paths),
    )


def _stored(image: OpenImage, layers: tuple[int, ...]) -> int:
    return sum(image.image.layers[number].stored for number in layers)


def groups_between(found: Between) -> tuple[Group, ...]:
    """It as labelled facts in groups."""
    a, b = str(found.a), str(found.b)
    sharing = found.sharing
    layers = (
        Fact("In both", _layers(len(sharing.shared), found.shared)),
        Fact(f"Only {a}", _layers(len(sharing.only_a), found.only_a)),
        Fact(f"Only {b}", _layers(len(sharing.only_b), found.only_b)),
    )
    groups = [Group("Layers", layers), _files(found), *_settings(found, a, b)]
    return tuple(groups)


def _layers(count: int, stored: int) -> str:
    return f"{text.plural(count, 'layer')}, {text.size(stored)}" if count else "none"


def _files(found: Between) -> Group:
    if found.counts is None:
        said = "Files are not compared: not all layers are on this machine"
        return Group("Files", (), (said,))
    words = ", ".join(
        f"{text.count(found.counts.get(change, 0))} {change.word}"
        for change in (Change.ADDED, Change.MODIFIED, Change.REMOVED)
    )
    shown = tuple(Fact(change.glyph, path, mono=True) for change, path in found.paths)
    total = sum(found.counts.get(c, 0) for c in (Change.ADDED, Change.MODIFIED, Change.REMOVED))
    more = (f"And {text.count(total - len(shown))} more",) if total > len(shown) else ()
    return Group("Files", (Fact("Paths", words), *shown), more)


def _settings(found: Between, a: str, b: str) -> Iterator[Group]:
    telling = [one for one in found.config if one.key not in _QUIET]
    if not telling:
        yield Group("Settings", (), ("They run the same way",))
        return
    facts = tuple(
        Fact(one_line(one.key, 100), f"{_value(one.a)}\n{_value(one.b)}", mono=True,
             help=f"above {a}, below {b}")
        for one in telling[:_MOST]
    )  # fmt: skip
    yield Group("Settings", facts, (f"Above {a}, below {b}",))


def _value(value: Any) -> str:
    if value is None:
        return "—"
    return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
