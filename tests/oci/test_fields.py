"""Fields of a wrong type count as absent, and a sentence says so."""

from __future__ import annotations

import pytest

from explorer.oci.fields import MAX_PROBLEMS, Fields

WRONG = {"text": 1, "flag": "yes", "number": "1", "list": {}, "object": [], "huge": 2**70}


def test_a_field_of_the_wrong_type_is_absent_and_noted_with_its_path() -> None:
    fields = Fields({"config": WRONG}).section("config")
    assert fields.text("text") == ""
    assert fields.boolean("flag") is False
    assert fields.integer("number") is None
    assert fields.items("list") is None
    assert fields.child("object") is None
    assert fields.integer("huge") is None
    assert fields.problems == [
        "config.text is a number, not a string; ignored",
        "config.flag is a string, not a boolean; ignored",
        "config.number is a string, not a whole number; ignored",
        "config.list is an object, not a list; ignored",
        "config.object is a list, not an object; ignored",
        "config.huge does not fit 64 bits; ignored",
    ]


def test_absent_and_null_fields_are_no_problem() -> None:
    fields = Fields({"a": None})
    assert (fields.text("a"), fields.integer("a"), fields.texts("b")) == ("", None, None)
    assert not fields.problems


def test_a_boolean_is_no_number_and_a_fraction_is_not_whole() -> None:
    fields = Fields({"a": True, "b": 1.5})
    assert fields.integer("a") is None
    assert fields.integer("b") is None
    assert len(fields.problems) == 2


def test_a_command_with_one_bad_word_is_absent_rather_than_another_command() -> None:
    fields = Fields({"Cmd": ["rm", 1, "/tmp"]})
    assert fields.texts("Cmd") is None
    assert fields.problems


def test_a_map_keeps_its_good_members() -> None:
    fields = Fields({"Labels": {"a": "b", "c": 1, "d": None}})
    assert fields.text_map("Labels") == {"a": "b", "d": ""}
    assert fields.problems == ["Labels.c is a number, not a string; ignored"]


@pytest.mark.parametrize("value", [{"80/tcp": {}}, ["80/tcp"]])
def test_a_set_is_written_as_a_map_or_as_a_list(value: object) -> None:
    assert Fields({"ExposedPorts": value}).names("ExposedPorts") == ("80/tcp",)


def test_the_number_of_problems_told_is_bounded() -> None:
    fields = Fields({"a": list(range(1000))})
    assert list(fields.objects("a")) == []
    assert len(fields.problems) == MAX_PROBLEMS + 1
    assert fields.problems[-1] == "further problems are not listed"
