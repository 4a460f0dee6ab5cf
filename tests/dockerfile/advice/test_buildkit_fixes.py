"""Quick fixes for BuildKit's own rules."""

from __future__ import annotations

import pytest

from explorer.dockerfile.advice.explanations import EXPLANATIONS
from explorer.dockerfile.checks.rules import RULES
from explorer.oci.config import ImageConfig
from explorer.oci.reference import Reference
from tests.dockerfile.advice.advising import fixed, fixes
from tests.dockerfile.reading import LINUX

START = "FROM scratch\n"


def test_every_rule_is_explained() -> None:
    assert set(EXPLANATIONS) == {rule.name for rule in RULES}


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("StageNameCasing", "FROM scratch AS Up\n", "FROM scratch AS up\n"),
        ("FromAsCasing", "FROM scratch as up\n", "FROM scratch AS up\n"),
        ("FromAsCasing", "from scratch AS up\n", "from scratch as up\n"),
        ("NoEmptyContinuation", START + "RUN a \\\n\n  \n b\n", START + "RUN a \\\n b\n"),
        ("ConsistentInstructionCasing", START + "run a\nUSER b\n", START + "RUN a\nUSER b\n"),
        ("ConsistentInstructionCasing", "from a\nRUN a\nuser b\n", "from a\nrun a\nuser b\n"),
        ("JSONArgsRecommended", START + "CMD a -b c\n", START + 'CMD ["a", "-b", "c"]\n'),
        ("JSONArgsRecommended", START + "CMD a \\\n b\n", START + 'CMD ["a", "b"]\n'),
        (
            "MaintainerDeprecated",
            START + "MAINTAINER Me <me@e.org>\n",
            START + 'LABEL org.opencontainers.image.authors="Me <me@e.org>"\n',
        ),
        ("LegacyKeyValueFormat", START + "ENV a b\n", START + "ENV a=b\n"),
        ("LegacyKeyValueFormat", START + "ENV a  b c\n", START + 'ENV a="b c"\n'),
        ("LegacyKeyValueFormat", START + 'ENV a "b c"\n', START + 'ENV a="b c"\n'),
        ("LegacyKeyValueFormat", START + "LABEL a $b\n", START + "LABEL a=$b\n"),
        ("LegacyKeyValueFormat", START + "ENV a \\\n  b\n", START + "ENV a=b\n"),
        ("WorkdirRelativePath", START + "WORKDIR a/b\n", START + "WORKDIR /a/b\n"),
        ("RedundantTargetPlatform", "FROM --platform=$TARGETPLATFORM a\n", "FROM a\n"),
        (
            "MultipleInstructionsDisallowed",
            START + 'CMD ["a"]\nUSER x\nCMD ["b"]\n',
            START + 'USER x\nCMD ["b"]\n',
        ),
        ("ExposeProtoCasing", START + "EXPOSE 80/TCP\n", START + "EXPOSE 80/tcp\n"),
        ("ExposeInvalidFormat", START + "EXPOSE 1.2.3.4:80:90\n", START + "EXPOSE 90\n"),
    ],
)
def test_what_can_be_mended_safely_is(rule: str, before: str, after: str) -> None:
    assert fixes(before, rule)[0].safe
    assert fixed(before, rule) == after


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("JSONArgsRecommended", "CMD a $HOME"),
        ("JSONArgsRecommended", "CMD a && b"),
        ("JSONArgsRecommended", 'CMD a "b c"'),
        ("JSONArgsRecommended", "CMD exec a"),
        ("JSONArgsRecommended", "CMD a > b"),
        ("JSONArgsRecommended", "CMD A=b c"),
        ("MaintainerDeprecated", 'MAINTAINER a "b" c'),
        ("LegacyKeyValueFormat", 'ENV a b "c" d'),
        ("LegacyKeyValueFormat", "ENV a b\\ c d"),
        ("WorkdirRelativePath", "WORKDIR $X"),
        ("ExposeProtoCasing", "ENV P=TCP\nEXPOSE 80/$P"),
        ("MultipleInstructionsDisallowed", '# why\nCMD ["a"]\nCMD ["b"]'),
        ("SecretsUsedInArgOrEnv", "ENV TOKEN=a"),
    ],
)
def test_what_could_change_more_is_not(rule: str, text: str) -> None:
    assert fixes(f"{START}{text}\n", rule) == []


def test_where_a_folder_leads_from_only_a_known_base_tells_for_sure() -> None:
    text = "FROM me/base:1\nWORKDIR a\n"
    assert not fixes(text, "WorkdirRelativePath")[0].safe
    config = ImageConfig(platform=LINUX, workdir="/srv")
    images = {str(Reference.parse("me/base:1")): config}
    assert fixes(text, "WorkdirRelativePath", images=images)[0].safe
    assert fixed(text, "WorkdirRelativePath", images=images) == "FROM me/base:1\nWORKDIR /srv/a\n"


def test_a_name_that_was_probably_meant_is_offered() -> None:
    text = "ARG VERSION=1\nFROM a:$VERSON\n"
    assert not fixes(text, "UndefinedArgInFrom")[0].safe
    assert fixed(text, "UndefinedArgInFrom") == "ARG VERSION=1\nFROM a:$VERSION\n"
    text = START + "ENV HOST=a\nENV B=${HOSTS:-x}\n"
    assert fixed(text, "UndefinedVar") == START + "ENV HOST=a\nENV B=${HOST:-x}\n"


def test_in_a_file_with_errors_nothing_is_removed_unasked() -> None:
    text = START + 'CMD ["a"]\nBOGUS\nCMD ["b"]\n'
    assert not fixes(text, "MultipleInstructionsDisallowed")[0].safe
