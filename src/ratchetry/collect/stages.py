"""The stages of the main job, in the order they are shown."""

from __future__ import annotations

from ratchetry.collect.stage import Stage

STAGES: tuple[Stage, ...] = ()
