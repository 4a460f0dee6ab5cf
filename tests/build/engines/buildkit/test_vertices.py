"""BuildKit's vertices as steps of the Dockerfile."""

from __future__ import annotations

import base64
import json

import pytest

from explorer.build.engines.buildkit.rawjson import decode
from explorer.build.engines.vertices import SolveStatus, Vertex, VertexLog, VertexStatus, Vertices
from explorer.build.events import Planned, Progressed
from tests.build.engines.following import Tale

_TEXT = "FROM base AS one\nRUN make\nRUN  make  \\\n  twice\nFROM one\nCOPY $X /\nRUN end\n"


def told(*vertexes: Vertex, text: str = _TEXT) -> Tale:
    tale = Tale(text)
    vertices = Vertices(tale.steps, tale.following)
    for vertex in vertexes:
        vertices.take(SolveStatus((vertex,)))
    return tale


def done(name: str, digest: str = "") -> Vertex:
    return Vertex(digest or f"sha256:{name}", name, started=True, completed=True)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("[one 2/3] RUN make", "0.0"),
        ("[one 1/3] RUN make", "0.0"),  # where the base is a named context
        ("[one 3/3] RUN make   twice", "0.1"),
        ("[stage-1 2/3] COPY a /", "1.0"),  # its variable replaced
        ("[linux/arm64 stage-1 3/3] RUN end", "1.1"),
        ("[one 1/3] FROM docker.io/library/base@sha256:ab", "0.from"),
    ],
)
def test_a_name_means_a_step(name: str, step: str) -> None:
    assert told(done(name)).short == [("started", step), ("finished", step)]


def test_steps_that_are_alike_are_told_apart_by_their_place() -> None:
    text = "FROM base\nRUN same\nRUN other\nRUN same\n"
    tale = told(done("[4/4] RUN same"), done("[2/4] RUN same", "b"), text=text)
    assert [step for _, step in tale.short[::2]] == ["0.2", "0.0"]


def test_a_vertex_that_is_told_again_and_again_begins_and_ends_once() -> None:
    begun = Vertex("d", "[one 2/3] RUN make", started=True)
    ended = Vertex("d", "[one 2/3] RUN make", started=True, completed=True)
    assert told(begun, begun, ended, begun, ended).short == [
        ("started", "0.0"),
        ("finished", "0.0"),
    ]


def test_a_kept_vertex_is_cached() -> None:
    kept = Vertex("d", "[one 2/3] RUN make", started=True, completed=True, cached=True)
    assert told(kept).short == [("cached", "0.0")]


def test_a_failed_vertex_has_the_line_of_its_step() -> None:
    tale = told(Vertex("d", "[stage-1 3/3] RUN end", True, True, False, "exit code: 3"))
    failure = tale.following.failure
    assert failure is not None
    assert (failure.line, failure.step, failure.message) == (7, "1.1", "exit code: 3")


def test_what_was_cancelled_with_another_step_is_no_failure() -> None:
    tale = told(Vertex("d", "[one 2/3] RUN make", True, True, False, "x: context canceled"))
    assert tale.following.failure is None


def test_what_buildkit_does_by_itself_is_a_step_without_a_line() -> None:
    tale = told(done("[internal] load build context"))
    planned = [info for e in tale.events if isinstance(e, Planned) for info in e.steps][-1]
    assert (planned.text, planned.line) == ("[internal] load build context", 0)


def test_fetching_a_base_is_at_its_from() -> None:
    tale = told(done("[internal] load metadata for docker.io/library/base:latest"))
    planned = [info for e in tale.events if isinstance(e, Planned) for info in e.steps][-1]
    assert (planned.instruction, planned.line) == ("FROM", 1)


def test_what_onbuild_adds_is_at_the_from() -> None:
    tale = told(done("[one 2/4] ADD x /"))
    planned = [info for e in tale.events if isinstance(e, Planned) for info in e.steps][-1]
    assert (planned.text, planned.line) == ("ADD x /", 1)


def test_logs_and_progress_belong_to_their_vertex() -> None:
    tale = Tale(_TEXT)
    vertices = Vertices(tale.steps, tale.following)
    vertex = Vertex("d", "[one 2/3] RUN make", started=True)
    status = VertexStatus("d", "layer", 5, 10)
    log, stray = VertexLog("d", 2, b"out\n"), VertexLog("unknown", 1, b"no\n")
    vertices.take(SolveStatus((vertex,), (status, status), (log, stray)))
    assert tale.short == [("started", "0.0"), ("log", "0.0", "2", "out\n")]
    (progress,) = [e for e in tale.events if isinstance(e, Progressed)]
    assert (progress.step, progress.what, progress.done, progress.total) == ("0.0", "layer", 5, 10)


def test_a_line_of_rawjson_is_a_message() -> None:
    data = base64.b64encode(b"out\n").decode()
    line = json.dumps(
        {
            "vertexes": [{"digest": "d", "name": "n", "started": "2026-01-01T00:00:00Z"}],
            "statuses": [{"id": "i", "vertex": "d", "current": 1, "total": 2}],
            "logs": [{"vertex": "d", "stream": 1, "data": data}],
            "warnings": [{"vertex": "d", "short": data, "range": [{"start": {"line": 4}}]}],
        }
    )
    found = decode(line.encode())
    assert found is not None
    assert found.vertexes == (Vertex("d", "n", started=True),)
    assert found.statuses == (VertexStatus("d", "i", 1, 2),)
    assert found.logs == (VertexLog("d", 1, b"out\n"),)
    assert [(w.message, w.line) for w in found.warnings] == [("out\n", 4)]


@pytest.mark.parametrize("line", [b"ERROR: no", b"", b"{", b'{"vertexes": [1, {}], "logs": null}'])
def test_any_line_is_read(line: bytes) -> None:
    found = decode(line)
    assert found is None or all(vertex.name == "" for vertex in found.vertexes)
