"""The final image: who it runs as, and what it carries along."""

from __future__ import annotations

import pytest

from explorer.dockerfile.advice.model import Level
from explorer.oci.config import ImageConfig
from explorer.oci.reference import Reference
from tests.dockerfile.advice.advising import BASE, advice, found
from tests.dockerfile.reading import LINUX

ROOT, TOOLS = "RunsAsRoot", "BuildToolsInFinalImage"
CMD = 'CMD ["x"]\n'


def base(user: str) -> dict[str, ImageConfig]:
    return {str(Reference.parse("me/base:1")): ImageConfig(platform=LINUX, user=user)}


@pytest.mark.parametrize("name", ["debian:12", "python:3.12-slim", "node", "docker.io/golang:1"])
def test_images_known_to_run_as_root_are_told(name: str) -> None:
    assert found(f"FROM {name}\n{CMD}", ROOT) == [f"FROM {name}"]


def test_from_scratch_a_process_is_root() -> None:
    assert found(f"FROM scratch\n{CMD}", ROOT) == ["FROM scratch"]


@pytest.mark.parametrize("user", ["root", "0", "root:root", "0:0"])
def test_the_last_user_is_root_in_so_many_words(user: str) -> None:
    assert found(f"{BASE}USER me\nRUN a\nUSER {user}\n{CMD}", ROOT) == [user]


@pytest.mark.parametrize(
    "text",
    [
        f"{BASE}USER me\n{CMD}",
        f"{BASE}USER 1000:1000\n{CMD}",
        f"{BASE}ARG U=me\nUSER $U\n{CMD}",
        BASE,
        f"FROM scratch AS files\nCOPY a /\n{BASE}",
        f"FROM me/base:1\n{CMD}",
        f"FROM gcr.io/distroless/static:nonroot\n{CMD}",
        f"FROM nginx:1\n{CMD}",
        f'{BASE}RUN apt-get install -y gosu\nENTRYPOINT ["/e.sh"]\n',
        f"FROM debian:12 AS dev\n{CMD}",
        f"FROM --platform=windows/amd64 me/base:1\n{CMD}",
    ],
)
def test_others_and_those_that_nobody_knows_are_not_told(text: str) -> None:
    assert found(text, ROOT) == []


def test_a_base_that_is_here_tells_its_user() -> None:
    text = f"FROM me/base:1\n{CMD}"
    assert found(text, ROOT, images=base("")) == ["FROM me/base:1"]
    assert found(text, ROOT, images=base("0:0")) == ["FROM me/base:1"]
    assert found(text, ROOT, images=base("me")) == []


def test_users_of_stages_below_count() -> None:
    assert found(f"FROM debian:12 AS a\nUSER me\nFROM a\n{CMD}", ROOT) == []
    assert found(f"FROM debian:12 AS a\n{CMD}FROM a\n", ROOT) == ["FROM a"]


def test_it_is_no_more_than_advice() -> None:
    assert [one.severity for one in advice(BASE + CMD) if one.rule == ROOT] == [Level.INFO]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("RUN apt-get update && apt-get install -y curl gcc make", "gcc"),
        ("RUN apk add --no-cache --virtual x build-base", "build-base"),
        ("RUN dnf -y install gcc-c++=1", "gcc-c++=1"),
        ("RUN go build -o /app .", "go build"),
        ("RUN cargo build --release", "cargo build"),
        ("RUN mvn package", "mvn package"),
        ("RUN dotnet publish -c Release", "dotnet publish"),
    ],
)
def test_tools_that_stay_are_told(line: str, place: str) -> None:
    assert found(f"{BASE}{line}\n{CMD}", TOOLS) == [place]


@pytest.mark.parametrize(
    "text",
    [
        f"{BASE}RUN apk add gcc && apk del gcc\n{CMD}",
        f"FROM debian:12 AS b\nRUN apt-get install gcc\n{BASE}COPY --from=b /a /a\n{CMD}",
        f"FROM debian:12 AS dev\nRUN apt-get install gcc\n{CMD}",
        f"FROM debian:12 AS app-builder\nRUN apt-get install gcc\n{CMD}",
        f"{BASE}RUN apt-get install gcc\n",
        f"{BASE}RUN apt-get install curl\n{CMD}",
        f"{BASE}RUN go version\n{CMD}",
        f"{BASE}RUN npm run build\n{CMD}",
        f"{BASE}RUN go mod download\n{CMD}",
    ],
)
def test_tools_that_go_or_are_wanted_are_not_told(text: str) -> None:
    assert found(text, TOOLS) == []
