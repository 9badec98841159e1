"""What would help most: from evidence to ranked suggestions, and whether they did help."""
