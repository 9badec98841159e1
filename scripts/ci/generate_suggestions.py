#!/usr/bin/env python3
"""Turn a trend report into ranked suggestions: the door to `ratchetry suggest --trend-report … --output …`."""

import sys

from ratchetry.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["suggest", *sys.argv[1:]]))
