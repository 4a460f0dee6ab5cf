"""Previews of whole stages: layers, what is not known, settings, and what is computed again."""

from __future__ import annotations

import gc

import pytest

from explorer.analysis.opened import OpenImage
from explorer.analysis.timeline import timeline
from explorer.analysis.waste import measure_waste
from explorer.build.bases import Base, NoBases, Resolved, Unresolved
from explorer.build.files import select as selecting
from explorer.build.preview import LayerKind, Previewer, preview
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.program import understand
from explorer.errors import NotFound
from explorer.filesystem.entry import Change
from explorer.oci import Platform
from explorer.sources.reading import IndexedLayer
from tests.build.files.making import Made, make, tree
from tests.factory import directory, file, whiteout
from tests.stacks import open_stack

CONTEXT = tree({"app.py": "print()", "lib/a.py": "A", "conf": "C"})


class Images:
    """Images by name."""

    def __init__(self, **images: OpenImage) -> None:
        self._images = images

    def resolve(self, name: str, platform: Platform) -> Resolved:
        """As :meth:`Bases.resolve`."""
        image = self._images.get(name)
        return Base(name, image, name) if image else Unresolved(name, "it is not here", "Pull it")


def a_base() -> OpenImage:
    """An image of two layers."""
    return open_stack(
        (
            (directory("etc"), file("etc/passwd", b"app:x:7:8::/:\n"), file("etc/old", b"OLD")),
            (file("etc/conf", b"ORIGINAL"), whiteout("etc/old")),
        )
    )


# -- layers -----------------------------------------------------------------------------------


def test_predicted_layers_lie_on_those_of_the_base() -> None:
    made = make(
        "FROM base\nCOPY conf /etc/conf\nENV A=b\nWORKDIR /app\n", CONTEXT, Images(base=a_base())
    )
    assert [layer.kind for layer in made.preview.layers] == [
        *[LayerKind.BASE] * 2,
        *[LayerKind.PREDICTED] * 2,
    ]
    assert made.preview.predicted == (2, 3)
    assert [layer.step for layer in made.preview.layers] == [None, None, 0, 2]
    assert made.preview.layer_of(2) == 3
    assert made.files["/etc/conf"] == b"C"
    assert "/etc/old" not in made.files


def test_all_of_analysis_works_on_a_preview() -> None:
    made = make(
        "FROM base\nCOPY conf /etc/conf\nCOPY app.py /etc/conf\n", CONTEXT, Images(base=a_base())
    )
    image = made.image
    versions = timeline(image, image.node("/etc/conf"))
    assert [(version.layer, version.change) for version in versions] == [
        (1, Change.ADDED),
        (2, Change.MODIFIED),
        (3, Change.MODIFIED),
    ]
    assert measure_waste(image).wasted == len(b"OLD" + b"ORIGINAL" + b"C")
    assert image.changes(2).counts()[Change.MODIFIED] == 1
    assert image.instructions[3].keyword == "COPY"
    assert image.problems == ()
    assert image.warnings == ()


def test_the_same_content_again_is_no_change() -> None:
    made = make("COPY conf /x\nCOPY conf /x\n", CONTEXT)
    assert made.image.stack.effects[1].modified == 0


def test_a_stage_upon_a_stage_has_its_layers() -> None:
    text = "FROM scratch AS one\nCOPY conf /a\nFROM one\nCOPY conf /b\n"
    made = make(text, CONTEXT)
    assert set(made.files) == {"/a", "/b"}
    assert [(layer.stage, layer.step) for layer in made.preview.layers] == [(0, 0), (1, 0)]


def test_copying_from_a_stage_takes_what_it_will_hold() -> None:
    text = "FROM scratch AS one\nCOPY --chown=4 lib /out\nFROM scratch\nCOPY --from=one /out /in\n"
    made = make(text, CONTEXT)
    assert made.files == {"/in/a.py": b"A"}
    assert made.entries["/in/a.py"].uid == 4


def test_copying_from_an_image() -> None:
    made = make("FROM scratch\nCOPY --from=base /etc /e\n", CONTEXT, Images(base=a_base()))
    assert made.files == {"/e/passwd": b"app:x:7:8::/:\n", "/e/conf": b"ORIGINAL"}


def test_a_step_in_the_middle_shows_what_is_there_by_then() -> None:
    program = understand(Document.parse("FROM scratch\nCOPY conf /a\nCOPY conf /b\n"))
    assert set(Made(preview(program, 0, 0, CONTEXT)).files) == {"/a"}
    assert Made(preview(program, 0, -1, CONTEXT)).files == {}


