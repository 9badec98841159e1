"""The ratchet: bounds that only tighten, and only by what the history supports."""
