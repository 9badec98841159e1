"""Trends of series: direction, slope, what the newest week says, and when a bound is hit."""
