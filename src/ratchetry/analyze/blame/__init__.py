"""Which of the things that changed broke something: posteriors with shared blame, suspects of a range, bisection."""
