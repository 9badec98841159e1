#!/usr/bin/env python3
"""Measure a repository and print its run record: the door to `ratchetry run --format json`."""

import sys

from ratchetry.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["run", "--format", "json", *sys.argv[1:]]))
