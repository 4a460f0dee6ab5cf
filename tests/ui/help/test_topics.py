"""The help that ships: every link leads somewhere, and what it names exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from click import Context
from PySide6.QtWidgets import QApplication

from explorer.analysis.query import TERMS, check_query
from explorer.analysis.section import CellKind
from explorer.ui.actions import Actions
from explorer.ui.help.commands import TOPICS
from explorer.ui.help.library import INDEX, Library, Place
from explorer.ui.help.markup import actions_in
from explorer.ui.help.pictures import picture
from explorer.ui.help.signs import SIGNS
from explorer.ui.resources import resource
from explorer.ui.session import make_window
from explorer.ui.settings import Settings

LIBRARY = Library()
TEXTS = [pytest.param(LIBRARY.text(id), id=id) for id in LIBRARY.topics]


@pytest.fixture
def actions(qapp: QApplication, tmp_path: Path) -> Iterator[Actions]:
    yield make_window(Settings.at(tmp_path / "s.ini")).actions_


def links(markdown: str) -> list[str]:
    return re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", markdown)


def table(markdown: str, heading: str) -> list[str]:
    """The first column of the first table below a heading, without code marks."""
    below = markdown.split(f"# {heading}\n", 1)[1]
    rows = re.findall(r"(?m)^\| (.+?) \|", below.split("\n#", 1)[0])
    return [row.strip("`") for row in rows if not row.startswith("---")][1:]


def test_the_index_lists_every_file() -> None:
    files = {path.stem for path in resource("help").glob("*.md")}
    assert files == set(LIBRARY.topics)


def test_every_topic_says_in_the_index_what_it_explains() -> None:
    for topic in LIBRARY.topics.values():
        assert topic.id == INDEX or (topic.group and topic.about), topic.id


def test_the_index_calls_topics_as_they_call_themselves() -> None:
    for topic in LIBRARY.topics.values():
        if topic.id != INDEX:
            assert LIBRARY.text(topic.id).startswith(f"# {topic.title}\n"), topic.id


@pytest.mark.parametrize("text", TEXTS)
def test_every_internal_link_leads_somewhere(text: str) -> None:
    for link in links(text):
        if ":" not in link:
            place = Place.parse(link)
            assert LIBRARY.find_place(place) == place, link


@pytest.mark.parametrize("text", TEXTS)
def test_links_out_are_encrypted(text: str) -> None:
    for link in links(text):
        assert ":" not in link or link.startswith(("https://", "action:")), link


@pytest.mark.parametrize("text", TEXTS)
def test_every_command_exists_under_the_name_it_is_given(actions: Actions, text: str) -> None:
    for words, id in actions_in(text):
        assert words == actions.spec(id).title.rstrip("…"), id


@pytest.mark.parametrize("text", TEXTS)
def test_no_keys_are_listed_by_hand(text: str) -> None:
    assert not re.search(r"\b(Ctrl|Alt|Shift)\+", text)


@pytest.mark.parametrize("text", TEXTS)
def test_every_picture_can_be_drawn_and_has_a_name(qapp: QApplication, text: str) -> None:
    for words, scheme, name in re.findall(r"!\[([^\]]*)\]\((\w+):([\w-]+)\)", text):
        assert words
        assert picture(scheme, name, 2.0) is not None, name


@pytest.mark.parametrize("text", TEXTS)
def test_no_topic_says_the_first_word_only(text: str) -> None:
    assert len(text.split()) > 80


def test_actions_that_lead_to_topics_lead_to_topics(actions: Actions) -> None:
    for id, topic in TOPICS.items():
        assert actions.spec(id).menu == "Help"
        assert topic in LIBRARY


def test_every_sign_of_the_cross_section_is_explained() -> None:
    shown = re.findall(r"\(sign:(\w+)\)", LIBRARY.text("cross-section"))
    assert shown == list(SIGNS)
    assert {SIGNS[name].kind for name in shown} == set(CellKind) - {CellKind.ABSENT}


def test_every_key_of_the_filter_language_is_explained() -> None:
    explained = table(LIBRARY.text("filter-language"), "Keys")
    assert explained == [term.key for term in TERMS if term.key]


def test_the_examples_of_the_filter_language_are_queries() -> None:
    text = LIBRARY.text("filter-language")
    examples = table(text, "The filter language")
    for row in re.findall(r"(?m)^\| `\w+` \| (.+?) \|", text):
        examples += re.findall(r"`([^`]+)`", row)
    assert len(examples) > 20
    for example in examples:
        assert check_query(example) is None, example


def test_every_verb_of_the_command_line_is_explained() -> None:
    commands = import_module("explorer.cli.app").layerscope
    verbs = commands.list_commands(Context(commands))
    assert set(table(LIBRARY.text("command-line"), "Verbs")) == set(verbs)


def test_every_exit_code_is_explained() -> None:
    assert table(LIBRARY.text("command-line"), "Exit codes") == [*"0123456", "130"]
