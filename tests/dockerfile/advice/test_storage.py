"""Bytes that are stored and not seen: deleted in a later step, or stored a second time."""

from __future__ import annotations

import pytest

from explorer.dockerfile.advice.model import Level
from tests.dockerfile.advice.advising import BASE, advice, context, fixed, fixes, found

DELETED, CHANGED = "DeletedButStored", "ChangedAfterCopy"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("COPY big.tar /tmp/\nRUN tar xf /tmp/big.tar && rm /tmp/big.tar", "/tmp/big.tar"),
        ("COPY big.tar /tmp/big.tar\nRUN rm -rf /tmp/*", "/tmp/*"),
        ("COPY a b /opt/x/\nRUN rm -rf /opt/x", "/opt/x"),
        ("COPY src/ /src/\nRUN rm -rf /src/*", "/src/*"),
        ("WORKDIR /w\nCOPY a .\nRUN rm a", "a"),
        ("WORKDIR /w\nCOPY a .\nRUN cd /w && rm ./a", "./a"),
        (
            "ADD https://example.org/x.zip /tmp/\nRUN unzip /tmp/x.zip && rm /tmp/x.zip",
            "/tmp/x.zip",
        ),
        ("RUN curl -o /tmp/x https://e.org/x\nRUN rm /tmp/x", "/tmp/x"),
        ("RUN curl -fsSLo /tmp/x https://e.org/x\nRUN rm /tmp/x", "/tmp/x"),
        ("WORKDIR /w\nRUN curl -sSO https://e.org/x.tgz\nRUN rm /w/x.tgz", "/w/x.tgz"),
        ("RUN cd /tmp && wget https://e.org/x.tgz?a=b\nRUN rm /tmp/x.tgz", "/tmp/x.tgz"),
        ("RUN wget -qO /x https://e.org/x\nRUN rm /x", "/x"),
        ("RUN git clone https://e.org/r /src\nRUN rm -rf /src", "/src"),
        ("RUN apt-get install -y gcc curl\nRUN apt-get purge -y gcc", "gcc"),
        ("RUN apk add --virtual .deps gcc\nRUN apk del .deps", ".deps"),
        ("RUN apk --virtual=.deps add gcc\nRUN apk del .deps", ".deps"),
        ("RUN dnf install gcc-1\nRUN dnf remove gcc-1", "gcc-1"),
    ],
)
def test_deleting_what_an_earlier_step_brought_is_told(text: str, place: str) -> None:
    assert found(f"{BASE}{text}\n", DELETED) == [place]


@pytest.mark.parametrize(
    "text",
    [
        "RUN curl -o /tmp/x https://e.org/x && rm /tmp/x",
        "RUN apk add --virtual .deps gcc && apk del .deps",
        "COPY a /a\nRUN rm /b",
        "COPY a /abc\nRUN rm -rf /ab",
        "COPY . /app\nRUN rm -rf /app/node_modules",
        "COPY a /a\nRUN rm -rf /*",
        "COPY a /a\nRUN rm -rf $X /$X",
        'COPY a /a\nRUN rm "$(echo /a)"',
        "COPY a /a\nRUN cd $X && rm a",
        "RUN rm /a\nCOPY a /a",
        "RUN apt-get install -y gcc\nRUN apt-get purge -y make",
        "COPY a /a\nRUN echo rm /a",
        "RUN --mount=type=bind,target=/x cp /x/a /b && rm /b",
        "RUN curl https://e.org/x > /dev/null\nRUN rm x",
        "COPY a /x/\nRUN rm /x/*.log",
    ],
)
def test_deleting_other_things_is_not_told(text: str) -> None:
    assert found(f"{BASE}{text}\n", DELETED) == []


def test_what_is_in_a_copied_folder_the_context_tells() -> None:
    text = f"{BASE}COPY . /app\nRUN rm -rf /app/tests\n"
    assert found(text, DELETED, context("tests/a")) == ["/app/tests"]
    assert found(text, DELETED, context("src/a")) == []
    sub = f"{BASE}COPY web /app/\nRUN rm -rf /app/tests\n"
    assert found(sub, DELETED, context("web/tests/a")) == ["/app/tests"]


def test_stages_below_the_target_are_stored_and_others_are_not() -> None:
    text = "FROM debian:12 AS a\nCOPY a /a\nFROM a\nRUN rm /a\n"
    assert found(text, DELETED) == ["/a"]
    other = "FROM debian:12 AS a\nCOPY a /a\nRUN rm /a\nFROM debian:12\nCOPY --from=a /b /b\n"
    assert found(other, DELETED) == []


@pytest.mark.parametrize(
    ("text", "place", "level"),
    [
        ("COPY . /app\nRUN chown -R me:me /app", "chown -R me:me /app", Level.WARNING),
        (
            "COPY . /app\nRUN chmod --recursive 755 /app",
            "chmod --recursive 755 /app",
            Level.WARNING,
        ),
        ("COPY . /srv/app\nRUN chown -Rh me /srv", "chown -Rh me /srv", Level.WARNING),
        ("COPY run.sh /run.sh\nRUN chmod +x /run.sh", "chmod +x /run.sh", Level.INFO),
        ("COPY . /app\nRUN chmod +x /app/run.sh", "chmod +x /app/run.sh", Level.INFO),
        ("COPY a b /x/\nRUN chmod 755 /x/a", "chmod 755 /x/a", Level.INFO),
        ("COPY --from=x /a /a\nRUN chmod +x /a", "chmod +x /a", Level.INFO),
        ("WORKDIR /w\nCOPY a .\nRUN true && chmod +x ./a", "chmod +x ./a", Level.INFO),
    ],
)
def test_changing_owner_or_mode_of_copied_files_is_told(
    text: str, place: str, level: Level
) -> None:
    text = f"{BASE}{text}\n"
    assert [(one.span.of(text), one.severity) for one in advice(text) if one.rule == CHANGED] == [
        (place, level)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "RUN mkdir /data && chown -R me /data",
        "COPY a /a\nRUN chown me /data",
        "COPY . /app\nRUN chown me /app",
        "RUN curl -o /x https://e.org && chmod +x /x",
        "COPY a /a\nRUN chmod +x $A",
        "RUN chown -R me /a\nCOPY . /a",
    ],
)
def test_changing_other_files_is_not_told(text: str) -> None:
    assert found(f"{BASE}{text}\n", CHANGED) == []


def test_the_flag_takes_the_place_of_a_step_that_does_nothing_else() -> None:
    text = f"{BASE}COPY --link run.sh /run.sh\nRUN chmod +x /run.sh\nUSER me\n"
    assert not fixes(text, CHANGED)[0].safe
    assert fixed(text, CHANGED) == f"{BASE}COPY --chmod=755 --link run.sh /run.sh\nUSER me\n"
    text = f"{BASE}COPY . /app\nRUN chown -R me:me /app\n"
    assert fixed(text, CHANGED) == f"{BASE}COPY --chown=me:me . /app\n"


@pytest.mark.parametrize(
    "text",
    [
        "COPY . /app\nRUN chown -R me /app && true",
        "COPY --chown=a . /app\nRUN chown -R me /app",
        "COPY . /app\nRUN chown -R me /app /data",
        "COPY . /app\nRUN chmod -R u+rwX /app",
        "COPY . /app\nRUN chown -R $ME /app",
    ],
)
def test_otherwise_nothing_is_offered(text: str) -> None:
    assert fixes(f"{BASE}{text}\n", CHANGED) == []
