"""Text in colours: which language, which spans, and what is not worth the time."""

from __future__ import annotations

import pytest

from explorer.errors import Cancelled
from explorer.progress import Job
from explorer.ui.inspect.highlight import BOUND, Ink, highlight, language_of


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("run", "#!/bin/sh\n", "bash"),
        ("run", "#!/usr/bin/env python3\n", "python"),
        ("config.yaml", "", "yaml"),
        ("Dockerfile", "", "docker"),
        ("app.conf", "[main]\nkey = 1\n", "ini"),
        ("app.conf", "http {\n  gzip on;\n  log off;\n}\n", "nginx"),
        ("notes.txt", "plain", ""),
        ("page", "<?xml version='1.0'?>", "xml"),
    ],
)
def test_the_language_is_told_by_name_or_first_line(name: str, text: str, language: str) -> None:
    assert language_of(name, text) == language


def test_each_line_has_its_own_spans() -> None:
    found = highlight('{"a": 1,\n "b": "x"}', "json")
    assert found.language == "JSON"
    assert (6, 1, Ink.NUMBER) in found.lines[0]
    assert (6, 3, Ink.STRING) in found.lines[1]


def test_columns_count_as_qt_counts_them() -> None:
    found = highlight('"😀", 1', "json")
    assert found.lines[0] == ((0, 4, Ink.STRING), (6, 1, Ink.NUMBER))


def test_text_without_a_language_or_with_endless_lines_stays_plain() -> None:
    assert highlight("plain", "").lines == ()
    assert highlight("x" * 5000, "json").lines == ()


def test_only_the_beginning_of_a_long_text_is_lexed() -> None:
    found = highlight("# note\n" * (BOUND // 3), "bash")
    assert len(found.lines) <= BOUND // 7 + 2


def test_lexing_can_be_cancelled() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        highlight("a = 1\n", "python", job)
