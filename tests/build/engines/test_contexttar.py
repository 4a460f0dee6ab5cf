"""What of a context is sent, and how."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from explorer.build.context.context import Context
from explorer.build.engines.contexttar import context_tar
from explorer.build.engines.docker.placing import Placed, hidden_by_ignore, place
from explorer.build.request import BuildRequest
from explorer.errors import Refused
from explorer.progress import Job
from tests.build.engines.following import program


def members(context: Context | None, extra: dict[str, bytes] | None = None) -> tarfile.TarFile:
    data = b"".join(context_tar(context, extra or {}, Job()))
    return tarfile.open(fileobj=io.BytesIO(data))


def test_everything_but_what_is_ignored_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("secret\n")
    (tmp_path / "secret").write_text("s")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "run.sh").write_bytes(b"x" * 1000)
    (tmp_path / "folder" / "run.sh").chmod(0o755)
    (tmp_path / "link").symlink_to("/etc/passwd")
    tar = members(Context.scan(tmp_path))
    assert tar.getnames() == [".dockerignore", "folder", "folder/run.sh", "link"]
    run, link = tar.getmember("folder/run.sh"), tar.getmember("link")
    assert (run.mode, run.uid, run.gid, run.size) == (0o755, 0, 0, 1000)
    assert link.issym()
    assert link.linkname == "/etc/passwd"


def test_names_of_one_file_are_sent_as_links(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    tar = members(Context.scan(tmp_path))
    assert tar.getmember("b").islnk()
    assert tar.getmember("b").linkname == "a"


def test_names_that_are_no_text_stay(tmp_path: Path) -> None:
    name = b"\xff" + b"n" * 150
    (tmp_path / os.fsdecode(name)).write_text("x")
    data = b"".join(context_tar(Context.scan(tmp_path), {}, Job()))
    assert name in data


def test_added_files_come_in_place_of_the_contexts(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM old\n")
    tar = members(Context.scan(tmp_path), {"Dockerfile": b"FROM new\n", "more": b"m"})
    assert tar.getnames() == ["Dockerfile", "more"]
    file = tar.extractfile("Dockerfile")
    assert file is not None
    assert file.read() == b"FROM new\n"


def test_a_build_without_a_context_sends_the_dockerfile_alone() -> None:
    assert members(None, {"Dockerfile": b"FROM x\n"}).getnames() == ["Dockerfile"]


def test_a_file_that_changed_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    context = Context.scan(tmp_path)
    (tmp_path / "a").write_text("longer")
    with pytest.raises(Refused, match="changed since"):
        members(context)


def test_a_file_that_became_a_link_out_of_the_context_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    context = Context.scan(tmp_path)
    (tmp_path / "a").unlink()
    (tmp_path / "a").symlink_to("/etc/passwd")
    with pytest.raises(Refused, match="cannot be read"):
        members(context)


# -- where the Dockerfile is ----------------------------------------------------------------------


def placed(folder: Path, text: str) -> Placed:
    context = Context.scan(folder, dockerfile=folder / "Dockerfile")
    request = BuildRequest(folder / "Dockerfile", folder, text=text)
    return place(request, program(text), context)


def test_a_dockerfile_of_the_context_is_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM base\nCOPY . /\n")
    assert placed(tmp_path, "FROM base\nCOPY . /\n") == Placed("Dockerfile")


def test_a_text_that_is_not_saved_comes_besides(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM base\n")
    found = placed(tmp_path, "FROM base\nCOPY a /\n")
    assert found.extra == {found.name: b"FROM base\nCOPY a /\n"}
    assert not found.is_seen


def test_one_that_the_context_leaves_out_would_be_copied_with_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM base\nCOPY . /\n")
    (tmp_path / ".dockerignore").write_text("Dockerfile\n")
    found = placed(tmp_path, "FROM base\nCOPY . /\n")
    assert found.is_seen
    hidden = hidden_by_ignore(found, Context.scan(tmp_path))
    assert hidden.extra[".dockerignore"] == f"Dockerfile\n{found.name}\n".encode()


@pytest.mark.parametrize("source", [".", "/", "./", "*", "../.", "[a-z.]*", "a/.."])
def test_sources_that_reach_everything(tmp_path: Path, source: str) -> None:
    (tmp_path / ".dockerignore").write_text("Dockerfile\n")
    text = f'FROM base\nCOPY ["{source}", "/"]\n'
    (tmp_path / "Dockerfile").write_text(text)
    assert placed(tmp_path, text).is_seen
