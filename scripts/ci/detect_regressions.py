#!/usr/bin/env python3
"""Tell what of a trend report calls for action, and set the step's outputs: the door to `ratchetry regressions`."""

import sys

from ratchetry.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["regressions", *sys.argv[1:]]))
