"""Everything there is to tell as one list, each cause once; and making the fixes."""

from __future__ import annotations

import pytest

from explorer.dockerfile.advice.gather import covering, diagnose, merged
from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.dockerfile.advice.repair import repair
from explorer.dockerfile.advice.rules import ADVICE_RULES
from explorer.dockerfile.checks.rules import RULES
from explorer.dockerfile.source import Span
from tests.dockerfile.advice.advising import BASE, told
from tests.dockerfile.reading import checked


def one(rule: str, source: Source, line: int = 2, level: Level = Level.WARNING) -> Diagnostic:
    return Diagnostic(rule, level, f"{rule}!", Span(line * 10, line * 10 + 1), line, source)


def test_our_rules_have_names_of_their_own_and_say_all_there_is_to_say() -> None:
    names = [rule.name for rule in ADVICE_RULES]
    assert len({*names, *(rule.name for rule in RULES)}) == len(names) + len(RULES)
    for rule in ADVICE_RULES:
        assert rule.name.isalpha()
        assert rule.explanation.endswith(".")
        assert rule.url.startswith("https://docs.docker.com/")


def test_all_sources_are_sorted_by_place() -> None:
    text = f"{BASE}ADD a.txt /\nMAINTAINER me\nCOPY a\n"
    assert told(text) == [
        ("AddInsteadOfCopy", "ADD"),
        ("MaintainerDeprecated", "MAINTAINER"),
        ("", "a"),
    ]


def test_errors_of_the_language_are_errors_and_rules_are_warnings() -> None:
    found = diagnose(checked(f"{BASE}MAINTAINER me\nCOPY a\n"))
    levels = {(one.rule, one.severity) for one in found if one.source is Source.BUILDKIT}
    assert levels == {("MaintainerDeprecated", Level.WARNING), ("", Level.ERROR)}


def test_advice_can_be_left_out() -> None:
    assert diagnose(checked(f"{BASE}RUN apk add a\n"), advice=False) == ()


@pytest.mark.parametrize(
    ("code", "rule", "source"),
    [
        ("DL3006", "BaseNotPinned", Source.LAYERSCOPE),
        ("DL3009", "PackageCacheKept", Source.LAYERSCOPE),
        ("DL3009", "UpdateWithoutInstall", Source.LAYERSCOPE),
        ("DL3025", "JSONArgsRecommended", Source.BUILDKIT),
        ("DL4000", "MaintainerDeprecated", Source.BUILDKIT),
        ("DL4006", "PipeHidesFailure", Source.LAYERSCOPE),
    ],
)
def test_what_a_linter_says_again_is_left_out(code: str, rule: str, source: Source) -> None:
    ours, theirs = one(rule, source), one(code, Source.HADOLINT)
    assert rule in covering(code)
    assert merged([ours], [theirs]) == (ours,)
    elsewhere = one(code, Source.HADOLINT, line=3)
    assert merged([ours], [elsewhere]) == (ours, elsewhere)


def test_what_only_a_linter_says_is_kept() -> None:
    ours = one("BaseNotPinned", Source.LAYERSCOPE)
    theirs = one("DL3008", Source.HADOLINT)
    assert merged([ours], [theirs]) == (ours, theirs)
    assert covering("DL3008") == frozenset()


def test_after_an_error_of_the_language_a_linter_s_own_is_left_out() -> None:
    error = one("", Source.BUILDKIT, level=Level.ERROR)
    assert merged([error], [one("DL1000", Source.HADOLINT, line=1)]) == (error,)


def test_the_same_twice_is_told_once() -> None:
    ours = one("BaseNotPinned", Source.LAYERSCOPE)
    assert merged([ours], [ours]) == (ours,)


def test_repairs_go_on_until_nothing_is_left_to_mend() -> None:
    text = "FROM debian:12 as Up\nadd a.txt /\nRUN apt-get update\nRUN apt-get install -y a\n"
    new, made = repair(text, diagnose)
    assert new == (
        "FROM debian:12 AS up\nCOPY a.txt /\n"
        "RUN apt-get update \\\n    && apt-get install -y a \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n"
    )
    assert made == 6
    assert repair(new, diagnose) == (new, 0)


def test_repairs_leave_alone_what_is_only_suggested() -> None:
    text = f"{BASE}RUN cd /app\nRUN curl x | sh\n"
    assert repair(text, diagnose) == (text, 0)
