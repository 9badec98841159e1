"""Regressions: how the values of a run differ from those of its base, and what may be said of that."""
