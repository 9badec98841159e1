"""Importing: runs that other tools, other histories and GitHub have kept, into the history."""
