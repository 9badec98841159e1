"""What the commands of `ratchetry bandit` do: load, call what is pure, save."""
