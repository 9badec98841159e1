"""What should be done about what was found, as values; adapters do it."""
