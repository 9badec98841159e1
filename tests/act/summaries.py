"""Archives as a run's score job uploads them, and as somebody who means harm would."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ratchetry.domain.record import Gate, Metric, RunInfo, Runner, RunRecord, StageResult, Verdict
from ratchetry.state.record import dumps

RUNNER: Final = Runner(os="Linux", cpu_model="A CPU", cores=2, python="3.13.0")


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return packed.getvalue()


def summary(record: RunRecord, **context: object) -> bytes:
    """Return the archive of a summary; further words are those of its context."""
    return archive(
        {"record.json": dumps(record), "context.json": json.dumps({"schema_version": 1, **context}).encode()}
    )


def seeded(repository: str, run_id: int, *, started: str, commit: str, line: float, path: str) -> RunRecord:
    """Return the record of a push whose line coverage is held against a bound of 80."""
    verdict: Verdict = "pass" if line >= 80 else "fail"
    return RunRecord(
        run=RunInfo(
            repository=repository,
            run_id=str(run_id),
            event="push",
            workflow=path,
            commit=commit,
            branch="main",
            started=started,
            runner=RUNNER,
        ),
        stages={"test": StageResult(status="passed", duration=1.0, tools={"pytest": "9.0"})},
        metrics={"coverage.line": Metric(value=line, unit="percent", better="higher", stage="test")},
        gates=(
            Gate(metric="coverage.line", kind="minimum", bound=80.0, value=line, margin=line - 80.0, verdict=verdict),
        ),
        verdict=verdict,
    )


def renamed(record: RunRecord, names: tuple[str, ...]) -> RunRecord:
    """Return a record whose tests have other names, and failed."""
    test = record.tests[0]
    return replace(record, tests=tuple(replace(test, id=name, outcome="failed") for name in names), verdict="fail")


def bomb(name: str, gigabytes: int) -> bytes:
    """Return an archive with one file of zeros that says it is small; the zeros are really in it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(100_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    data = block * (gigabytes * 10) + packer.flush(zlib.Z_FINISH)
    sizes = struct.pack("<LLL", 0, len(data), 1000)
    common = struct.pack("<HHHHH", 20, 0, 8, 0, 0x21) + sizes + struct.pack("<HH", len(name), 0)
    local = b"PK\x03\x04" + common + name.encode()
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name.encode()
    end = struct.pack("<LHHHHLLH", 0x06054B50, 0, 0, 1, 1, len(central), len(local) + len(data), 0)
    return local + data + central + end
