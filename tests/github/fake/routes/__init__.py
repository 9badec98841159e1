"""The operations that the fake knows."""

from tests.github.fake.routes import actions, comments, git, issues, pulls, repository

__all__ = ["actions", "comments", "git", "issues", "pulls", "repository"]
