"""Downloading the archive of an artifact: from where GitHub says, without the token, no more than a bounded size."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from ratchetry.adapters.github.address import is_trustworthy, segment
from ratchetry.adapters.github.facts import ArtifactFacts
from ratchetry.adapters.github.session import Session
from ratchetry.errors import GitHubError, NotFoundError, ReportError
from ratchetry.ports import Clock

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

LIMIT: Final = 64 * 1024 * 1024
TOTAL: Final = 120.0
_TIMEOUT: Final = 20
_TRIES: Final = 3
_CHUNK: Final = 64 * 1024


def download_artifact(session: Session, base: str, artifact: ArtifactFacts, *, limit: int, clock: Clock) -> bytes:
    """Return the bytes of an artifact's archive, which are what GitHub's digest of it says.

    Raises NotFoundError when it has expired, ReportError when it is larger than `limit`, another GitHubError when it
    does not arrive.
    """
    what = f"artifact {artifact.id} of run {artifact.run_id}"
    if artifact.expired:
        msg = f"{what} has expired: GitHub keeps artifacts only for the days that were asked for"
        raise NotFoundError(msg)
    if artifact.size > limit:
        msg = f"{what} has {artifact.size:,} bytes, more than the {limit:,} that are read"
        raise ReportError(msg)
    problem = ""
    for turn in range(_TRIES):
        if turn:
            session.pause(2.0**turn)
        # the address is good for a minute, so every try asks for a new one
        address = session.redirect(f"{base}/actions/artifacts/{segment(artifact.id)}/zip")
        if not is_trustworthy(address):
            msg = f"GitHub wants {what} to be read from an address that is not encrypted, which is not done"
            raise GitHubError(msg)
        data = _fetch(address, what, limit=limit, clock=clock)
        if isinstance(data, bytes) and _is_intact(data, artifact):
            return data
        problem = data if isinstance(data, str) else "its content is not what its digest says"
    msg = f"{what} cannot be downloaded: {problem}; run it again later"
    raise GitHubError(msg)


def _is_intact(data: bytes, artifact: ArtifactFacts) -> bool:
    """Tell whether the bytes are those that GitHub has the digest of; old artifacts have none."""
    kind, _, digest = artifact.digest.partition(":")
    return kind != "sha256" or hashlib.sha256(data).hexdigest() == digest.lower()


def _fetch(address: str, what: str, *, limit: int, clock: Clock) -> bytes | str:
    """Return the bytes at an address, or why they did not come; raises ReportError when they are too many."""
    import requests
    import urllib3

    try:
        with requests.Session() as session:
            session.auth = _unchanged  # keeps what a .netrc file says out of it
            with session.get(address, timeout=_TIMEOUT, stream=True, allow_redirects=False) as response:
                return _body(response, what, limit=limit, clock=clock)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return f"the connection failed ({type(error).__name__})"


def _body(response: Response, what: str, *, limit: int, clock: Clock) -> bytes | str:
    """Return the content of an answer, or why it is none; raises ReportError when it is larger than the limit."""
    if response.status_code != 200:
        return f"its store answered with status {response.status_code}"
    stated = response.headers.get("Content-Length", "")
    start, body = clock.monotonic(), bytearray()
    # read1 returns what has arrived; read would wait for a whole chunk, however slowly it trickles in
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > limit:
            msg = f"{what} is larger than the {limit:,} bytes that are read"
            raise ReportError(msg)
        if clock.monotonic() - start > TOTAL:
            return f"it took longer than {TOTAL:g} s"
    whole = not stated.isdigit() or response.headers.get("Content-Encoding") or len(body) == int(stated)
    return bytes(body) if whole else "the connection broke off"


def _unchanged(request: PreparedRequest) -> PreparedRequest:
    """Return a request as it is."""
    return request
