"""Comparisons of a base with a head: rank tests, shifts with intervals, and the verdicts that they allow."""
