"""Searching over the topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ui.help.finding import find
from explorer.ui.help.library import Library, Place, anchor


@pytest.fixture
def library(tmp_path: Path) -> Library:
    texts = {
        "index": "# Help\n\n## Ideas\n\n- [Layers](layers.md): a stack\n"
        "- [Waste](waste.md): bytes\n",
        "layers": "# Layers\n\nA stack of archives.\n\n## Whiteouts `.wh.`\n\nThey hide **files**, "
        "see [waste](waste.md).\n\n```sh\n# no heading\nls\n```\n",
        "waste": "# Waste\n\n| Found | Remedy |\n|---|---|\n| hidden files | delete early |\n",
    }
    for id, text in texts.items():
        (tmp_path / f"{id}.md").write_text(text)
    return Library(tmp_path)


def test_a_title_counts_more_than_a_mention(library: Library) -> None:
    assert [found.topic.id for found in find(library, "waste")] == ["waste", "layers"]


def test_every_word_must_be_there(library: Library) -> None:
    assert [found.topic.id for found in find(library, "FILES stack")] == ["layers"]
    assert find(library, "files zebra") == []


def test_no_word_finds_nothing(library: Library) -> None:
    assert find(library, "  ") == []


def test_what_is_found_leads_to_its_heading(library: Library) -> None:
    assert find(library, "hide")[0].place == Place("layers", "whiteouts-wh")
    assert find(library, "archives")[0].place == Place("layers")


def test_a_snippet_has_words_and_no_marks(library: Library) -> None:
    assert find(library, "hide")[0].snippet == "They hide files, see waste. no heading ls"
    assert find(library, "remedy")[0].snippet == "Found Remedy hidden files delete early"


def test_headings_have_anchors_but_comments_in_code_do_not(library: Library) -> None:
    assert library.anchors("layers") == ["layers", "whiteouts-wh"]


def test_a_place_that_is_not_there_is_replaced_by_the_nearest(library: Library) -> None:
    assert library.find_place(Place("layers", "nothing")) == Place("layers")
    assert library.find_place(Place("nothing")) == Place("index")
    assert library.find_place(Place("waste")) == Place("waste")


def test_a_topic_that_is_missing_says_so(library: Library, tmp_path: Path) -> None:
    (tmp_path / "waste.md").unlink()
    assert "missing" in library.text("waste")
    with pytest.raises(KeyError):
        library.text("nothing")


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Copy-up & `whiteouts`", "copy-up--whiteouts"),
        ("Why dive says something else", "why-dive-says-something-else"),
        ("See [this](x.md)", "see-this"),
    ],
)
def test_anchors_are_made_of_the_words(heading: str, expected: str) -> None:
    assert anchor(heading) == expected


@pytest.mark.parametrize("text", ["layers", "layers.md", "layers#a", "layers.md#a", "#a"])
def test_places_are_written_as_links_or_in_code(text: str) -> None:
    assert str(Place.parse(text)) == text.replace(".md", "")
