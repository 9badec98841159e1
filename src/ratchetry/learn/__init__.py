"""What the history teaches: thresholds, arms, experiments and versions, each a fold of events."""
