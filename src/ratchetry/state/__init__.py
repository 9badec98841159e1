"""Reading and writing every file that ratchetry keeps: versioned, checked, deterministic."""
