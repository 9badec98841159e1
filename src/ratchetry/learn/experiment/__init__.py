"""Experiments: units split by a hash, matured days judged by a test that may be looked at every day."""
