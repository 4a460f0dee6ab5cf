"""Our own rules: what each is called, how much it matters, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.advice.model import Level

_DOCS: Final = "https://docs.docker.com/"
_PRACTICES: Final = _DOCS + "build/building/best-practices/"
_CACHE: Final = _DOCS + "build/cache/optimize/"
_REFERENCE: Final = _DOCS + "reference/dockerfile/"


@dataclass(frozen=True, slots=True)
class AdviceRule:
    """One rule. ``title`` is its one line, ``explanation`` says why it matters."""

    name: str
    level: Level
    title: str
    explanation: str
    url: str
    hadolint: tuple[str, ...] = ()
    """The rules of hadolint that complain about the same."""
    covers: tuple[str, ...] = ()
    """Rules of linters that need not complain as well where this one does."""


COPY_BEFORE_INSTALL: Final = AdviceRule(
    "CopyBeforeInstall",
    Level.WARNING,
    "Copy what names the dependencies, install them, and copy the rest after that",
    "The cache key of COPY is the content of everything it copies. Where the whole source comes "
    "before the step that installs dependencies, every changed line of source misses the cache "
    "there, and all dependencies are installed again. Copy the manifest and the lock file alone, "
    "install, and then copy the source: the install step then runs only when they change.",
    _CACHE + "#order-your-layers",
)
PACKAGE_CACHE_KEPT: Final = AdviceRule(
    "PackageCacheKept",
    Level.WARNING,
    "A package manager's cache stays in the layer",
    "A layer holds everything a step has written by its end, downloads and package lists "
    "included, and no later step can make it smaller: deleting there only hides. Delete them in "
    "the step that made them, tell the package manager to keep none, or mount a cache with "
    "RUN --mount=type=cache, which is no part of the image and makes the next build faster.",
    _CACHE + "#use-cache-mounts",
    ("DL3009", "DL3019", "DL3032", "DL3036", "DL3040", "DL3042", "DL3060"),
)
UPDATE_ALONE: Final = AdviceRule(
    "UpdateWithoutInstall",
    Level.WARNING,
    "Package lists are updated in a step of their own",
    "A step is found in the cache as long as its text and what is below it stay the same. An "
    "update by itself is therefore run once and never again, and a later install works with lists "
    "that may be months old: it gets old versions, or versions that are gone. Update and install "
    "in one RUN.",
    _PRACTICES + "#apt-get",
    covers=("DL3009",),
)
DELETED_BUT_STORED: Final = AdviceRule(
    "DeletedButStored",
    Level.WARNING,
    "Something is deleted in a later step than the one that brought it",
    "Each step is a layer, and a layer is never changed. Deleting what a layer below holds adds a "
    "mark that hides it: whoever pulls the image still downloads and stores it, and can still "
    "read it. Bring, use and delete it in one RUN, or mount it for that RUN with "
    "--mount=type=bind, or use it in another stage.",
    _PRACTICES + "#use-multi-stage-builds",
)
CHANGED_AFTER_COPY: Final = AdviceRule(
    "ChangedAfterCopy",
    Level.INFO,
    "Owner or mode of copied files is changed in a later step",
    "A layer stores whole files. Changing owner or mode of a file from a layer below stores all of "
    "its bytes a second time. COPY and ADD can set both as they copy, with --chown and --chmod.",
    _REFERENCE + "#copy---chown---chmod",
)
BUILD_TOOLS: Final = AdviceRule(
    "BuildToolsInFinalImage",
    Level.INFO,
    "What is only needed to build stays in the final image",
    "Compilers, headers and build systems make the image larger by hundreds of megabytes, and "
    "each is one more program to keep free of known holes. Build in one stage, and take only the "
    "result into the last one with COPY --from.",
    _PRACTICES + "#use-multi-stage-builds",
)
NEEDLESS_CONTEXT: Final = AdviceRule(
    "NeedlessContext",
    Level.WARNING,
    "A copied folder holds what no image needs",
    "What COPY takes is sent to the builder, is part of the cache key, and ends up in the layer. "
    "A repository's history, installed dependencies or build results there make builds slow, "
    "miss the cache for nothing, and may carry secrets. List them in the ignore file.",
    _PRACTICES + "#exclude-with-dockerignore",
)
LARGE_CONTEXT: Final = AdviceRule(
    "LargeContext",
    Level.INFO,
    "A single folder makes up most of a large copy",
    "All that COPY takes is sent to the builder and hashed for the cache key at each build, and "
    "stored in the layer. What the image does not need belongs in the ignore file; what only one "
    "step needs can be mounted for it.",
    _CACHE + "#keep-the-context-small",
)
SECRET_FILE_COPIED: Final = AdviceRule(
    "SecretFileCopied",
    Level.WARNING,
    "A file that usually holds a secret is copied into the image",
    "Whoever can pull an image can read every file of every layer, also of those that a later "
    "step deletes. Mount a secret for the step that needs it, RUN --mount=type=secret, and it is "
    "in no layer; what a container needs as it runs is given to it when it starts.",
    _DOCS + "build/building/secrets/",
)
SECRET_IN_TEXT: Final = AdviceRule(
    "SecretInDockerfile",
    Level.WARNING,
    "A password or a token stands in the Dockerfile",
    "The text of each instruction is kept in the image's history, readable for everyone who can "
    "pull the image, and the Dockerfile itself is shared with all who have the repository. Mount "
    "it with RUN --mount=type=secret, and change the one that was here: it is known.",
    _DOCS + "build/building/secrets/",
)
BASE_NOT_PINNED: Final = AdviceRule(
    "BaseNotPinned",
    Level.WARNING,
    "A base image is named without a version",
    "Without a tag, and with the tag latest, the name means whatever was pushed last. The same "
    "Dockerfile then gives another image next month, perhaps one that does not work, and nobody "
    "can tell from the Dockerfile what an old image was built upon.",
    _PRACTICES + "#pin-base-image-versions",
    ("DL3006", "DL3007"),
)
BASE_WITHOUT_DIGEST: Final = AdviceRule(
    "BaseWithoutDigest",
    Level.INFO,
    "A base image is named by a tag alone",
    "A tag can be moved to other content at any time. With the digest behind it, "
    "NAME:TAG@sha256:…, the build is the same each time, and the tag still tells people which "
    "version it is; tools such as Renovate and Dependabot move both on.",
    _PRACTICES + "#pin-base-image-versions",
)
RUNS_AS_ROOT: Final = AdviceRule(
    "RunsAsRoot",
    Level.INFO,
    "The container's process runs as root",
    "Without USER a container runs as root. Whoever breaks into its process may then change "
    "everything in it, and a hole in the kernel or a careless mount leads to root on the host. "
    "Create a user, give it what it must write to, and name it with USER in the last stage.",
    _PRACTICES + "#user",
    ("DL3002",),
)
ADD_WITHOUT_CHECKSUM: Final = AdviceRule(
    "RemoteAddWithoutChecksum",
    Level.INFO,
    "A file is downloaded without checking what it is",
    "What an address delivers can change, by mistake or by malice, and ADD takes it as it comes. "
    "With --checksum=sha256:… the build stops unless the content is the one that was looked at, "
    "and the cache needs no request to know that nothing changed.",
    _REFERENCE + "#add---checksum",
)
PIPE_HIDES_FAILURE: Final = AdviceRule(
    "PipeHidesFailure",
    Level.WARNING,
    "A failed download goes unnoticed in a pipe",
    "A pipe ends with the exit code of its last command. Where the download before it fails, the "
    "last one gets nothing or half of it, may end well, and the layer with the broken result is "
    "cached. With the shell's pipefail option the step fails when any command of the pipe does.",
    _PRACTICES + "#using-pipes",
    ("DL4006",),
)
NO_LASTING_EFFECT: Final = AdviceRule(
    "NoLastingEffect",
    Level.WARNING,
    "What a RUN sets in its shell is gone when it ends",
    "Each RUN starts a shell of its own. The folder it goes to, the variables it exports and the "
    "aliases it defines end with it; only files stay. WORKDIR sets the folder for all that "
    "follows, ENV sets variables.",
    _PRACTICES + "#workdir",
    covers=("DL3003", "SC2164", "SC2155"),
)
WORKDIR_INSTEAD: Final = AdviceRule(
    "WorkdirInstead",
    Level.INFO,
    "Several RUN go to the same folder first",
    "WORKDIR says once where the following steps work, creates the folder, and is seen by COPY, "
    "CMD and ENTRYPOINT as well.",
    _PRACTICES + "#workdir",
    ("DL3003",),
)
ADD_INSTEAD_OF_COPY: Final = AdviceRule(
    "AddInsteadOfCopy",
    Level.INFO,
    "ADD is used where COPY does the same",
    "ADD also unpacks archives and downloads addresses, so a reader has to find out whether it "
    "does here, and a source that becomes an archive one day is suddenly unpacked. COPY does only "
    "this one thing.",
    _PRACTICES + "#add-or-copy",
    ("DL3020",),
)

ADVICE_RULES: Final = (
    COPY_BEFORE_INSTALL,
    PACKAGE_CACHE_KEPT,
    UPDATE_ALONE,
    DELETED_BUT_STORED,
    CHANGED_AFTER_COPY,
    BUILD_TOOLS,
    NEEDLESS_CONTEXT,
    LARGE_CONTEXT,
    SECRET_FILE_COPIED,
    SECRET_IN_TEXT,
    BASE_NOT_PINNED,
    BASE_WITHOUT_DIGEST,
    RUNS_AS_ROOT,
    ADD_WITHOUT_CHECKSUM,
    PIPE_HIDES_FAILURE,
    NO_LASTING_EFFECT,
    WORKDIR_INSTEAD,
    ADD_INSTEAD_OF_COPY,
)
"""All of them."""
