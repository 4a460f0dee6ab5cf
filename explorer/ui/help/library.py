"""The topics of the help, as files: ``resources/help/<id>.md``, listed in ``index.md``.

The list of the index is the table of contents: a heading of the second rank begins a group, and an
item such as ``- [Layers](layers.md): what they are`` names a topic. Text is read when it is asked
for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.ui.resources import resource

INDEX: Final = "index"
"""The topic that lists all others."""

_GROUP: Final = re.compile(r"## (?P<title>.+)")
_ITEM: Final = re.compile(r"[-*] \[(?P<title>[^\]]+)\]\((?P<id>[\w-]+)\.md\)(?:: *(?P<about>.+))?")
_HEADING: Final = re.compile(r"(?m)^#{1,6} +(.+?) *$")
_FENCE: Final = re.compile(r"(?ms)^```.*?^```$")
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Topic:
    """One page of help; ``about`` says in a few words what it explains."""

    id: str
    title: str
    group: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A topic, and perhaps a heading in it: ``layers`` or ``layers#whiteouts``."""

    topic: str
    anchor: str = ""

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read a place, as links (``layers.md#whiteouts``) or code (``layers``) write it."""
        topic, _, anchor = text.partition("#")
        return cls(topic.removesuffix(".md"), anchor)

    def __str__(self) -> str:
        return f"{self.topic}#{self.anchor}" if self.anchor else self.topic


class Library:
    """All topics of a folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or resource("help")
        self._texts: dict[str, str] = {}
        self.topics: Mapping[str, Topic] = {topic.id: topic for topic in self._read_index()}

    def __contains__(self, id: str) -> bool:
        return id in self.topics

    def text(self, id: str) -> str:
        """Return the Markdown of a topic. Raises ``KeyError`` where there is no such topic."""
        if id not in self.topics:
            raise KeyError(id)
        if id not in self._texts:
            self._texts[id] = self._read(id)
        return self._texts[id]

    def anchors(self, id: str) -> list[str]:
        """Return the anchors of a topic's headings, in their order."""
        return [anchor(heading) for heading in _HEADING.findall(_FENCE.sub("", self.text(id)))]

    def find_place(self, wanted: Place) -> Place:
        """Return ``wanted`` if it is there, or else the nearest place that is."""
        if wanted.topic not in self.topics:
            return Place(INDEX)
        if wanted.anchor and wanted.anchor not in self.anchors(wanted.topic):
            return Place(wanted.topic)
        return wanted

    def _read_index(self) -> list[Topic]:
        topics, group = [Topic(INDEX, "Contents")], ""
        for line in self._read(INDEX).splitlines():
            if heading := _GROUP.fullmatch(line):
                group = heading["title"]
            elif item := _ITEM.fullmatch(line):
                topics.append(Topic(item["id"], item["title"], group, item["about"] or ""))
        return topics

    def _read(self, id: str) -> str:
        try:
            return (self._folder / f"{id}.md").read_text("utf-8")
        except (OSError, UnicodeError):
            # A damaged installation still has a help page that says so.
            return f"# {id.title()}\n\nThis page is missing: the installation is not complete.\n"


def anchor(heading: str) -> str:
    """Return the anchor of a heading: ``Copy-up & whiteouts`` is at ``copy-up--whiteouts``."""
    plain = re.sub(r"[`*_]|\]\([^)]*\)", "", heading).lower()
    return _NOT_IN_ANCHORS.sub("", plain).strip().replace(" ", "-")
