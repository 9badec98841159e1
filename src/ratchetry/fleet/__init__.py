"""Analyses over the histories of many repositories, written once for every engine."""
