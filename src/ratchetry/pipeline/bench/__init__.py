"""Comparing two states of a project by benchmarks that run in turn on one machine."""
