"""`python -m ratchetry`."""

from __future__ import annotations

from ratchetry.cli import main

if __name__ == "__main__":
    main()
