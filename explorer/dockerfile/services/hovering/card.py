"""An explanation, and small Markdown to write it with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.source import Span

_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Hover:
    """An explanation of the text from ``start`` up to ``end``.

    ``body`` is small Markdown: paragraphs, lists with ``-``, `` `code` ``, ``**strong**`` and
    fenced blocks. ``url`` is the page with more about it, ``""`` where there is none.
    """

    start: int
    end: int
    title: str
    body: str
    url: str = ""


def card(span: Span, title: str, *paragraphs: str, url: str = "") -> Hover:
    """An explanation of paragraphs, empty ones left out."""
    return Hover(span.start, span.end, shorten(title), "\n\n".join(filter(None, paragraphs)), url)


def code(text: str) -> str:
    """A text as code inside a line, however many backticks it has."""
    text = shorten(" ".join(text.split()))
    fence = "`"
    while fence in text:
        fence += "`"
    edge = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{edge}{text}{edge}{fence}"


def block(text: str) -> str:
    """A text as a fenced block."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"


def bullets(items: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {item}" for item in items)


def size_text(size: int) -> str:
    """A number of bytes with three figures."""
    value = float(size)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            return f"{size} {unit}" if unit == "bytes" else f"{value:.3g} {unit}"
        value /= 1000
    return str(size)
