"""Advice about secrets: files that hold one, and those that stand in the Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from explorer.dockerfile.advice import rules
from explorer.dockerfile.advice.facts import normal
from explorer.dockerfile.advice.model import Level
from explorer.dockerfile.advice.subject import Found, Line, Subject
from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.transfers import is_git, is_http
from explorer.dockerfile.statement import MAX_LENGTH

_FILES: Final = (
    *(".env", ".env.*", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*private*.pem", "*-key.pem"),
    *("privkey*.pem", "key.pem", "private*.key", "server.key", "tls.key", "ssl.key", "*.p12"),
    *("*.pfx", ".netrc", "_netrc", ".pgpass", ".git-credentials", ".pypirc", ".htpasswd", ".ssh"),
    *("credentials.json", "service-account*.json", "service_account*.json", "kubeconfig"),
    *("secrets.yml", "secrets.yaml", "secrets.json", "secrets.env", "*.keystore"),
)
_PATHS: Final = (".aws/credentials", ".docker/config.json", ".kube/config", ".aws", ".gnupg")
_HARMLESS: Final = ("example", "sample", "template", "dist", "defaults", "test", "schema", "public")
_MAYBE: Final = (".npmrc",)

_URL: Final = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\s/:@\"'$<{]{1,200}:(?P<secret>[^\s/@\"'$<{*]{1,200})@"
)
_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?P<secret>(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,255}"
    r"|github_pat_[A-Za-z0-9_]{40,255}|glpat-[A-Za-z0-9_-]{20,255}|xox[abprs]-[A-Za-z0-9-]{20,255}"
    r"|[rs]k_live_[A-Za-z0-9]{20,255}|AIza[0-9A-Za-z_-]{35}|npm_[A-Za-z0-9]{36}"
    r"|dckr_pat_[A-Za-z0-9_-]{20,255}|hf_[A-Za-z0-9]{30,255}|pypi-[A-Za-z0-9_-]{50,255})"
    r"(?![A-Za-z0-9])|-----BEGIN (?P<kind>[A-Z ]{0,20})PRIVATE KEY-----"
)
_PASSWORD: Final = re.compile(
    r"(?<!\S)(?:--password[ =]|--passwd[ =]|sshpass\s+-p\s*)(?P<secret>[^\s\"'$<{|&;-][^\s\"'$]*)"
)
_PLACEHOLDER: Final = re.compile(
    r"(?i)x{3,}|\.{3}|changeme|change_me|placeholder|your[-_].*|<.*|secret|pass(?:word)?|example.*|token"
)


def findings(subject: Subject) -> Iterator[Found]:
    """Secrets that are copied, and secrets that are written out."""
    for line in subject.all_lines():
        yield from _files(subject, line)
    for instruction in subject.program.document.instructions:
        if len(instruction.text) <= MAX_LENGTH:
            yield from _written(instruction, subject.text)


def _files(subject: Subject, line: Line) -> Iterator[Found]:
    transfer = line.transfer
    if transfer is None:
        return
    for source in transfer.sources:
        kind = _kind(source.value)
        if kind is None or _absent(subject, source.value):
            continue
        shipped = line.stage.index in subject.shipped
        level = kind if shipped else Level.INFO
        where = "the image" if shipped else f"the layers of stage {line.stage.title}"
        message = f"{shorten(source.value)} usually holds a secret, and {where} will keep it"
        yield line.found(rules.SECRET_FILE_COPIED, message, line.step.span_of(source), level=level)


def _absent(subject: Subject, source: str) -> bool:
    """Whether a source is not sent; where the ignore file hides it, BuildKit's rule tells."""
    ignore, context = subject.program.inputs.ignore, subject.facts.context
    if ignore is not None and ignore.ignores(normal(source)):
        return True
    return context is not None and context.whole and "*" not in source and not context.has(source)


def _kind(source: str) -> Level | None:
    """How likely a source holds a secret; ``None`` where nothing says so."""
    if is_http(source) or is_git(source):
        return None
    path = normal(source)
    name = path.rpartition("/")[2]
    if any(word in name.lower() for word in _HARMLESS):
        return None
    if any(fnmatchcase(name, pattern) for pattern in _FILES):
        return Level.WARNING
    if any(path == known or path.endswith(f"/{known}") for known in _PATHS):
        return Level.WARNING
    return Level.INFO if name in _MAYBE else None


def _written(instruction: Instruction, text: str) -> Iterator[Found]:
    places = [(instruction.text, instruction.place)]
    for heredoc in instruction.heredocs:
        body = heredoc.body

        def place(start: int, end: int, base: int = body.start) -> Span:
            return Span(base + start, base + end)

        places.append((body.of(text)[:MAX_LENGTH], place))
    for content, locate in places:
        for what, start, end in _secrets(content):
            message = f"{what} stands here for everyone to read"
            yield Found(
                rules.SECRET_IN_TEXT,
                message,
                locate(start, end),
                instruction.line,
                instruction.comments,
            )


def _secrets(text: str) -> Iterator[tuple[str, int, int]]:
    if "://" in text:
        for found in _URL.finditer(text):
            if not _PLACEHOLDER.fullmatch(found["secret"]):
                yield "The password of an address", found.start("secret"), found.end("secret")
    for found in _TOKEN.finditer(text):
        if found["secret"] is None:
            yield "A private key", found.start(), found.end()
        elif len(set(found["secret"][-16:])) > 4 and not found["secret"].endswith("EXAMPLE"):
            shown = found["secret"][:4]
            yield f"A token ({shown}…)", found.start("secret"), found.end("secret")
    for found in _PASSWORD.finditer(text):
        if not _PLACEHOLDER.fullmatch(found["secret"]):
            yield "A password", found.start("secret"), found.end("secret")
