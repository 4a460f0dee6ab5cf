"""What the inspector looks at: a path, all its versions, and the one that is shown. No Qt here."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from explorer.analysis.accounts import Accounts, read_accounts
from explorer.analysis.content import FileContent
from explorer.analysis.opened import OpenImage
from explorer.analysis.timeline import Version, timeline
from explorer.errors import ExplorerError
from explorer.filesystem.entry import Change, Entry, EntryType
from explorer.filesystem.names import display
from explorer.filesystem.stack import NOTHING


@dataclass(frozen=True, slots=True)
class Subject:
    """A path of an image.

    ``versions`` are what each layer did to it, lowest first. ``provider`` and ``entry`` are the
    version shown (:data:`NOTHING` and None for a path that only a whiteout names), ``layer`` the
    layer that brought it. ``note`` says in a sentence why this version is shown, where that is not
    obvious. ``links`` are all names of the same inode as of its layer; ``owner`` are user and group
    by the names that the image itself has for them, or their numbers.
    """

    image: OpenImage
    node: int
    path: bytes
    upto: int
    versions: tuple[Version, ...]
    provider: int
    entry: Entry | None
    layer: int
    note: str
    links: tuple[bytes, ...]
    owner: str = ""

    @property
    def name(self) -> str:
        """The last part of the path, as shown."""
        return display(self.path.rpartition(b"/")[2]) or "/"

    @property
    def shown_path(self) -> str:
        """The path, as shown."""
        return display(self.path)

    @property
    def version(self) -> Version | None:
        """The version shown, as the timeline has it."""
        return next((v for v in self.versions if v.provider == self.provider), None)

    @property
    def is_file(self) -> bool:
        """Whether there is content to look at."""
        return self.entry is not None and self.entry.type is EntryType.FILE

    def content(self) -> FileContent:
        """The content of the version shown; reading it may take a while: call it in a thread.

        Raises :class:`explorer.errors.NotFound` for anything but a file.
        """
        return self.image.content(self.provider)

    def command(self) -> str:
        """The command that gives the same on a terminal."""
        verb = "cat" if self.is_file else "ls" if self._is_dir else "timeline"
        words = ["layerscope", verb, self.image.image.reference, self.shown_path]
        if verb == "cat" and self.layer >= 0:
            words += ["--layer", str(self.layer)]
        if verb == "ls" and self.upto < self.image.top:
            words += ["--upto", str(self.upto)]
        return shlex.join(words)

    @property
    def _is_dir(self) -> bool:
        return self.entry is not None and self.entry.is_dir


def look_at(image: OpenImage, node: int, upto: int, version: int | None) -> Subject:
    """Look at a path as of layer ``upto``, or at what layer ``version`` did to it.

    Content may be compared on the way: call it in a thread.
    """
    versions = timeline(image, node)
    shown, note = _choose(image, versions, node, upto, version)
    path = image.stack.trie.path(node)
    if shown is None:
        root = int(image.state(max(upto, -1)).visible[0]) if node == 0 else NOTHING
        entry = image.stack.entry(node, root) if root != NOTHING else None
        return Subject(image, node, path, upto, versions, root, entry, -1, note, ())
    provider = shown.provider if shown.provider != NOTHING else shown.previous
    layer = image.stack.provider_layer(provider)
    links = image.state(layer).links(node)
    entry = image.stack.entry(node, provider)
    owner = _owner(read_accounts(image, image.state(layer)), entry)
    return Subject(image, node, path, upto, versions, provider, entry, layer, note, links, owner)


def _owner(accounts: Accounts, entry: Entry) -> str:
    names = (accounts.user(entry.uid), accounts.group(entry.gid))
    return ":".join(display(name.encode("utf-8", "surrogateescape")) for name in names)


def _choose(
    image: OpenImage, versions: tuple[Version, ...], node: int, upto: int, version: int | None
) -> tuple[Version | None, str]:
    """The version to show and why it is that one."""
    if not versions:
        return None, "" if node == 0 else "No layer has it: there is only a whiteout for it."
    if version is not None:
        upto = version
    until = [v for v in versions if v.layer <= upto]
    if not until:
        first = versions[0]
        return first, f"Not there yet as of layer {upto}; layer {first.layer} brings it."
    last = until[-1]
    if last.change is not Change.REMOVED:
        return last, _fate(image, versions, last)
    layer = image.stack.provider_layer(last.previous)
    return last, f"Deleted in layer {last.layer}. Shown as layer {layer} left it."


def _fate(image: OpenImage, versions: tuple[Version, ...], shown: Version) -> str:
    later = [v for v in versions if v.layer > shown.layer]
    if not later:
        return ""
    following = later[0]
    if following.change is Change.REMOVED:
        return f"Layer {following.layer} deletes it; here it is as layer {shown.layer} left it."
    if later[-1].change is Change.REMOVED:
        return f"An older version; layer {later[-1].layer} deletes the path in the end."
    return f"An older version; layer {following.layer} stores another one over it."


def same_version(subject: Subject, other: Subject | None) -> bool:
    """Whether two subjects show the same content, so that a preview can stay."""
    return (
        other is not None
        and subject.image is other.image
        and subject.node == other.node
        and subject.provider == other.provider
    )


def content_of(image: OpenImage, version: Version) -> FileContent | None:
    """The content of a version, None where it has none: a deletion, a folder."""
    if version.change is Change.REMOVED or version.entry.type is not EntryType.FILE:
        return None
    try:
        return image.content(version.provider)
    except ExplorerError:
        return None
