#!/usr/bin/env python3
"""Report where the metrics of a directory of records go: the door to `ratchetry trends --metrics-dir … --output …`."""

import sys

from ratchetry.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["trends", *sys.argv[1:]]))
