"""The help on checks: every rule, as it is now."""

from __future__ import annotations

from explorer.cli.checkhelp import reference, renewed
from explorer.cli.checkrules import all_rules
from tests.conftest import PROJECT

TOPIC = PROJECT / "resources" / "help" / "checks.md"


def test_the_topic_is_up_to_date() -> None:
    text = TOPIC.read_text(encoding="utf-8")
    assert renewed(text) == text


def test_every_rule_has_a_heading_of_its_name() -> None:
    headings = [line[4:] for line in reference().splitlines() if line.startswith("### ")]
    assert headings == [rule.name for rule in all_rules()]


def test_every_rule_says_why_it_matters() -> None:
    for rule in all_rules():
        assert len(rule.explanation.split()) > 10, rule.name
