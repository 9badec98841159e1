"""The emulator as the contract tests take it: everything is arranged and looked at through its API."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Final

from tests.github.backends import OTHER, OWNER, Capability, Note
from tests.github.emulator.server import PEOPLE, Emulator
from tests.github.fake import ALL, BOT

GAPS: Final[Mapping[Capability, str]] = {
    "commits needed": "a pull request is opened though its branch has no commits of its own, or is not even there",
    "conflicts": "every pull request that is open can be merged",
    "duplicates": "the reason `duplicate` is not known, and `completed` is noted instead",
    "permissions": "a refusal only says `Forbidden`, without the permission that is accepted",
    "pushes": "a pull request stays at the commit that its branch had when it was opened",
}
"""What the emulator does otherwise than GitHub's documentation and its description of the API say.

It also lists no pull requests among issues, answers every question anew, without tags, takes bodies of any length,
knows no rules, and has runs, but neither artifacts nor settings of Actions: the contract tests ask for none of that.
"""

Document = dict[str, object]


class AnswerError(Exception):
    """The emulator refused what a test wants to arrange."""


@dataclass(slots=True, kw_only=True)
class EmulatorBackend:
    """One repository of the emulator, which nobody else uses."""

    emulator: Emulator
    name: str
    gaps: Mapping[Capability, str] = field(default_factory=lambda: GAPS)
    tokens: dict[str, str] = field(default_factory=lambda: dict(PEOPLE))
    """Of accounts, by their names."""

    def __post_init__(self) -> None:
        """Make the repository."""
        self.ask("POST", "/user/repos", {"name": self.name, "auto_init": True})
        self.tokens[BOT] = self.emulator.app_token(BOT, ALL)

    def ask(self, method: str, path: str, body: object = None, *, login: str = OWNER) -> Document:
        """Return the document of an answer below the API's address; raises AnswerError."""
        answer = self._send(method, path, body, login)
        assert isinstance(answer, dict)
        return answer

    def rows(self, path: str, query: str = "") -> list[Document]:
        """Return all rows of a list below the repository's path."""
        found: list[Document] = []
        while len(found) % 100 == 0:
            answer = self._send("GET", f"{self.base}{path}?per_page=100&page={len(found) // 100 + 1}{query}")
            assert isinstance(answer, list)
            if not answer:
                break
            found += answer
        return found

    @property
    def base(self) -> str:
        """Return the repository's path."""
        return f"/repos/{OWNER}/{self.name}"

    @property
    def environ(self) -> Mapping[str, str]:
        """Return the variables of a job."""
        return self._environ(self.tokens[BOT])

    def job(self, login: str = BOT, **permissions: str) -> Mapping[str, str]:
        """Return the variables of a job with a token of its own."""
        return self._environ(self.emulator.app_token(login, permissions))

    def laptop(self) -> Mapping[str, str]:
        """Return the variables of the owner."""
        return {**self._environ(self.tokens[OWNER]), "GITHUB_ACTIONS": ""}

    def commit(self, branch: str, files: Mapping[str, str]) -> None:
        """Commit files on a branch."""
        try:
            parent, new = self.head(branch), False
        except AnswerError:
            parent, new = self.head("main"), True
        rows = [{"path": path, "mode": "100644", "type": "blob", "content": text} for path, text in files.items()]
        git = f"{self.base}/git"
        base = self.ask("GET", f"{git}/commits/{parent}")["tree"]
        assert isinstance(base, dict)
        tree = self.ask("POST", f"{git}/trees", {"base_tree": base["sha"], "tree": rows})["sha"]
        made = self.ask("POST", f"{git}/commits", {"message": "x", "tree": tree, "parents": [parent]})["sha"]
        if new:
            self.ask("POST", f"{git}/refs", {"ref": f"refs/heads/{branch}", "sha": made})
        else:
            self.ask("PATCH", f"{git}/refs/heads/{branch}", {"sha": made})

    def text(self, branch: str, path: str) -> str | None:
        """Return a file of a branch."""
        try:
            found = self.ask("GET", f"{self.base}/contents/{path}?ref={branch}")
        except AnswerError:
            return None
        return base64.b64decode(str(found["content"])).decode()

    def head(self, branch: str) -> str:
        """Return the commit at the head of a branch; raises AnswerError when there is none."""
        target = self.ask("GET", f"{self.base}/git/ref/heads/{branch}")["object"]
        assert isinstance(target, dict)
        return str(target["sha"])

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return what a commit follows."""
        rows = self.ask("GET", f"{self.base}/git/commits/{commit}")["parents"]
        assert isinstance(rows, list)
        return tuple(row["sha"] for row in rows)

    def open_pull(self, branch: str) -> int:
        """Open a pull request as somebody else."""
        body = {"title": f"Pull {branch}", "head": branch, "base": "main"}
        return _number(self.ask("POST", f"{self.base}/pulls", body, login=OTHER))

    def merge(self, number: int) -> None:
        """Merge a pull request."""
        self.ask("PUT", f"{self.base}/pulls/{number}/merge", {})

    def close(self, number: int, reason: str = "completed") -> None:
        """Close an issue or pull request."""
        pull = any(note.number == number for note in self.pulls())
        kind, why = ("pulls", {}) if pull else ("issues", {"state_reason": reason})
        self.ask("PATCH", f"{self.base}/{kind}/{number}", {"state": "closed", **why})

    def write_comment(self, number: int, body: str, author: str = "") -> None:
        """Write a comment."""
        self.ask("POST", f"{self.base}/issues/{number}/comments", {"body": body}, login=author or BOT)

    def write_issue(self, title: str, body: str, *, labels: tuple[str, ...] = (), author: str = "") -> int:
        """Open an issue."""
        document = {"title": title, "body": body, "labels": labels}
        return _number(self.ask("POST", f"{self.base}/issues", document, login=author or BOT))

    def comments(self, number: int) -> list[Note]:
        """Return the comments of an issue or pull request."""
        rows = self.rows(f"/issues/{number}/comments")
        return [Note(number=_number(row, "id"), author=_login(row), body=_text(row, "body")) for row in rows]

    def issues(self) -> list[Note]:
        """Return the issues."""
        return [_note(row) for row in self.rows("/issues", "&state=all&direction=asc") if "pull_request" not in row]

    def pulls(self) -> list[Note]:
        """Return the pull requests."""
        return [_note(row) for row in self.rows("/pulls", "&state=all&direction=asc")]

    def _environ(self, token: str) -> dict[str, str]:
        """Return the variables of a job with a token."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.emulator.url,
            "GITHUB_REPOSITORY": f"{OWNER}/{self.name}",
            "GITHUB_TOKEN": token,
        }

    def _send(self, method: str, path: str, body: object = None, login: str = OWNER) -> object:
        """Return the document of an answer; raises AnswerError when it is a refusal."""
        connection = HTTPConnection(self.emulator.url.removeprefix("http://"), timeout=20)
        if login not in self.tokens:
            self.tokens[login] = self.emulator.app_token(login, ALL)
        headers = {"Authorization": f"token {self.tokens[login]}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            msg = f"{method} {path}: status {answer.status}: {text.decode()}"
            raise AnswerError(msg)
        document: object = json.loads(text) if text else None
        return document


def _note(row: Document) -> Note:
    """Return an issue or pull request."""
    labels, head = row["labels"], row.get("head") or {}
    assert isinstance(labels, list)
    assert isinstance(head, dict)
    return Note(
        number=_number(row),
        author=_login(row),
        body=_text(row, "body"),
        title=_text(row, "title"),
        state=_text(row, "state"),
        reason=_text(row, "state_reason"),
        labels=tuple(label["name"] for label in labels),
        branch=str(head.get("ref", "")),
    )


def _text(row: Document, name: str) -> str:
    """Return a text of a document, empty when it is null."""
    return str(row.get(name) or "")


def _number(row: Document, name: str = "number") -> int:
    """Return a number of a document."""
    value = row[name]
    assert isinstance(value, int)
    return value


def _login(row: Document) -> str:
    """Return who wrote something."""
    user = row["user"]
    assert isinstance(user, dict)
    return str(user["login"])
