"""The flags of instructions."""

from __future__ import annotations

from typing import Final

from explorer.dockerfile.services.knowledge.topic import Topic

_CHOWN: Final = Topic(
    "--chown=user[:group]",
    "Who owns the files: names or numbers; root by default.",
    "copy---chown---chmod",
    "Names are looked up in the `/etc/passwd` and `/etc/group` of the stage.",
)
_CHMOD: Final = Topic(
    "--chmod=mode",
    "The permissions of the files: octal as `0755`, or symbolic as `u=rwX,go=rX`.",
    "copy---chown---chmod",
)
_LINK: Final = Topic(
    "--link",
    "Makes a layer of its own that does not depend on those below it.",
    "copy---link",
    "It can be used again when the base changes. Links in the destination are not followed.",
)
_EXCLUDE: Final = Topic(
    "--exclude=pattern",
    "Leaves out files that match a pattern; it may be given several times.",
    "copy---exclude",
)
_HEALTH: Final = "healthcheck"

FLAGS: Final[dict[tuple[str, str], Topic]] = {
    ("ADD", "chmod"): _CHMOD,
    ("ADD", "chown"): _CHOWN,
    ("ADD", "exclude"): _EXCLUDE,
    ("ADD", "link"): _LINK,
    ("ADD", "checksum"): Topic(
        "--checksum=sha256:digest",
        "Refuses a downloaded file, or a Git commit, that is not the expected one.",
        "add---checksum",
    ),
    ("ADD", "keep-git-dir"): Topic(
        "--keep-git-dir", "Keeps the `.git` folder of a repository.", "add---keep-git-dir"
    ),
    ("ADD", "unpack"): Topic(
        "--unpack[=true|false]",
        "Whether an archive is unpacked; by default a local one is and a downloaded one is not.",
        "add---unpack",
    ),
    ("COPY", "chmod"): _CHMOD,
    ("COPY", "chown"): _CHOWN,
    ("COPY", "exclude"): _EXCLUDE,
    ("COPY", "link"): _LINK,
    ("COPY", "from"): Topic(
        "--from=stage|context|image",
        "Where to copy from instead of the build context: a stage by name or number, a named "
        "context, or an image.",
        "copy---from",
    ),
    ("COPY", "parents"): Topic(
        "--parents",
        "Keeps the folders of the sources; from `/./` on where that is written.",
        "copy---parents",
    ),
    ("FROM", "platform"): Topic(
        "--platform=os/architecture[/variant]",
        "Which platform's image to build upon; by default the one that is built for.",
        "from",
        "`$BUILDPLATFORM` is where the build runs: tools that cross-compile want it.",
    ),
    ("HEALTHCHECK", "interval"): Topic(
        "--interval=duration", "The time between two checks; `30s` by default.", _HEALTH
    ),
    ("HEALTHCHECK", "retries"): Topic(
        "--retries=number", "Failures in a row until it counts as unwell; 3 by default.", _HEALTH
    ),
    ("HEALTHCHECK", "start-interval"): Topic(
        "--start-interval=duration",
        "The time between checks while it starts; `5s` by default.",
        _HEALTH,
    ),
    ("HEALTHCHECK", "start-period"): Topic(
        "--start-period=duration",
        "The time to start in which failures do not count; `0s` by default.",
        _HEALTH,
    ),
    ("HEALTHCHECK", "timeout"): Topic(
        "--timeout=duration", "How long a check may take; `30s` by default.", _HEALTH
    ),
    ("RUN", "device"): Topic(
        "--device=name[,required]",
        "Gives the command a device by its CDI name; the builder must allow it.",
        "run---device",
    ),
    ("RUN", "mount"): Topic(
        "--mount=type=type,option...",
        "Something the command sees that does not become part of the layer.",
        "run---mount",
        "- `bind`: files of the context, a stage or an image\n"
        "- `cache`: a folder that is kept between builds\n"
        "- `secret`: a file or variable that leaves no trace\n"
        "- `ssh`: the agent's keys\n"
        "- `tmpfs`: memory",
    ),
    ("RUN", "network"): Topic(
        "--network=default|none|host", "Which network the command has.", "run---network"
    ),
    ("RUN", "security"): Topic(
        "--security=sandbox|insecure",
        "`insecure` runs without a sandbox; the builder must allow it.",
        "run---security",
    ),
}

FLAG_VALUES: Final[dict[tuple[str, str, str], str]] = {
    ("RUN", "network", "default"): "The network of the builder.",
    ("RUN", "network", "none"): "No network but the loopback.",
    ("RUN", "network", "host"): "The host's network; the builder must allow it.",
    ("RUN", "security", "sandbox"): "The sandbox every command has.",
    ("RUN", "security", "insecure"): "No sandbox; the builder must allow it.",
}
"""What each value of a flag means."""

SUGGESTED_VALUES: Final[dict[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    ("ADD", "checksum"): (("sha256:", "The SHA-256 of the file"),),
    ("ADD", "chmod"): (
        ("0644", "read by all, written by the owner"),
        ("0755", "also executed, or entered"),
        ("0600", "for the owner alone"),
        ("u=rwX,go=rX", "folders and programs can be entered and run"),
        ("+x", "executable by all"),
    ),
    ("HEALTHCHECK", "interval"): (("30s", "the default"), ("10s", ""), ("1m", "")),
    ("HEALTHCHECK", "retries"): (("3", "the default"), ("5", "")),
    ("HEALTHCHECK", "start-interval"): (("5s", "the default"), ("1s", "")),
    ("HEALTHCHECK", "start-period"): (("0s", "the default"), ("10s", ""), ("30s", "")),
    ("HEALTHCHECK", "timeout"): (("30s", "the default"), ("3s", ""), ("10s", "")),
}
"""Values worth offering where anything may stand."""

SUGGESTED_VALUES["COPY", "chmod"] = SUGGESTED_VALUES["ADD", "chmod"]
