"""Change points: where the level of a series changed, and whether its end has."""
