"""A fake GitHub for tests; `FakeGitHub` serves it, its `state` and `repo` are seeded and looked at directly."""

from tests.github.fake.server import TOKEN, FakeGitHub, Fault, Incoming, Response
from tests.github.fake.state import ALL, BOT, Artifact, Comment, Issue, Pull, Repository, Run, State, Token, Workflow

__all__ = [
    "ALL",
    "BOT",
    "TOKEN",
    "Artifact",
    "Comment",
    "FakeGitHub",
    "Fault",
    "Incoming",
    "Issue",
    "Pull",
    "Repository",
    "Response",
    "Run",
    "State",
    "Token",
    "Workflow",
]
