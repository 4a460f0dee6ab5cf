"""The means of testing and measuring the language do what they say."""

from __future__ import annotations

import pytest

from explorer.dockerfile.checks.check import check
from explorer.dockerfile.document import Document
from tests.benchmarks.probes import dockerfile as probe
from tests.dockerfile import variants
from tests.dockerfile.generated import text


def test_the_command_counts_the_texts_that_a_property_held_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert variants.main(["30", "--first", "7"]) == 0
    said = capsys.readouterr()
    assert said.out.count("30 of 30 texts") == 2
    assert "printed: 30" in said.err


def test_the_command_names_a_text_for_which_it_did_not_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(found: str) -> None:
        assert found != text(3), "no such luck"

    monkeypatch.setitem(variants.PROPERTIES, "printed", refuse)
    assert variants.main(["5", "--only", "printed"]) == 1
    said = capsys.readouterr().out
    assert "4 of 5 texts" in said
    assert "printed: text 3: AssertionError: no such luck" in said


def test_what_is_measured_is_a_file_without_a_mistake() -> None:
    made = probe.dockerfile(600, seed=1)
    assert made.count("\n") == 600
    checked = check(Document.parse(made))
    assert (checked.errors, checked.warnings) == ((), ())
    assert made != probe.dockerfile(600, seed=2)


def test_every_question_is_measured() -> None:
    times = probe.answers(120, runs=2)
    assert set(times) >= {"first", "again", "parsed again", "completion", "hover", "references"}
    assert all(len(runs) == 2 and min(runs) > 0 for runs in times.values())
