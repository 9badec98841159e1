#!/usr/bin/env python3
"""Take what CI says of modules into the bandit's weights: the door to `ratchetry bandit feedback`."""

import sys

from ratchetry.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["bandit", "feedback", *sys.argv[1:]]))
