"""Secrets: files that hold one, and those that are written out."""

from __future__ import annotations

import pytest

from explorer.dockerfile.advice.model import Level
from explorer.dockerfile.ignore import IgnoreFile
from tests.dockerfile.advice.advising import BASE, advice, context, found, told

FILE, TEXT = "SecretFileCopied", "SecretInDockerfile"
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2


@pytest.mark.parametrize(
    "source",
    [
        ".env", "./.env", "config/.env.production", "id_rsa", "keys/id_ed25519", ".ssh",
        "server.key",
        "tls.key", "privkey.pem", "cert-key.pem", ".netrc", ".pgpass", ".git-credentials",
        ".pypirc",
        ".aws/credentials", ".docker/config.json", "service-account.json", "credentials.json",
        "secrets.yaml", "client.p12", ".gnupg",
    ],
)  # fmt: skip
def test_files_that_hold_secrets_are_told(source: str) -> None:
    assert found(f"{BASE}COPY {source} /x/\n", FILE) == [source]
    assert found(f"{BASE}ADD a {source} b /x/\n", FILE) == [source]


@pytest.mark.parametrize(
    "line",
    [
        "COPY .env.example /x/",
        "COPY .env.template .env.sample /x/",
        "COPY id_rsa.pub authorized_keys /x/",
        "COPY ca.pem cert.pem fullchain.pem /x/",
        "COPY nodesource.gpg.key /x/",
        "COPY --from=build /run/.env /x/",
        "COPY environment env /x/",
        "ADD https://example.org/.env /x/",
        "COPY public.key server.key.pub /x/",
        "COPY <<.env /x/\nA=1\n.env",
    ],
)
def test_what_only_looks_like_one_is_not_told(line: str) -> None:
    assert found(f"{BASE}{line}\n", FILE) == []


def test_a_file_that_is_not_there_is_not_told() -> None:
    text = f"{BASE}COPY .env /x/\n"
    assert found(text, FILE, context("a")) == []
    assert found(text, FILE, context(".env")) == [".env"]


def test_a_file_that_the_ignore_file_hides_is_told_once() -> None:
    ignore = IgnoreFile.parse(".env\n")
    text = f"{BASE}COPY .env /x/\n"
    assert told(text, ignore=ignore) == [("CopyIgnoredFile", ".env")]


def test_it_matters_less_in_a_stage_that_is_not_shipped() -> None:
    text = f"FROM debian:12 AS a\nCOPY .env /\n{BASE}COPY .env /\n"
    assert [one.severity for one in advice(text) if one.rule == FILE] == [Level.INFO, Level.WARNING]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("RUN git clone https://me:hunter2@example.org/x.git", "hunter2"),
        ("ENV DATABASE=postgres://app:s3cr3t@db/app", "s3cr3t"),
        ("ADD https://u:pw12@example.org/x /x", "pw12"),
        (f"RUN curl -H 'Authorization: {GITHUB}' x", GITHUB),
        (f"ENV SETTING={GITHUB}", GITHUB),
        ("ENV A=AKIAQ3EGV5BJ7TR2MXQ4", "AKIAQ3EGV5BJ7TR2MXQ4"),
        ("RUN mysql --password=hunter2 -u root", "hunter2"),
        ("RUN echo \\\n  https://me:hunter2@example.org", "hunter2"),
        ("COPY <<E /x\n-----BEGIN RSA PRIVATE KEY-----\nE", "-----BEGIN RSA PRIVATE KEY-----"),
        ("RUN <<E\ncurl https://me:hunter2@example.org\nE", "hunter2"),
    ],
)
def test_secrets_that_are_written_out_are_told_at_their_place(line: str, place: str) -> None:
    assert found(f"{BASE}{line}\n", TEXT) == [place]


@pytest.mark.parametrize(
    "line",
    [
        "RUN git clone https://me:$TOKEN@example.org/x.git",
        "RUN git clone https://me:${TOKEN}@example.org/x.git",
        'RUN git clone "https://me:$(cat /run/secrets/t)@example.org/x.git"',
        "RUN curl https://example.org:8080/a@b",
        "RUN curl https://me@example.org/",
        "ENV A=postgres://user:<password>@db B=http://u:xxxx@h C=http://u:password@h",
        "RUN echo ghp_short",
        "ENV A=AKIAIOSFODNN7EXAMPLE",
        f"RUN echo ghp_{'a' * 36}",
        "RUN mysql --password=$PASSWORD --password",
        "LABEL url=https://example.org/",
        "# https://me:hunter2@example.org",
    ],
)
def test_variables_and_placeholders_are_not_told(line: str) -> None:
    assert found(f"{BASE}{line}\n", TEXT) == []


def test_a_message_does_not_repeat_the_secret() -> None:
    text = f"{BASE}RUN echo {GITHUB} https://me:hunter2@example.org --password=tiger7\n"
    messages = [one.message for one in advice(text) if one.rule == TEXT]
    assert len(messages) == 3
    assert not any("hunter2" in m or "tiger7" in m or GITHUB[4:] in m for m in messages)


def test_what_buildkit_tells_is_told_once() -> None:
    assert told(f"{BASE}ENV MY_TOKEN={GITHUB}\n") == [("SecretsUsedInArgOrEnv", "MY_TOKEN")]
