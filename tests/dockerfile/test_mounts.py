"""``RUN --mount`` takes what BuildKit takes."""

from __future__ import annotations

import pytest

from explorer.dockerfile.commands.model import Run
from explorer.dockerfile.commands.mount import Mount
from tests.dockerfile.reading import errors, program


def mount(value: str) -> Mount:
    found = program(f"FROM scratch\nENV T=cache\nRUN --mount={value} x")
    assert found.problems == ()
    command = found.stages[0].steps[1].command
    assert isinstance(command, Run)
    return command.mounts[0]


def test_a_bind_mount_is_readonly_unless_told_otherwise() -> None:
    assert (mount("target=/a").type, mount("target=/a").readonly) == ("bind", True)
    assert not mount("target=/a,rw").readonly
    assert not mount("target=/a,readonly=false").readonly
    assert mount("type=tmpfs,target=/a,ro=true").readonly


def test_a_cache_mount() -> None:
    found = mount("type=$T,id=x,target=/root/.cache,sharing=locked,uid=1,gid=2,mode=0755")
    assert (found.type, found.id, found.sharing, found.readonly) == ("cache", "x", "locked", False)
    assert (found.uid, found.gid, found.mode) == (1, 2, 0o755)


def test_secret_and_ssh_mounts() -> None:
    found = mount("type=secret,id=key,env=KEY,required")
    assert (found.id, found.env, found.required) == ("key", "KEY", True)
    assert mount("type=ssh,required=true").required


@pytest.mark.parametrize(
    ("size", "expected"), [("10", 10), ("1k", 1024), ("1.5MiB", 1572864), ("2 gb", 2 << 30)]
)
def test_the_size_of_a_tmpfs(size: str, expected: int) -> None:
    found = mount(f'"type=tmpfs,target=/a,size={size}"')
    assert found.size == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("type=cahce,target=/a", 'unsupported mount type "cahce" (did you mean cache?)'),
        ("type=cache,target=/a,sharing=x", 'unsupported sharing value "x"'),
        ("tagret=/a", "unexpected key 'tagret' in 'tagret=/a' (did you mean target?)"),
        ("target=/a,bare", "invalid field 'bare' must be a key=value pair"),
        ("target=/a,required", "unexpected key 'required' for mount type 'bind'"),
        ("target=/a,size=1", "unexpected key 'size' for mount type 'bind'"),
        ("type=tmpfs,target=/a,size=x", "invalid value for size: x"),
        ("target=/a,ro=x", "invalid value for ro: x"),
        ("type=cache,target=/a,uid=-1", "invalid value -1 for uid"),
        ("type=cache,target=/a,mode=999", "invalid value 999 for mode"),
        ("target=/a,uid=1", 'uid not allowed for "bind" type mounts'),
        ("type=secret", "invalid secret mount. one of source, target required"),
        ("type=secret,id=a,src=b", "both source and id can't be set"),
        ("type=secret,id=a,from=b", "secret mount should not have a from"),
        ("type=secret,id=a,sharing=shared", "secret mount should not define sharing"),
        ("type=tmpfs,target=/a,sharing=shared", "invalid cache sharing set for tmpfs mount"),
        ("target=/", 'invalid mount target "/"'),
    ],
)
def test_refusals(value: str, message: str) -> None:
    assert errors(f"FROM scratch\nRUN --mount={value} x") == [message]
