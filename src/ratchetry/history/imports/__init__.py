"""Runs out of what other tools have kept: one pure module for each format, from bytes to run records."""
