"""JSON laid out and coloured, in a thread. No Qt here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from explorer.progress import Job
from explorer.ui.inspect.highlight import Highlighted, highlight

MOST: Final = 4 << 20
"""Bytes of a document that are laid out; a longer one is shown as it is, and cut."""
_LONGEST_LINE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Pretty:
    """A document as text with its colours; ``note`` says what is missing or wrong."""

    text: str
    spans: Highlighted
    note: str = ""


def lay_out(data: bytes, job: Job | None = None) -> Pretty:
    """Lay a JSON document out; what is no JSON is shown as it is."""
    if not data:
        return Pretty("", Highlighted("", ()), "This source has no such document.")
    note = ""
    shown = data[:MOST].decode("utf-8", "replace")
    if len(data) > MOST:
        note = f"Only the first {MOST >> 20} MiB are shown, as they are stored."
    else:
        try:
            shown = json.dumps(json.loads(data), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            note = "This is no valid JSON; it is shown as it is stored."
    lines = (line[:_LONGEST_LINE] for line in shown.split("\n"))
    shown = "\n".join("".join(map(_visible, line)) for line in lines)
    return Pretty(shown, highlight(shown, "json", job), note)


def _visible(char: str) -> str:
    return char if char.isprintable() or char == "\t" else "�"
