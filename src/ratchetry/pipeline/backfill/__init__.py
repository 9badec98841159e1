"""Measuring past commits, so that trends, floors and change points exist on the first day."""
