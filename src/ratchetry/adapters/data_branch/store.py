"""A bare repository of our own in which one command fetches, builds and pushes, without the user's noticing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ratchetry.adapters.data_branch.answers import Pushed, failure, is_passing, parse_push, said
from ratchetry.adapters.data_branch.calls import Answer, Git
from ratchetry.adapters.data_branch.environment import local_environ, remote_environ
from ratchetry.adapters.data_branch.login import redacted
from ratchetry.adapters.data_branch.patience import Patience
from ratchetry.adapters.data_branch.remote import NAME, Remote
from ratchetry.adapters.data_branch.streams import Draft, contents_in, groups, stream
from ratchetry.adapters.data_branch.trees import MOST_LISTED, Listing, listing, parse_tree
from ratchetry.errors import RatchetryError, UsageError

INBOX: Final = "refs/ratchetry/inbox/"
INBOX_BRANCHES: Final = "refs/heads/ratchetry-inbox/"
_CONFIG: Final = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_TIP: Final = "refs/fetched/tip"
_FETCHED: Final = {INBOX: "refs/fetched/inbox/", INBOX_BRANCHES: "refs/fetched/branches/"}
_READING: Final = "reading the history of"
_READING_INBOX: Final = "reading the inbox of"
_WRITING: Final = "writing to"
_FETCH: Final = ("fetch", "--no-progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")


class Store:
    """The repository of one command, and the remote it talks to."""

    def __init__(
        self, directory: Path, remote: Remote, environ: Mapping[str, str], patience: Patience, *, timeout: float
    ) -> None:
        self.directory = directory
        self._patience = patience
        self.remote = remote
        promised = ((f"remote.{NAME}.promisor", "true"), (f"remote.{NAME}.partialclonefilter", "blob:none"))
        reaching = remote_environ(environ, (*remote.configuration, *promised), remote.protocols)
        here = {"GIT_DIR": str(directory)}
        self._local = Git(directory, {**local_environ(environ), **here}, timeout=timeout)
        self._reach = Git(directory, {**reaching, **here}, timeout=timeout)
        self._made = 0
        self._tip = ""
        self._restore_configuration()

    def fetch_tip(self, ref: str, *, trees_only: bool) -> str:
        """Return the newest commit of a reference, fetched without its past, empty when the remote has none.

        A server that does not know filters sends the files, too.  Raises what `failure` gives when it cannot be had.
        """
        self._tip = ref
        kind = ("--filter=blob:none",) if trees_only else ("--no-filter",)
        answer = self._fetch("--depth=1", *kind, NAME, f"+{ref}:{_TIP}")
        if answer.code != 0:
            if "couldn't find remote ref" in answer.err:
                return ""
            raise self._failure(_READING, answer.err)
        self._restore_configuration()
        return self._local("rev-parse", "--verify", _TIP).out.decode().strip()

    def fetch_inbox(self) -> dict[str, str]:
        """Return the commits that wait in the inbox by reference, fetched whole."""
        wanted = [f"+{theirs}*:{ours}*" for theirs, ours in _FETCHED.items()]
        answer = self._fetch("--prune", "--quiet", "--depth=1", "--no-filter", NAME, *wanted)
        if answer.code == 1 and not answer.err.strip():
            return {}  # what git says when a depth is asked for and no reference is like those
        if answer.code != 0:
            raise self._failure(_READING_INBOX, answer.err)
        self._restore_configuration()
        listed = self._local("for-each-ref", "--format=%(objectname) %(refname)", *_FETCHED.values()).out.decode()
        found: dict[str, str] = {}
        for line in listed.splitlines():
            commit, _, ours = line.partition(" ")
            prefix = next(theirs for theirs, place in _FETCHED.items() if ours.startswith(place))
            found[prefix + ours.removeprefix(_FETCHED[prefix])] = commit
        return found

    def files(self, commit: str, *, sizes: bool = False) -> Listing:
        """Return the files of a history in a commit; with `sizes`, for which they must be here, no large ones."""
        long = ("--long",) if sizes else ()
        answer = self._local("ls-tree", "-r", "-z", "--full-tree", *long, commit, limit=MOST_LISTED)
        if answer.code != 0:
            msg = f"{self.remote.shown}: the tree of {commit[:12]} cannot be read: {answer.err.strip()[:300]}"
            raise UsageError(msg)
        return listing(parse_tree(answer.out))

    def tree_of(self, commit: str) -> str:
        """Return the name of a commit's tree."""
        return self._local("rev-parse", "--verify", f"{commit}^{{tree}}").out.decode().strip()

    def has_past(self, commit: str) -> bool:
        """Tell whether a commit names a parent, here or only at the remote."""
        header = self._local("cat-file", "commit", commit).out.partition(b"\n\n")[0]
        return b"\nparent " in header

    def fetch_blobs(self, names: Sequence[str]) -> None:
        """Fetch those contents, by name, that are not here yet."""
        missing = [name for name, size in self._sizes(names).items() if size is None]
        if not missing:
            return
        answer = self._fetch("--no-filter", "--stdin", NAME, names=missing)
        if answer.code != 0 and "unadvertised object" in answer.err:  # a server of the first protocol
            answer = self._fetch("--depth=1", "--no-filter", "--refetch", NAME, f"+{self._tip}:{_TIP}")
        if answer.code != 0:
            raise self._failure(_READING, answer.err)
        self._restore_configuration()

    def contents(self, names: Sequence[str], largest: int) -> Iterator[tuple[str, bytes | None]]:
        """Yield contents by name, None for one that is not here or larger than `largest` bytes."""
        sizes = self._sizes(names)
        small = [name for name in sizes if (size := sizes[name]) is not None and size <= largest]
        yield from ((name, None) for name in sizes.keys() - set(small))
        for group in groups(small, sizes):
            room = sum(sizes[name] or 0 for name in group) + 200 * len(group)
            answer = self._local("cat-file", "--batch", feed=(f"{name}\n".encode() for name in group), limit=room)
            yield from contents_in(answer.out)

    def commit(self, draft: Draft) -> str:
        """Return a commit made of a draft; who runs this is not in it.

        Raises UsageError when it cannot be made, for example on a full disk.
        """
        self._made += 1
        ref = f"refs/made/{self._made}"
        answer = self._local("fast-import", "--quiet", "--date-format=raw", feed=stream(ref, draft))
        if answer.code != 0:
            msg = f"no commit can be made in {self.directory}: {answer.err.strip()[-500:]}; is there room on the disk?"
            raise UsageError(msg)
        return self._local("rev-parse", "--verify", ref).out.decode().strip()

    def push(self, updates: Mapping[str, str], leases: Mapping[str, str], *, atomic: bool) -> Pushed:
        """Return what became of setting references to commits (empty to delete), each only if it is as leased.

        An empty lease means that it must not exist.  Raises what `failure` gives when the push did not get that far.
        """
        options = [*(["--atomic"] if atomic else []), *(f"--force-with-lease={r}:{c}" for r, c in leases.items())]
        wanted = [f"{commit}:{ref}" for ref, commit in updates.items()]
        answer = self._reach("push", "--porcelain", "--no-progress", "--no-verify", *options, NAME, *wanted)
        complaint = redacted(answer.err, self.remote.secrets)
        pushed = parse_push(answer.out, complaint)
        if pushed.fates:
            return pushed
        if is_passing(complaint):
            return Pushed(reason=said(complaint))
        raise self._failure(_WRITING, answer.err)

    def assume_sent(self, commits: Iterable[str]) -> None:
        """Remember that the remote has all of these commits' files, so that a push leaves them out.

        Git compares a push with the trees of other commits than its parents only where the past ends early, so we
        say that it does (https://git-scm.com/docs/shallow); without, every squashed history would be sent again.
        """
        (self.directory / "shallow").write_text("".join(f"{commit}\n" for commit in commits), encoding="ascii")

    def _fetch(self, *arguments: str, names: Sequence[str] = ()) -> Answer:
        """Return how a fetch ended, tried again where that may help; `names` are fetched besides."""
        for _ in self._patience.turns():
            answer = self._reach(*_FETCH, *arguments, feed=(f"{name}\n".encode() for name in names))
            if answer.code == 0 or not is_passing(answer.err):
                break
        return answer

    def _sizes(self, names: Sequence[str]) -> dict[str, int | None]:
        """Return the sizes of contents by name, None for those that are not here."""
        feed = (f"{name}\n".encode() for name in names)
        rows = (line.split() for line in self._local("cat-file", "--batch-check", feed=feed).out.decode().splitlines())
        return {row[0]: int(row[2]) if len(row) == 3 and row[1] == "blob" else None for row in rows}

    def _restore_configuration(self) -> None:
        """Forget that files are missing: git would try to fetch one by one what we only ask to be told of."""
        (self.directory / "config").write_text(_CONFIG, encoding="ascii")

    def _failure(self, what: str, complaint: str) -> RatchetryError:
        """Return the error of a call, without anything secret."""
        return failure(what, self.remote.shown, redacted(complaint, self.remote.secrets))
