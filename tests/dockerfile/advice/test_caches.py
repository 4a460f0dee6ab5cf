"""Package managers: what they leave in a layer, and lists that grow old."""

from __future__ import annotations

import pytest

from tests.dockerfile.advice.advising import BASE, fixed, fixes, found

KEPT, ALONE = "PackageCacheKept", "UpdateWithoutInstall"


@pytest.mark.parametrize(
    ("run", "place"),
    [
        ("apt-get update && apt-get install -y curl", "apt-get update"),
        ("apt-get -qq update; apt-get -y install curl; apt-get clean", "apt-get -qq update"),
        ("apk add curl", "apk add"),
        ("apk --virtual tmp add gcc", "apk --virtual tmp add"),
        ("apk -U upgrade", "apk -U upgrade"),
        ("pip install flask", "pip install"),
        ("pip3 install -r requirements.txt", "pip3 install"),
        ("python3 -m pip install flask", "python3 -m pip install"),
        ("npm ci", "npm ci"),
        ("yarn", "yarn"),
        ("yarn install --frozen-lockfile", "yarn install"),
        ("dnf install -y gcc", "dnf install"),
        ("yum -y install gcc", "yum -y install"),
        ("microdnf install gcc", "microdnf install"),
        ("zypper install gcc", "zypper install"),
        ("conda install numpy", "conda install"),
        ("composer install", "composer install"),
        ("cargo build --release", "cargo build"),
        ("go build -o /app", "go build"),
        ("if true; then pip install flask; fi", "pip install"),
        ("rm -rf /root/.cache && pip install flask", "pip install"),
        ("pip install flask && rm -rf /tmp/*", "pip install"),
    ],
)
def test_what_fills_a_cache_is_told(run: str, place: str) -> None:
    assert found(f"{BASE}RUN {run}\n", KEPT) == [place]


@pytest.mark.parametrize(
    "line",
    [
        "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
        "RUN apt-get update && apt-get install -y curl && rm -r /var/lib/apt/lists /var/cache/*",
        "RUN set -e; apt-get update; apt-get install curl; rm -rf /var/lib/apt/",
        "RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y curl",
        "RUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update && apt-get install curl",
        "RUN apt-get install -y curl",
        "RUN apk add --no-cache curl",
        "RUN apk --no-cache add curl",
        "RUN apk add curl && rm -rf /var/cache/apk/*",
        "RUN apk add --no-network --virtual x y",
        "RUN apk info",
        "RUN pip install --no-cache-dir flask",
        "RUN pip --no-cache-dir install flask",
        "RUN PIP_NO_CACHE_DIR=1 pip install flask",
        "ENV PIP_NO_CACHE_DIR=1\nRUN pip install flask",
        "ARG PIP_NO_CACHE_DIR=1\nRUN pip install flask",
        "RUN --mount=type=cache,target=/root/.cache pip install flask",
        "RUN --mount=type=cache,target=/home/me/.cache/pip pip install flask",
        "RUN pip install flask && rm -rf ~/.cache",
        "RUN pip install flask && pip cache purge",
        "RUN pip list",
        "RUN npm ci && npm cache clean --force",
        "RUN npm run install",
        "RUN --mount=type=cache,target=/root/.npm npm ci",
        "RUN yarn install && yarn cache clean",
        "RUN yarn build",
        "RUN dnf install -y gcc && dnf clean all",
        "RUN yum install -y gcc && rm -rf /var/cache/yum",
        "RUN echo apk add curl",
        'RUN echo "pip install flask"',
        'RUN ["pip", "install", "flask"]',
        "RUN python3 <<EOF\npip install flask\nEOF",
        "RUN <<EOF\n#!/usr/bin/env python3\nnpm ci\nEOF",
        'SHELL ["powershell"]\nRUN pip install flask',
    ],
)
def test_a_cache_that_is_not_kept_is_not_told(line: str) -> None:
    assert found(f"{BASE}{line}\n", KEPT) == []


