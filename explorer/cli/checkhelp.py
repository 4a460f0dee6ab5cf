"""The help's reference of all rules, as Markdown.

``resources/help/checks.md`` is its introduction and what :func:`reference` gives; to make it anew
after a change of rules: ``python -m explorer.cli.checkhelp resources/help/checks.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from explorer.cli.checkrules import ShownRule, all_rules
from explorer.dockerfile.advice.model import Source

BEGINS: Final = "## BuildKit's rules\n"
"""Where the reference begins in the topic."""

_OURS: Final = "\n## Our rules\n"


def reference(rules: Iterable[ShownRule] = ()) -> str:
    """A heading for every rule, with why it matters and where to read more."""
    parts = [BEGINS]
    source = Source.BUILDKIT
    for rule in rules or all_rules():
        if rule.source is not source:
            source = rule.source
            parts.append(_OURS)
        parts.append(f"\n### {rule.name}\n\n{_sentence(rule.title)} {rule.explanation}")
        parts.append(f" [More]({rule.url})\n" if rule.url else "\n")
    return "".join(parts)


def renewed(topic: str) -> str:
    """The topic with its reference made anew."""
    introduction, _, _ = topic.partition(BEGINS)
    return introduction + reference()


def _sentence(title: str) -> str:
    """The title, with a stop."""
    return title if title.endswith(".") else f"**{title}.**"


if __name__ == "__main__":
    topic = Path(sys.argv[1])
    topic.write_text(renewed(topic.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
