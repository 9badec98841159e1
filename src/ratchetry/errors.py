"""Every error ratchetry raises on purpose, and the exit code each one ends with.

Exit codes: 0 pass, 1 a gate failed, 2 usage, configuration or state error,
3 something required was not measured, 4 ratchetry itself broke, 130 interrupted.
"""

from __future__ import annotations

from typing import ClassVar, Final

EXIT_PASS: Final = 0
EXIT_GATE_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_NOT_MEASURED: Final = 3
EXIT_BROKEN: Final = 4
EXIT_INTERRUPTED: Final = 130


class RatchetryError(Exception):
    """An expected failure: its text says what happened, where, and what to do."""

    exit_code: ClassVar[int] = EXIT_BROKEN


class UsageError(RatchetryError):
    """The command line, or what it points at, makes no sense."""

    exit_code: ClassVar[int] = EXIT_USAGE


class ConfigError(RatchetryError):
    """A setting is unknown, of the wrong type or out of range."""

    exit_code: ClassVar[int] = EXIT_USAGE


class StateError(RatchetryError):
    """A state file is malformed, from a newer version, or names something unknown."""

    exit_code: ClassVar[int] = EXIT_USAGE


class ReportError(RatchetryError):
    """A tool's report cannot be read: the stage that asked for it was not measured."""

    exit_code: ClassVar[int] = EXIT_NOT_MEASURED


class NotMeasuredError(RatchetryError):
    """What a verdict would rest on has not been measured."""

    exit_code: ClassVar[int] = EXIT_NOT_MEASURED


class UnreachableError(RatchetryError):
    """A service did not answer."""

    exit_code: ClassVar[int] = EXIT_NOT_MEASURED


class GitHubError(UnreachableError):
    """GitHub refused a request (`status` says how), could not be reached, or answered something senseless."""

    status: int = 0


class MissingPermissionError(GitHubError):
    """The token lacks a permission, which the message names."""


class NotFoundError(GitHubError):
    """GitHub does not have it, or not any more, or does not show it to this token."""


class RateLimitError(GitHubError):
    """GitHub's rate limit is used up, or the work would not fit into what is left of it."""


class LostAnswerError(GitHubError):
    """No answer came to a write: it may have been carried out."""
