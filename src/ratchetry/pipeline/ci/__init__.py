"""What the steps of the GitHub workflows do; each works on a laptop as well, where the flags say what Actions would."""
