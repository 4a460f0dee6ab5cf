"""Any text: advice comes with places inside it, and safe fixes never add an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.dockerfile.advice.gather import diagnose
from explorer.dockerfile.advice.repair import repair
from explorer.dockerfile.checks.check import check
from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import decode
from explorer.dockerfile.services.edits import apply
from tests.dockerfile.advice.advising import context
from tests.dockerfile.conformance import dockerfiles, needs_conformance

FACTS = context(".git/x", "package.json", "a", ".env")
COMMANDS = (
    *("apt-get update", "apt-get install -y gcc", "npm ci", "pip install -r a", "pip install -r"),
    *("rm -rf /app", "rm a/*", "chown -R a /app", "chmod +x /app/a", "cd /app", "cd", "export A=b"),
    *(
        "curl -o",
        "curl -O x://y",
        "wget",
        "curl x | sh",
        "apk add",
        "apk del a",
        "go build",
        "yarn",
    ),
    *("python -m", "python -m pip", "sudo", "git clone", "a <<E", "$(", '"', "(", "env", "bundle"),
)
LINES = (
    *("FROM a AS b", "FROM b", "FROM", "COPY . .", "COPY --from=b / /", "COPY a", "ADD a b", "ADD"),
    *(
        "COPY .env /app/",
        "USER root",
        "USER",
        "CMD a b",
        'CMD ["a"]',
        "ENV a b",
        "ENV A=http://a:b@c",
    ),
    *("WORKDIR app", "ARG A", "MAINTAINER me", "EXPOSE 80/TCP", "ONBUILD RUN npm ci", "SHELL []"),
    *('SHELL ["bash"]', "# check=skip=all", "# hadolint ignore=DL3019", "E", "ADD https://a/b c"),
)
SCRIPTS = st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from((" && ", "; ", " | ", " \\\n  && ", "\n")).map(
        lambda glue: glue.join(parts)
    )
)
RUNS = st.tuples(st.sampled_from(("RUN ", "run ", "RUN <<E\n", "RUN --mount=a ")), SCRIPTS).map(
    "".join
)
FILES = st.lists(st.one_of(RUNS, st.sampled_from(LINES), st.text(max_size=12)), max_size=10)


@settings(max_examples=150, deadline=None)
@given(FILES)
def test_places_and_edits_lie_in_the_text(lines: list[str]) -> None:
    text = "FROM debian:12\n" + "\n".join(lines)
    for one in diagnose(check(Document.parse(text)), FACTS):
        assert 0 <= one.span.start <= one.span.end <= len(text)
        assert one.message
        for fix in one.fixes:
            apply(text, fix.edits)  # refuses edits that overlap or lie outside


@settings(max_examples=150, deadline=None)
@given(FILES)
def test_safe_fixes_add_no_error_and_no_instruction_vanishes_by_accident(lines: list[str]) -> None:
    text = "FROM debian:12\n" + "\n".join(lines)
    before = check(Document.parse(text))
    new, made = repair(text, lambda checked: diagnose(checked, FACTS))
    after = check(Document.parse(new))
    assert len(after.errors) <= len(before.errors)
    assert (new == text) == (made == 0)
    assert len(after.program.stages) == len(before.program.stages)


@needs_conformance
@pytest.mark.parametrize("path", dockerfiles(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_real_files_are_mended_without_new_errors(path: Path) -> None:
    text = decode(path.read_bytes())
    before = check(Document.parse(text))
    new, _ = repair(text, diagnose)
    after = check(Document.parse(new))
    assert [error.message for error in after.errors] == [error.message for error in before.errors]
    assert len(after.program.stages) == len(before.program.stages)
    assert repair(new, diagnose) == (new, 0)
