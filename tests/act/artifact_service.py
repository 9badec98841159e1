"""The service that keeps the artifacts of workflow runs, as the runner's clients talk to it.

Jobs ask it where to put and find archives (Twirp, JSON) and then store and fetch them as Azure block blobs; archives
that are complete are handed on, so that GitHub's REST interface can show them.
https://github.com/actions/toolkit/tree/main/packages/artifact/src/generated/results/api/v1
https://learn.microsoft.com/rest/api/storageservices/put-block
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from defusedxml.ElementTree import fromstring

TWIRP: Final = "/twirp/github.actions.results.api.v1.ArtifactService/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """One artifact of one run: its archive, and the digest that the client stated."""

    id: int
    run_id: int
    name: str
    archive: bytes
    digest: str


@dataclass(slots=True, kw_only=True)
class _Blob:
    """What has been sent of one archive."""

    run_id: int
    name: str
    blocks: dict[str, bytes] = field(default_factory=dict)
    content: bytes = b""


@dataclass(slots=True, kw_only=True)
class Artifacts:
    """All artifacts of all runs; `publish` hears of each that is complete and returns its number."""

    publish: Callable[[int, str, bytes], int]
    address: str = ""
    done: dict[int, Uploaded] = field(default_factory=dict)
    _blobs: dict[str, _Blob] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of_run(self, run_id: int) -> tuple[Uploaded, ...]:
        """Return the artifacts of a run in order of their names."""
        return tuple(sorted((one for one in self.done.values() if one.run_id == run_id), key=lambda one: one.name))

    def create(self, run_id: int, request: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Return where to put an archive; a name is given once in a run."""
        name = request["name"]
        with self._lock:
            if any((blob.run_id, blob.name) == (run_id, name) for blob in self._blobs.values()):
                message = "an artifact with this name already exists on the workflow run"
                return 409, {"code": "already_exists", "msg": message}
            key = secrets.token_hex(8)
            self._blobs[key] = _Blob(run_id=run_id, name=name)
        return 200, {"ok": True, "signed_upload_url": self._signed(key)}

    def finalize(self, run_id: int, request: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Return the number of an artifact whose archive has arrived as it was announced."""
        blob = next(
            (one for one in self._blobs.values() if (one.run_id, one.name) == (run_id, request["name"])),
            _Blob(run_id=run_id, name=""),
        )
        digest = f"sha256:{hashlib.sha256(blob.content).hexdigest()}"
        if len(blob.content) != int(request["size"]) or digest != request["hash"]:
            return 400, {"code": "invalid_argument", "msg": "size or hash differ from what was stored"}
        number = self.publish(run_id, blob.name, blob.content)
        self.done[number] = Uploaded(id=number, run_id=run_id, name=blob.name, archive=blob.content, digest=digest)
        return 200, {"ok": True, "artifact_id": str(number)}

    def listing(self, run_id: int, request: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Return the artifacts of a run."""
        name, number = request.get("name_filter"), request.get("id_filter")
        rows = [
            {
                "workflow_run_backend_id": request["workflow_run_backend_id"],
                "workflow_job_run_backend_id": request["workflow_job_run_backend_id"],
                "database_id": str(one.id),
                "name": one.name,
                "size": str(len(one.archive)),
                "created_at": "2024-01-01T00:00:00Z",
                "digest": one.digest,
            }
            for one in self.of_run(run_id)
            if (not name or one.name == name) and (not number or str(one.id) == number)
        ]
        return 200, {"artifacts": rows}

    def locate(self, run_id: int, request: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Return where to fetch an archive from."""
        for key, blob in self._blobs.items():
            if (blob.run_id, blob.name) == (run_id, request["name"]):
                return 200, {"signed_url": self._signed(key)}
        return 404, {"code": "not_found", "msg": "artifact not found"}

    def store(self, key: str, query: dict[str, list[str]], body: bytes) -> int:
        """Return the status of storing a block, of joining blocks, or of storing a whole archive."""
        blob = self._blobs.get(key)
        if blob is None:
            return 404
        match query.get("comp"):
            case ["block"]:
                blob.blocks[query["blockid"][0]] = body
            case ["blocklist"]:
                blob.content = b"".join(blob.blocks[node.text or ""] for node in fromstring(body))
                blob.blocks.clear()
            case _:
                blob.content = body
        return 201

    def fetch(self, key: str) -> tuple[str, bytes] | None:
        """Return the name and archive of an artifact."""
        blob = self._blobs.get(key)
        return (blob.name, blob.content) if blob else None

    def _signed(self, key: str) -> str:
        """Return the address of an archive; only who was told it can use it."""
        return f"{self.address}/blob/{key}?sig={key}"


class _Handler(BaseHTTPRequestHandler):
    """Answers the calls of jobs."""

    artifacts: Artifacts
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a Twirp call for the run that the job's token names."""
        request = json.loads(self._body())
        artifacts, method = self.artifacts, self.path.removeprefix(TWIRP)
        calls = {
            "CreateArtifact": artifacts.create,
            "FinalizeArtifact": artifacts.finalize,
            "ListArtifacts": artifacts.listing,
            "GetSignedArtifactURL": artifacts.locate,
        }
        if method not in calls:
            self._answer(404, b'{"code": "bad_route"}', {"Content-Type": "application/json"})
            return
        status, answer = calls[method](_run_of(self.headers.get("Authorization", "")), request)
        self._answer(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def do_PUT(self) -> None:
        """Store what belongs to an archive."""
        address = urlsplit(self.path)
        status = self.artifacts.store(address.path.rpartition("/")[2], parse_qs(address.query), self._body())
        self._answer(status, b"", {"ETag": '"0"', "x-ms-request-server-encrypted": "true"})

    def do_GET(self) -> None:
        """Send an archive."""
        found = self.artifacts.fetch(urlsplit(self.path).path.rpartition("/")[2])
        if found is None:
            self._answer(404, b"", {})
            return
        name, archive = found
        disposition = f'attachment; filename="{name}.zip"'
        self._answer(200, archive, {"Content-Type": "application/zip", "Content-Disposition": disposition})

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is inherited
        """Say nothing."""

    def _body(self) -> bytes:
        """Return what was sent."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _run_of(authorization: str) -> int:
    """Return the run that a job's token is for: the scope is Actions.Results:<run>:<job>."""
    payload = authorization.removeprefix("Bearer ").split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    (scope,) = [one for one in claims["scp"].split() if one.startswith("Actions.Results:")]
    return int(scope.split(":")[1])


@contextmanager
def artifact_service(publish: Callable[[int, str, bytes], int]) -> Iterator[Artifacts]:
    """Yield the artifacts that a service on the loopback interface keeps while the body runs."""
    artifacts = Artifacts(publish=publish)
    handler = type("Handler", (_Handler,), {"artifacts": artifacts})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    artifacts.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield artifacts
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
