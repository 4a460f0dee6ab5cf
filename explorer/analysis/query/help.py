"""The words of the language, explained: for help pages, and for completion in a filter bar."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.analysis.query.keys import ASPECTS, MODES
from explorer.filesystem.entry import Change, EntryType


@dataclass(frozen=True, slots=True)
class TermHelp:
    """One kind of term, for help and completion; ``choices`` are its values, if they are few."""

    key: str
    example: str
    meaning: str
    choices: tuple[str, ...] = ()


TERMS: tuple[TermHelp, ...] = (
    TermHelp("", "*.so", "the name: a pattern, or a text it contains; with / the path"),
    TermHelp("", '"text"', "the content of files contains a text"),
    TermHelp(
        "name", "name:passwd", "the name contains a text, or matches a pattern; = for all of it"
    ),
    TermHelp("path", "path:/etc/**/*.conf", "the path; / at its start is the root, ** any depth"),
    TermHelp("ext", "ext:so,a", "the name ends in .so or .a"),
    TermHelp("type", "type:symlink", "the type", tuple(kind.word for kind in EntryType)),
    TermHelp("size", "size>1M", "regular files by size; k M G are thousands, Ki Mi Gi of 1024"),
    TermHelp(
        "change", "change:removed", "what a layer did", tuple(change.word for change in Change)
    ),
    TermHelp("what", "what:mode", "what a change touched", tuple(ASPECTS)),
    TermHelp("layer", "layer:2..5", "the layer, from 0"),
    TermHelp(
        "mode", "mode:setuid", "permission bits; 0755 exactly, /0111 any, -0111 all", tuple(MODES)
    ),
    TermHelp("owner", "owner:root", "the owner, by number or by the image's own names"),
    TermHelp("group", "group:www-data", "the group, likewise"),
    TermHelp("uid", "uid>=1000", "the owner's number"),
    TermHelp("gid", "gid:0", "the group's number"),
    TermHelp("mtime", "mtime>2024-01-01", "when the content was last modified, in UTC"),
    TermHelp("xattr", "xattr:user.*", "the name of an extended attribute"),
    TermHelp("capability", "capability:net_raw", "file capabilities; alone, any of them"),
    TermHelp("link", "link:busybox", "where a link leads"),
    TermHelp("content", "content:listen", "the content of files contains a text"),
)
