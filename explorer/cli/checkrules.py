"""All rules that ``check`` knows, BuildKit's and ours."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.cli.screen import Screen, Styled
from explorer.dockerfile.advice.explanations import EXPLANATIONS
from explorer.dockerfile.advice.model import Level, Source
from explorer.dockerfile.advice.rules import ADVICE_RULES
from explorer.dockerfile.checks.rules import RULES

_WIDEST = 100
_TITLES = {Source.BUILDKIT: "BuildKit's checks", Source.LAYERSCOPE: "Layerscope's advice"}


@dataclass(frozen=True, slots=True)
class ShownRule:
    """One rule as it is listed."""

    name: str
    source: Source
    level: Level
    title: str
    explanation: str
    url: str


def all_rules() -> tuple[ShownRule, ...]:
    """BuildKit's rules and then ours, as they are ordered there."""
    theirs = (
        ShownRule(
            rule.name,
            Source.BUILDKIT,
            Level.WARNING,
            rule.description,
            EXPLANATIONS.get(rule.name, rule.description),
            rule.url,
        )
        for rule in RULES
    )
    ours = (
        ShownRule(rule.name, Source.LAYERSCOPE, rule.level, rule.title, rule.explanation, rule.url)
        for rule in ADVICE_RULES
    )
    return (*theirs, *ours)


def rules_page(screen: Screen, rules: Iterable[ShownRule]) -> None:
    """Each rule with its explanation, by who has it."""
    source = None
    width = min(screen.width or _WIDEST, _WIDEST)
    for rule in rules:
        if rule.source is not source:
            source = rule.source
            screen.heading(_TITLES[source])
        screen.line()
        screen.line(Styled(rule.name, "bold cyan"), f"  {rule.level.value}")
        for text in dict.fromkeys((rule.title + ".", rule.explanation)):
            for line in textwrap.wrap(text.replace("..", "."), width - 4, break_long_words=False):
                screen.line(f"    {line}")
        if rule.url:
            screen.line(Styled(f"    {rule.url}", "dim"))
