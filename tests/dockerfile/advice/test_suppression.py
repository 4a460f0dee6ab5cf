"""Switching our rules off in the text."""

from __future__ import annotations

import pytest

from tests.dockerfile.advice.advising import BASE, found

RULE = "PackageCacheKept"


@pytest.mark.parametrize(
    "text",
    [
        f"# check=skip={RULE}\n{BASE}RUN apk add a\n",
        f"# check=skip=StageNameCasing,{RULE};error=true\n{BASE}RUN apk add a\n",
        f"# check=skip=all\n{BASE}RUN apk add a\n",
        f"{BASE}# check=skip={RULE}\nRUN apk add a\n",
        f"{BASE}# why\n# check=skip={RULE}\nRUN apk add a\n",
        f"{BASE}# hadolint ignore=DL3019\nRUN apk add a\n",
        f"{BASE}# hadolint ignore=DL3018,DL3019\nRUN apk add a\n",
        f"{BASE}#hadolint  ignore = DL3018 , DL3019\nRUN apk add a\n",
        f"# hadolint global ignore=DL3019\n{BASE}RUN apk add a\n",
    ],
)
def test_a_rule_is_switched_off(text: str) -> None:
    assert found(text, RULE) == []


@pytest.mark.parametrize(
    "text",
    [
        f"# check=skip=Other\n{BASE}RUN apk add a\n",
        f"# check=nonsense\n{BASE}RUN apk add a\n",
        f"{BASE}# check=skip={RULE}\nRUN true\nRUN apk add a\n",
        f"{BASE}# hadolint ignore=DL3018\nRUN apk add a\n",
        f"{BASE}# hadolint ignore=DL3019\nRUN true\nRUN apk add a\n",
        f"{BASE}RUN apk add a\n# check=skip={RULE}\n",
    ],
)
def test_and_otherwise_speaks(text: str) -> None:
    assert found(text, RULE) == ["apk add"]


def test_the_build_argument_takes_the_place_of_the_directive() -> None:
    text = f"# check=skip={RULE}\n{BASE}RUN apk add a\n"
    arguments = {"BUILDKIT_DOCKERFILE_CHECK": "skip=x"}
    assert found(text, RULE, arguments=arguments) == ["apk add"]
