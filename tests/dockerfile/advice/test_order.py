"""Order: what names the dependencies before the rest of the source."""

from __future__ import annotations

import pytest

from explorer.dockerfile.advice.model import Level
from tests.dockerfile.advice.advising import BASE, advice, context, fixed, fixes, found

RULE = "CopyBeforeInstall"


@pytest.mark.parametrize(
    "install",
    [
        "npm ci", "npm install", "npm i --omit=dev", "yarn", "yarn install", "pnpm i",
        "bun install",
        "pip install -r requirements.txt", "python -m pip install -qr requirements.txt",
        "pip install --requirement=requirements.txt", "uv pip install -r requirements.txt",
        "bundle install --jobs 4", "bundle", "composer install --no-dev", "go mod download",
        "pipenv install --deploy", "cargo fetch", "mvn dependency:go-offline -B", "mix deps.get",
    ],
)  # fmt: skip
@pytest.mark.parametrize("copy", ["COPY . .", "ADD ./ ./", "COPY . /app/", "COPY --link * ."])
def test_a_whole_source_before_its_dependencies_is_told(copy: str, install: str) -> None:
    assert found(f"{BASE}WORKDIR /app\n{copy}\nRUN {install}\n", RULE) == [copy.split()[-2]]


@pytest.mark.parametrize(
    "text",
    [
        "COPY package.json .\nRUN npm ci\nCOPY . .\nRUN npm run build",
        "COPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm ci --omit=dev",
        "COPY . .\nRUN npm install -g pm2",
        "COPY . .\nRUN npm install express",
        "COPY . .\nRUN pip install .",
        "COPY . .\nRUN pip install -r requirements.txt .",
        "COPY . .\nRUN pip install -e . -r requirements.txt",
        "COPY . .\nRUN pip install flask",
        "COPY . .\nRUN go build",
        "COPY . /other\nRUN npm ci",
        "COPY --from=x . .\nRUN npm ci",
        "COPY requirements.txt .\nRUN pip install -r requirements.txt",
        "COPY . .\nRUN --mount=type=bind,source=package.json,target=package.json npm ci",
        "COPY . .\nRUN pip install -r /requirements.txt",
        "COPY . .\nRUN install",
        "COPY . .\nRUN pip install",
        "COPY . .\nRUN pip install -r",
    ],
)
def test_what_has_to_be_so_is_not_told(text: str) -> None:
    assert found(f"{BASE}WORKDIR /app\n{text}\n", RULE) == []


def test_the_folder_an_install_works_in_counts() -> None:
    text = f"{BASE}COPY . /app\nRUN cd /app && npm ci\n"
    assert found(text, RULE) == ["."]
    assert found(text.replace("cd /app", "cd /x"), RULE) == []
    assert found(f"{BASE}COPY web/ /web\nRUN cd /web && npm ci\n", RULE) == ["web/"]


def test_a_context_tells_whether_the_manifest_comes_with_it() -> None:
    text = f"{BASE}WORKDIR /app\nCOPY src .\nRUN npm ci\n"
    assert found(text, RULE, context("src/package.json")) == ["src"]
    assert found(text, RULE, context("src/a.js", "package.json")) == []


def test_with_a_cache_mounted_it_matters_less() -> None:
    text = f"{BASE}WORKDIR /a\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\n"
    assert [one.severity for one in advice(text) if one.rule == RULE] == [Level.INFO]


def test_stages_that_are_not_shipped_count_as_well() -> None:
    text = f"FROM node:20 AS build\nWORKDIR /a\nCOPY . .\nRUN npm ci\n{BASE}"
    assert found(text, RULE) == ["."]


def test_the_steps_can_be_turned_around() -> None:
    text = f"{BASE}WORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n"
    facts = context("package.json", "package-lock.json", "src/a.js")
    assert not fixes(text, RULE, facts)[0].safe
    assert fixed(text, RULE, facts) == (
        f"{BASE}WORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"
        "RUN npm run build\n"
    )
    assert fixed(f"{BASE}WORKDIR /app\nCOPY . .\nRUN npm ci", RULE, facts) == (
        f"{BASE}WORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . ."
    )


@pytest.mark.parametrize(
    "text",
    [
        "COPY . .\nENV A=1\nRUN npm ci",
        "COPY . .\nRUN npm ci && npm run build",
        "COPY . .\n# why\nRUN npm ci",
    ],
)
def test_what_is_more_than_that_is_left_to_people(text: str) -> None:
    assert fixes(f"{BASE}WORKDIR /app\n{text}\n", RULE, context("package.json")) == []
