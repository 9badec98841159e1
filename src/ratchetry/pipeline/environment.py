"""What measured code, and the tools that run it, may see of ratchetry's own environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WITHHELD: Final = frozenset(
    {
        "GITHUB_TOKEN",
        "GH_TOKEN",
        "GITHUB_OUTPUT",
        "GITHUB_ENV",
        "GITHUB_PATH",
        "GITHUB_STATE",
        "GITHUB_STEP_SUMMARY",
        "PYTEST_CURRENT_TEST",
    }
)
WITHHELD_PREFIXES: Final = ("ACTIONS_", "COVERAGE_", "COV_CORE_", "PYTEST_XDIST_")


def tool_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that tools run in: without tokens, without the files that steer a GitHub job.

    Code of the measured repository runs in it, and must be able neither to speak for the job nor to write its
    outputs; nor may an outer pytest or coverage reach into the one that is started.
    """
    return {
        name: value
        for name, value in environ.items()
        if name not in WITHHELD and not name.startswith(WITHHELD_PREFIXES)
    } | {"NO_COLOR": "1"}
