#!/usr/bin/env python3
"""Reconcile what has run into a history: the door to `ratchetry ci aggregate`."""

import sys

from ratchetry.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["ci", "aggregate", *sys.argv[1:]]))
