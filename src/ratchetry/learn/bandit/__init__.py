"""The bandit: which arm to try next, from what became of those that were tried before."""
