"""What measured code may see."""

from __future__ import annotations

from ratchetry.pipeline.environment import tool_environment


def test_measured_code_gets_neither_tokens_nor_the_files_that_steer_a_job() -> None:
    """Everything that would let it speak for the job, or an outer test run reach into it, is left out."""
    withheld = {
        "GITHUB_TOKEN": "t",
        "GITHUB_OUTPUT": "/f",
        "ACTIONS_RUNTIME_TOKEN": "t",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "u",
        "COVERAGE_PROCESS_START": "c",
    }
    kept = {"PATH": "/bin", "GITHUB_ACTIONS": "true", "PYTEST_ADDOPTS": "-x"}
    assert tool_environment({**withheld, **kept}) == {**kept, "NO_COLOR": "1"}
