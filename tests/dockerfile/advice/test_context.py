"""What COPY takes from the build context."""

from __future__ import annotations

import pytest

from explorer.dockerfile.advice.facts import ContextFacts, Facts
from explorer.dockerfile.advice.model import Level
from tests.dockerfile.advice.advising import BASE, advice, context, found

NEEDLESS, LARGE = "NeedlessContext", "LargeContext"


@pytest.mark.parametrize(
    "path", [".git/HEAD", "node_modules/a/b", ".venv/x", ".env", ".ssh/id_rsa"]
)
@pytest.mark.parametrize("source", [".", "./", "*", "/"])
def test_a_whole_context_with_what_no_image_needs_is_told(source: str, path: str) -> None:
    text = f"{BASE}COPY {source} /app\n"
    assert found(text, NEEDLESS, context("a", path)) == [source]
    (told,) = [one for one in advice(text, context("a", path)) if one.rule == NEEDLESS]
    assert path.partition("/")[0] in told.message
    assert ".dockerignore" in told.message
    assert told.severity is Level.WARNING


def test_deeper_folders_count_and_those_inside_are_not_told_again() -> None:
    facts = context("web/node_modules/a/node_modules/b", "a")
    (told,) = [one for one in advice(f"{BASE}COPY . /\n", facts) if one.rule == NEEDLESS]
    assert "web/node_modules (installed dependencies)" in told.message
    assert told.message.count("node_modules") == 1
    assert found(f"{BASE}COPY web /w\n", NEEDLESS, facts) == ["web"]


def test_caches_and_settings_of_editors_matter_less() -> None:
    text = f"{BASE}COPY . /\n"
    facts = context("a/__pycache__/x.pyc", ".idea/x")
    assert [one.severity for one in advice(text, facts) if one.rule == NEEDLESS] == [Level.INFO]


@pytest.mark.parametrize(
    "line",
    ["COPY src /app", "COPY package.json /app/", "COPY --from=x . /app", "COPY --exclude=.git . /",
     "RUN --mount=type=bind,target=/x true"],
)  # fmt: skip
def test_what_is_not_copied_is_not_told(line: str) -> None:
    assert found(f"{BASE}{line}\n", NEEDLESS, context(".git/HEAD", "src/a", "package.json")) == []


def test_without_a_context_nothing_is_told() -> None:
    assert found(f"{BASE}COPY . /\n", NEEDLESS) == []


def test_a_folder_is_told_once() -> None:
    text = f"{BASE}COPY . /a\nCOPY . /b\n"
    assert found(text, NEEDLESS, context(".git/HEAD")) == ["."]


def test_the_largest_part_of_a_large_copy_is_told() -> None:
    facts = context("data/x", "src/a", sizes={"data/x": 700_000_000, "src/a": 5})
    (told,) = [one for one in advice(f"{BASE}COPY . /\n", facts) if one.rule == LARGE]
    assert told.message == "data is 700 MB of the 700 MB that are copied: is it needed?"
    small = context("data/x", sizes={"data/x": 90_000_000})
    assert found(f"{BASE}COPY . /\n", LARGE, small) == []
    even = context("a", "b", "c", sizes=dict.fromkeys("abc", 200_000_000))
    assert found(f"{BASE}COPY . /\n", LARGE, even) == []


def test_facts_add_up_folders() -> None:
    entries = [("a", None), ("a/b", None), ("a/b/c", 3), ("a/d", 4), ("e", None)]
    facts = ContextFacts.of(entries)
    assert (facts.files, facts.bytes) == (2, 7)
    assert facts.weight("./a/") == facts.weight("/a") == facts.weight(".") == 7
    assert facts.weight("a/b") == 3
    assert facts.is_directory("e")
    assert facts.is_directory("")
    assert not facts.is_directory("a/d")
    assert facts.has("a/../a/d")
    assert not facts.has("x")
    assert Facts().context is None