def test_triggers_of_the_base_are_carried_out() -> None:
    text = "FROM scratch AS one\nONBUILD COPY conf /c\nFROM one\n"
    assert set(make(text, CONTEXT).files) == {"/c"}


def test_no_such_stage_or_step() -> None:
    program = understand(Document.parse("FROM scratch\n"))
    with pytest.raises(NotFound):
        preview(program, 1, 0)
    with pytest.raises(NotFound):
        preview(program, 0, 0)


# -- what is not known ------------------------------------------------------------------------


def test_run_is_opaque_and_what_follows_is_uncertain() -> None:
    made = make("COPY conf /a\nRUN make\nCOPY conf /b\n", CONTEXT)
    assert [layer.uncertain for layer in made.preview.layers] == [False, True]
    assert set(made.files) == {"/a", "/b"}
    (unknown,) = made.preview.unknown
    assert (unknown.stage, unknown.step) == (0, 1)
    assert made.preview.uncertain


def test_copying_from_an_uncertain_stage_is_uncertain() -> None:
    text = "FROM scratch AS one\nCOPY conf /a\nRUN make\nFROM scratch\nCOPY --from=one /a /b\n"
    made = make(text, CONTEXT)
    assert made.files == {"/b": b"C"}
    assert made.preview.uncertain


def test_an_unresolved_base_is_told_and_the_rest_works() -> None:
    made = make("FROM nginx\nCOPY conf /a\n", CONTEXT, Images())
    assert isinstance(made.preview.base, Unresolved)
    assert made.preview.base.hint == "Pull it"
    assert made.preview.uncertain
    assert set(made.files) == {"/a"}


def test_an_unresolved_source_is_a_warning_and_an_empty_layer() -> None:
    made = make("FROM scratch\nCOPY --from=nginx /a /b\nCOPY conf /c\n", CONTEXT, NoBases())
    assert made.errors == []
    assert len(made.warnings) == 1
    assert set(made.files) == {"/c"}
    assert made.preview.uncertain


def test_what_is_downloaded_is_not_known() -> None:
    made = make("FROM scratch\nADD https://example.com/a.tar /x/\nCOPY conf /x/\n", CONTEXT)
    assert set(made.files) == {"/x/conf"}
    (unknown,) = made.preview.unknown
    assert "https://example.com/a.tar" in unknown.reason


def test_without_a_context_only_here_documents_are_known() -> None:
    program = understand(Document.parse("FROM scratch\nCOPY <<a /a\nA\na\nCOPY b /b\n"))
    made = Made(preview(program, 0, 1))
    assert made.files == {"/a": b"A\n"}
    assert made.preview.uncertain


class Plan:
    """A plan whose only RUN was run before."""

    def __init__(self, layer: IndexedLayer) -> None:
        self._layer = layer

    def layer_of(self, stage: int, step: int) -> IndexedLayer | None:
        """As :meth:`CachedLayers.layer_of`."""
        return self._layer if (stage, step) == (0, 1) else None


def test_a_run_that_will_not_run_again_shows_its_layer() -> None:
    made = open_stack(((directory("made"), file("made/x", b"X"), whiteout("a")),))
    text = "FROM scratch\nCOPY conf /a\nRUN make\nCOPY conf /made\n"
    program = understand(Document.parse(text))
    found = Made(Previewer().preview(program, 0, 2, CONTEXT, plan=Plan(made.layers[0])))
    assert [layer.kind for layer in found.preview.layers] == [
        LayerKind.PREDICTED,
        LayerKind.CACHED,
        LayerKind.PREDICTED,
    ]
    assert not found.preview.uncertain
    # The copy knows that the directory is there.
    assert found.files == {"/made/x": b"X", "/made/conf": b"C"}


# -- settings ---------------------------------------------------------------------------------


def test_settings_are_those_of_the_line() -> None:
    text = (
        "FROM scratch\nENV A=1\nLABEL l=v\nEXPOSE 80 53/udp\nVOLUME /data\nUSER 5\n"
        'WORKDIR /w\nENTRYPOINT ["app"]\nCMD ["-v"]\nSTOPSIGNAL SIGINT\nENV A=2\n'
    )
    program = understand(Document.parse(text))
    before = preview(program, 0, 8, CONTEXT).effective
    assert before.environment["A"] == "1"
    assert before.environment["PATH"].endswith(":/bin")
    assert (before.user, before.workdir) == ("5", "/w")
    assert before.exposed == ("53/udp", "80/tcp")
    assert before.volumes == ("/data",)
    assert before.labels == {"l": "v"}
    assert before.stop_signal == "SIGINT"
    assert before.process.argv == ("app", "-v")
    assert preview(program, 0, 9, CONTEXT).effective.environment["A"] == "2"
    assert preview(program, 0, 0, CONTEXT).effective.exposed == ()


