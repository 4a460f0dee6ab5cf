"""The rules: what each is called, what it says, where it is explained."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_URL: Final = "https://docs.docker.com/go/dockerfile/rule/"
_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z][a-z]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. An ``experimental`` one must be asked for.

    ``commented`` tells that a ``# check=`` comment above an instruction can switch it off there;
    the others look at the file as a whole.
    """

    name: str
    description: str
    experimental: bool = False
    commented: bool = True
    documented: bool = True

    @property
    def url(self) -> str:
        """The page that explains the rule; ``""`` where there is none."""
        slug = "-".join(_WORD.findall(self.name)).lower()
        return f"{_URL}{slug}/" if self.documented else ""


STAGE_NAME_CASING: Final = Rule("StageNameCasing", "Stage names should be lowercase")
FROM_AS_CASING: Final = Rule(
    "FromAsCasing", "The 'as' keyword should match the case of the 'from' keyword"
)
NO_EMPTY_CONTINUATION: Final = Rule(
    "NoEmptyContinuation",
    "Empty continuation lines will become errors in a future release",
    commented=False,
)
CONSISTENT_INSTRUCTION_CASING: Final = Rule(
    "ConsistentInstructionCasing",
    "All commands within the Dockerfile should use the same casing (either upper or lower)",
    commented=False,
)
DUPLICATE_STAGE_NAME: Final = Rule(
    "DuplicateStageName", "Stage names should be unique", commented=False
)
RESERVED_STAGE_NAME: Final = Rule(
    "ReservedStageName", "Reserved words should not be used as stage names", commented=False
)
JSON_ARGS_RECOMMENDED: Final = Rule(
    "JSONArgsRecommended",
    "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to "
    "OS signals",
)
MAINTAINER_DEPRECATED: Final = Rule(
    "MaintainerDeprecated",
    "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
)
UNDEFINED_ARG_IN_FROM: Final = Rule("UndefinedArgInFrom", "FROM command must use declared ARGs")
WORKDIR_RELATIVE_PATH: Final = Rule(
    "WorkdirRelativePath",
    "Relative workdir without an absolute workdir declared within the build can have unexpected "
    "results if the base image changes",
)
UNDEFINED_VAR: Final = Rule("UndefinedVar", "Variables should be defined before their use")
MULTIPLE_INSTRUCTIONS_DISALLOWED: Final = Rule(
    "MultipleInstructionsDisallowed",
    "Multiple instructions of the same type should not be used in the same stage",
)
LEGACY_KEY_VALUE_FORMAT: Final = Rule(
    "LegacyKeyValueFormat",
    "Legacy key/value format with whitespace separator should not be used",
)
INVALID_BASE_IMAGE_PLATFORM: Final = Rule(
    "InvalidBaseImagePlatform",
    "Base image platform does not match expected target platform",
    commented=False,
    documented=False,
)
REDUNDANT_TARGET_PLATFORM: Final = Rule(
    "RedundantTargetPlatform",
    "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default "
    "behavior",
)
SECRETS_USED_IN_ARG_OR_ENV: Final = Rule(
    "SecretsUsedInArgOrEnv", "Sensitive data should not be used in the ARG or ENV commands"
)
INVALID_DEFAULT_ARG_IN_FROM: Final = Rule(
    "InvalidDefaultArgInFrom",
    "Default value for global ARG results in an empty or invalid base image name",
    commented=False,
)
FROM_PLATFORM_FLAG_CONST_DISALLOWED: Final = Rule(
    "FromPlatformFlagConstDisallowed", "FROM --platform flag should not use a constant value"
)
COPY_IGNORED_FILE: Final = Rule(
    "CopyIgnoredFile", "Attempting to Copy file that is excluded by .dockerignore"
)
INVALID_DEFINITION_DESCRIPTION: Final = Rule(
    "InvalidDefinitionDescription",
    "Comment for build stage or argument should follow the format: "
    "`# <arg/stage name> <description>`. If this is not intended to be a description comment, "
    "add an empty line or comment between the instruction and the comment.",
    experimental=True,
)
EXPOSE_PROTO_CASING: Final = Rule(
    "ExposeProtoCasing", "Protocol in EXPOSE instruction should be lowercase"
)
EXPOSE_INVALID_FORMAT: Final = Rule(
    "ExposeInvalidFormat",
    "IP address and host-port mapping should not be used in EXPOSE instruction. This will become "
    "an error in a future release",
)

RULES: Final = (
    STAGE_NAME_CASING,
    FROM_AS_CASING,
    NO_EMPTY_CONTINUATION,
    CONSISTENT_INSTRUCTION_CASING,
    DUPLICATE_STAGE_NAME,
    RESERVED_STAGE_NAME,
    JSON_ARGS_RECOMMENDED,
    MAINTAINER_DEPRECATED,
    UNDEFINED_ARG_IN_FROM,
    WORKDIR_RELATIVE_PATH,
    UNDEFINED_VAR,
    MULTIPLE_INSTRUCTIONS_DISALLOWED,
    LEGACY_KEY_VALUE_FORMAT,
    INVALID_BASE_IMAGE_PLATFORM,
    REDUNDANT_TARGET_PLATFORM,
    SECRETS_USED_IN_ARG_OR_ENV,
    INVALID_DEFAULT_ARG_IN_FROM,
    FROM_PLATFORM_FLAG_CONST_DISALLOWED,
    COPY_IGNORED_FILE,
    INVALID_DEFINITION_DESCRIPTION,
    EXPOSE_PROTO_CASING,
    EXPOSE_INVALID_FORMAT,
)
"""All rules, in BuildKit's order."""
