"""What a tool prints, taken in by a thread so that the tool never waits and memory stays bounded."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from typing import IO, Final

TAIL: Final = 64 * 1024
_CHUNK: Final = 64 * 1024
_ANSI: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class Pump:
    """Empties a pipe until its end: keeps everything up to `limit` bytes, and always the last 64 KiB.

    The thread alone closes the pipe: closing it from elsewhere would hand its number to the next open file while
    the thread still reads.
    """

    def __init__(self, pipe: IO[bytes], *, limit: int = 0) -> None:
        self._pipe = pipe
        self._limit = limit
        self._lock = threading.Lock()
        self._head = bytearray()
        self._size = 0
        self._tail = bytearray()
        self._heard = 0.0
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="ratchetry-output")
        self._thread.start()

    def ended(self, timeout: float) -> bool:
        """Tell whether the pipe has been read to its end within some seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def abandon(self) -> None:
        """Take nothing more: the pipe is closed as soon as whoever holds it open writes or ends."""
        with self._lock:
            self._abandoned = True

    @property
    def exceeded(self) -> bool:
        """Return whether more was printed than is kept."""
        with self._lock:
            return self._size > self._limit

    @property
    def heard(self) -> float:
        """Return when something was last printed, by the monotonic clock; 0 when nothing was."""
        with self._lock:
            return self._heard

    def everything(self) -> bytes:
        """Return all that was printed, or the last 64 KiB of it when that was more than the limit."""
        with self._lock:
            return bytes(self._tail) if self._size > self._limit else bytes(self._head)

    def tail(self) -> bytes:
        """Return the last 64 KiB of what was printed."""
        with self._lock:
            return bytes(self._tail)

    def _run(self) -> None:
        """Read the pipe until its end."""
        with contextlib.suppress(OSError), self._pipe:
            while chunk := self._pipe.read(_CHUNK):
                if not self._take(chunk):
                    return

    def _take(self, chunk: bytes) -> bool:
        """Keep what is to be kept of a chunk, and tell whether more is wanted."""
        with self._lock:
            if self._abandoned:
                return False
            self._heard = time.monotonic()
            self._size += len(chunk)
            self._tail += chunk
            del self._tail[:-TAIL]
            if self._size <= self._limit:
                self._head += chunk
            else:
                self._head = bytearray()
            return True


def last_words(*pumps: Pump) -> str:
    """Return the last line printed, on the stream that spoke last, shortened and without control characters."""
    for pump in sorted(pumps, key=lambda pump: -pump.heard):
        text = _ANSI.sub("", pump.tail()[-4096:].decode("utf-8", "replace"))
        for line in reversed(text.splitlines()):
            readable = "".join(character if character.isprintable() else " " for character in line).strip()
            if readable:
                return readable[-300:]
    return ""
