"""The client for GitHub, as the steps open it."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ratchetry.adapters.clock import SystemClock
from ratchetry.adapters.github import GitHubClient, open_client


def github(environ: Mapping[str, str], repository: str = "") -> GitHubClient:
    """Return a client for a repository, by default that of the job; raises UsageError for what the step lacks."""
    return open_client(environ, repository=repository, clock=SystemClock(), sleep=time.sleep)
