"""The composition root: gather what is known, call the pure stages, save what they say."""