def test_only_the_layers_of_the_target_count() -> None:
    text = "FROM debian:12 AS build\nRUN npm ci\nFROM debian:12\nCOPY --from=build /app /app\n"
    assert found(text, KEPT) == []
    assert found(text, KEPT, target="build") == ["npm ci"]
    assert found(text.replace("/app /app", "/ /"), KEPT) == ["npm ci"]
    assert found("FROM debian:12 AS a\nRUN npm ci\nFROM a\n", KEPT) == ["npm ci"]


def test_in_a_here_document_too_at_its_place() -> None:
    text = f"{BASE}RUN <<EOF\nset -e\n  pip install flask\nEOF\n"
    assert found(text, KEPT) == ["pip install"]
    assert found(text.replace("<<EOF", "bash -e <<EOF"), KEPT) == ["pip install"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("apk add curl", "apk add --no-cache curl"),
        ("pip install flask", "pip install --no-cache-dir flask"),
        ("npm ci", "npm ci && npm cache clean --force"),
        ("npm ci \\\n    && true", "npm ci \\\n    && true \\\n    && npm cache clean --force"),
        (
            "apt-get update && apt-get install -y curl",
            "apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
        ),
    ],
)
def test_it_is_fixed_where_it_is_made(before: str, after: str) -> None:
    text = f"{BASE}RUN {before}\nUSER me\n"
    assert fixes(text, KEPT)[0].safe
    assert fixed(text, KEPT) == f"{BASE}RUN {after}\nUSER me\n"


@pytest.mark.parametrize(
    "line",
    [
        "RUN npm ci || true",
        "RUN npm ci; true",
        "RUN (npm ci)",
        "RUN npm ci && true # why",
        "RUN <<EOF\nnpm ci\nEOF",
        "RUN apt-get update && apt-get install -y a\nRUN apt-get install -y b",
    ],
)
def test_where_a_fix_could_change_more_none_is_made_unasked(line: str) -> None:
    assert not [fix for fix in fixes(f"{BASE}{line}\n", KEPT) if fix.safe]


def test_a_cache_can_be_mounted_instead() -> None:
    text = f"{BASE}RUN pip install flask\n"
    mount = fixes(text, KEPT)[1]
    assert not mount.safe
    assert mount.edits[0].text == " --mount=type=cache,target=/root/.cache/pip"


def test_an_update_by_itself_is_told() -> None:
    assert found(f"{BASE}RUN apt-get update\nRUN apt-get install -y a\n", ALONE) == [
        "apt-get update"
    ]
    assert found(f"{BASE}RUN apt-get update && apt-get clean\n", ALONE) == ["apt-get update"]
    assert found(f"{BASE}RUN apt-get update\n", KEPT) == []


@pytest.mark.parametrize(
    "run",
    [
        "apt-get update && apt-get install -y a",
        "apt-get update && apt-get dist-upgrade",
        "apt-get update && apt-get -o x=y build-dep a",
        "apt-get update && xx-apt-get install a",
        "apt-get update && ./install.sh",
        "echo apt-get update",
    ],
)
def test_an_update_before_something_is_not_told(run: str) -> None:
    assert found(f"{BASE}RUN {run}\n", ALONE) == []


def test_an_update_goes_into_the_step_that_installs() -> None:
    text = f"{BASE}RUN apt-get update\nRUN apt-get install -y a && true\n"
    expected = f"{BASE}RUN apt-get update \\\n    && apt-get install -y a && true\n"
    assert fixes(text, ALONE)[0].safe
    assert fixed(text, ALONE) == expected


@pytest.mark.parametrize(
    "text",
    [
        "RUN apt-get update\n# why\nRUN apt-get install a",
        "RUN apt-get update\nUSER x\nRUN apt-get install a",
        "RUN apt-get update\nRUN --network=none apt-get install a",
        "RUN apt-get update\nRUN apt-get install a || true",
        "RUN apt-get update\nRUN <<E\napt-get install a\nE",
    ],
)
def test_steps_that_do_not_fit_together_stay_apart(text: str) -> None:
    assert fixes(f"{BASE}{text}\n", ALONE) == []