def test_an_entrypoint_takes_back_the_command_of_the_base() -> None:
    text = 'FROM scratch AS one\nCMD ["sh"]\nLABEL a=1\nFROM one\nENTRYPOINT ["app"]\nLABEL b=2\n'
    effective = make(text, CONTEXT).preview.effective
    assert effective.cmd is None
    assert effective.labels == {"a": "1", "b": "2"}


def test_the_history_belongs_to_the_layers() -> None:
    made = make("FROM base\nENV A=1\nCOPY conf /x\nRUN y\nCMD z\n", CONTEXT, Images(base=a_base()))
    assert made.image.created_by(2) == "COPY conf /x # buildkit"
    assert made.image.top == 2


# -- what is computed again -------------------------------------------------------------------


@pytest.fixture
def selections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The destinations that are worked out."""
    seen: list[str] = []
    original = selecting._Selecting.run

    def run(self: selecting._Selecting) -> object:
        seen.append(self._transfer.destination.value)
        return original(self)

    monkeypatch.setattr(selecting._Selecting, "run", run)
    return seen


def test_typing_in_one_line_works_out_that_line_and_those_after_it(selections: list[str]) -> None:
    previewer = Previewer()
    lines = ["COPY conf /a", "COPY conf /b", "COPY conf /c"]
    make("\n".join(lines), CONTEXT, previewer=previewer)
    assert selections == ["/a", "/b", "/c"]
    selections.clear()
    make("\n".join([*lines[:2], "COPY conf /cc"]), CONTEXT, previewer=previewer)
    assert selections == ["/cc"]
    selections.clear()
    make("\n".join([lines[0], "COPY conf /bb", lines[2]]), CONTEXT, previewer=previewer)
    assert selections == ["/bb", "/c"]


def test_settings_and_moved_lines_change_no_files(selections: list[str]) -> None:
    previewer = Previewer()
    make("COPY conf /a\nENV A=1\nCOPY conf /b\n", CONTEXT, previewer=previewer)
    selections.clear()
    moved = make(
        "# a line more\n\nCOPY conf /a\nENV A=22\nCOPY conf /b\n", CONTEXT, previewer=previewer
    )
    assert selections == []
    assert moved.preview.effective.environment["A"] == "22"


def test_a_line_that_changes_after_a_setting_did_shows_its_own_files() -> None:
    previewer = Previewer()
    make("COPY conf /a\nCOPY conf /b\n", CONTEXT, previewer=previewer)
    make("COPY conf /a\nCOPY conf /b\nENV A=1\n", CONTEXT, previewer=previewer)
    made = make("COPY conf /a\nCOPY conf /c\n", CONTEXT, previewer=previewer)
    assert made.files == {"/a": b"C", "/c": b"C"}


def test_problems_move_with_their_lines() -> None:
    previewer = Previewer()
    first = make("FROM scratch\nCOPY nope /a\n", CONTEXT, previewer=previewer).errors[0]
    second = make("FROM scratch\n\n\nCOPY nope /a\n", CONTEXT, previewer=previewer).errors[0]
    assert (first.line, second.line) == (2, 4)
    assert second.span.start == first.span.start + 2


def test_another_context_is_another_preview() -> None:
    previewer = Previewer()
    assert make("COPY conf /a", CONTEXT, previewer=previewer).files == {"/a": b"C"}
    other = tree({"conf": "changed"})
    assert make("COPY conf /a", other, previewer=previewer).files == {"/a": b"changed"}


def test_the_files_of_a_stage_can_be_asked_for() -> None:
    text = "FROM scratch AS one\nCOPY lib /l\nFROM scratch\nRUN x\n"
    program = understand(Document.parse(text), Inputs())
    previewer = Previewer()
    found = previewer.tree(program, 0, CONTEXT)
    assert found is not None
    assert found.children(b"/l") == [b"a.py"]
    assert found.content(b"/l/a.py").read_at(0, 9) == b"A"
    again = previewer.tree(program, 0, CONTEXT)
    assert again is not None
    assert again.stamp == found.stamp
    assert previewer.tree(program, 1, CONTEXT) is None


def test_a_thousand_stages_are_walked_without_recursion() -> None:
    stages = ["FROM scratch AS s0\nCOPY conf /c"]
    stages += [f"FROM s{n - 1} AS s{n}" for n in range(1, 1500)]
    assert set(make("\n".join(stages), CONTEXT).files) == {"/c"}
    gc.collect()
