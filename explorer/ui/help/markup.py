"""What our Markdown has beyond the usual, made into what Qt's reader knows.

``<kbd>Esc</kbd>`` is a key. A link such as ``[Go to path](action:explore.go-to-path)`` runs that
command, and its keys are written behind it as they are now: help never lists keys by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

KEY: Final = "\ue000"
"""Marks a code span as a key: a character for private use, which no help text has."""

_KBD: Final = re.compile(r"<kbd>(.+?)</kbd>")
_ACTION: Final = re.compile(r"\[[^\]]+\]\(action:([\w.-]+)\)")


def prepare(markdown: str, keys_of: Callable[[str], str]) -> str:
    """Return ``markdown`` for Qt; ``keys_of`` gives the keys of an action, "" where it has none."""

    def with_keys(link: re.Match[str]) -> str:
        keys = keys_of(link[1])
        return f"{link[0]} {_key(keys)}" if keys else link[0]

    return _ACTION.sub(with_keys, _KBD.sub(lambda found: _key(found[1]), markdown))


def actions_in(markdown: str) -> list[tuple[str, str]]:
    """Return the text and the action of every link that runs one."""
    return re.findall(r"\[([^\]]+)\]\(action:([\w.-]+)\)", markdown)


def _key(keys: str) -> str:
    return f"`{KEY}{keys}`"
