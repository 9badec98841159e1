"""The command line: parsing and exit codes, nothing else."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    from ratchetry.cli.app import run

    sys.exit(run(sys.argv[1:]))
