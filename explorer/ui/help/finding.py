"""Searching the help: every word must be on the page; titles count most, then headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from explorer.ui.help.library import INDEX, Library, Place, Topic, anchor

_IMAGE: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LINE_MARKS: Final = re.compile(r"^\s*(?:```.*|[-*>]|[-|: ]+$|#+)", re.MULTILINE)
_MARKS: Final = re.compile(r"[*`]+|<[^>]+>")
_HEADING: Final = re.compile(r"#{1,6} +(.+)")
_AROUND: Final = 30  # characters of a snippet before the first match
_SNIPPET: Final = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A topic that has all the words; ``snippet`` is from where the first of them is."""

    topic: Topic
    place: Place
    snippet: str


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    text: str


def find(library: Library, query: str) -> list[Found]:
    """Return the topics that have every word of ``query``, best first; none for no word."""
    words = query.casefold().split()
    if not words:
        return []
    scored = []
    for topic in library.topics.values():
        if topic.id == INDEX:
            continue
        sections = _sections(library.text(topic.id))
        whole = " ".join(f"{section.heading} {section.text}" for section in sections).casefold()
        if all(word in whole for word in words):
            scored.append((_score(topic, sections, words), _found(topic, sections, words)))
    return [found for _points, found in sorted(scored, key=lambda pair: -pair[0])]


def _found(topic: Topic, sections: list[_Section], words: list[str]) -> Found:
    section = max(sections, key=lambda section: _weight(section, words))
    place = Place(topic.id, "" if section is sections[0] else anchor(section.heading))
    return Found(topic, place, _snippet(section.text, words))


def _score(topic: Topic, sections: list[_Section], words: list[str]) -> int:
    in_title = sum(word in topic.title.casefold() for word in words)
    in_about = sum(word in topic.about.casefold() for word in words)
    best = max(_weight(section, words) for section in sections)
    return 100 * in_title + 10 * in_about + best


def _weight(section: _Section, words: list[str]) -> int:
    heading, text = section.heading.casefold(), section.text.casefold()
    in_heading = sum(word in heading for word in words)
    in_text = sum(word in text for word in words)
    often = min(5, sum(text.count(word) for word in words))
    return 20 * in_heading + 10 * in_text + often


def _sections(markdown: str) -> list[_Section]:
    """Cut a text at its headings; the first section has the title."""
    parts: list[tuple[str, list[str]]] = []
    fenced = False
    for line in markdown.splitlines():
        fenced ^= line.startswith("```")
        heading = None if fenced else _HEADING.fullmatch(line.rstrip())
        if heading or not parts:
            parts.append((heading[1] if heading else "", []))
        if not heading:
            parts[-1][1].append(line)
    return [_Section(heading, _plain("\n".join(lines))) for heading, lines in parts or [("", [])]]


def _plain(markdown: str) -> str:
    """Return the words without the marks."""
    words = _LINK.sub(r"\1", _IMAGE.sub("", markdown))
    words = _MARKS.sub("", _LINE_MARKS.sub("", words))
    return " ".join(words.replace("|", " ").split())


def _snippet(text: str, words: list[str]) -> str:
    """Return some whole words around the first match."""
    folded = text.casefold()
    places = [place for word in words if (place := folded.find(word)) >= 0]
    start = max(0, min(places, default=0) - _AROUND)
    start = text.find(" ", start) + 1 if start else 0
    end = start + _SNIPPET
    if end < len(text):
        end = text.rfind(" ", start, end)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"
