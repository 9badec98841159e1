#!/usr/bin/env python3
"""Score prompt and instruction documents: the door to `ratchetry score`."""

import sys

from ratchetry.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["score", *sys.argv[1:]]))
