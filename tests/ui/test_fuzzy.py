"""Finding commands by a few letters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.ui import fuzzy


def best(query: str, *texts: str) -> str:
    return fuzzy.rank(query, texts, str)[0][0]


def test_letters_must_come_in_order() -> None:
    assert fuzzy.match("oa", "Open archive") is not None
    assert fuzzy.match("ao", "Open") is None


def test_starts_of_words_win() -> None:
    assert best("of", "Profile", "Open folder") == "Open folder"


def test_runs_win_over_scattered_letters() -> None:
    assert best("dark", "Discard marks", "Dark colours") == "Dark colours"


def test_case_and_blanks_do_not_matter() -> None:
    assert fuzzy.match("OPEN ARCH", "open archive") is not None


def test_a_leap_to_a_word_does_not_lose_later_letters() -> None:
    assert fuzzy.match("abe", "xab be ab") is not None
    assert fuzzy.match("nad", "nab adb a") is not None


def test_no_letters_match_everything_in_order() -> None:
    assert [text for text, _ in fuzzy.rank("", ["b", "a"], str)] == ["b", "a"]


@given(st.text(max_size=8), st.text(max_size=30))
def test_matched_positions_spell_the_query(query: str, text: str) -> None:
    found = fuzzy.match(query, text)
    if found is not None:
        spelled = "".join(text[at].casefold() for at in found.positions)
        assert spelled == query.casefold().replace(" ", "")


@given(st.text(alphabet="abcd ", max_size=12), st.data())
def test_every_subsequence_is_found(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(0, max(0, len(text) - 1)), max_size=4)))
    query = "".join(text[at] for at in places if at < len(text))
    assert fuzzy.match(query, text) is not None
