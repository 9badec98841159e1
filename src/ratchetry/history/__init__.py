"""The history: how runs and events are kept, as text that git stores well, and read back without loss."""
