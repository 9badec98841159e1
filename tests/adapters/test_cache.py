"""Reuse of results: only what `put` wrote comes back, and equal inputs have equal addresses."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratchetry.adapters.cache import StageCache, file_digest, file_digests, key
from ratchetry.adapters.tree import WorkingTree
from ratchetry.domain.record import Benchmark, Finding, Fragment, Metric, StageResult
from tests.adapters.trees import write

KEY = hashlib.sha256(b"inputs").hexdigest()
OTHER = hashlib.sha256(b"other inputs").hexdigest()
FRAGMENT = Fragment(
    stages={"quality": StageResult(status="failed", tools={"ruff": "0.12"}, duration=1.5)},
    metrics={"lint.findings": Metric(value=2.0, unit="findings", better="lower", stage="quality")},
    findings=(Finding(tool="ruff", rule="F401", severity="low", path="src/ünï.py", line=3, message="\x1b[31m<b>"),),
    benchmarks=(Benchmark(name="b", rounds=(1e-9, 0.1)),),
)
ARTIFACTS = {"sbom.cdx.json": b'{"bomFormat": "CycloneDX"}', "raw": bytes(range(256))}


def only_file(directory: Path) -> Path:
    """Return the file of the only entry."""
    (path,) = directory.iterdir()
    return path


def sealed(body: bytes) -> bytes:
    """Return a file whose checksum is right, whatever it holds."""
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    """A fragment and its artifacts survive the way to the disk and back, for their key alone."""
    cache = StageCache(tmp_path / "new" / "folder")
    assert cache.get(KEY) is None
    assert cache.put(KEY, FRAGMENT, ARTIFACTS)
    entry = StageCache(str(tmp_path / "new" / "folder")).load(KEY)
    assert entry is not None
    assert entry.fragment == FRAGMENT == cache.get(KEY)
    assert entry.artifacts == ARTIFACTS
    assert cache.get(OTHER) is None


def test_new_result_replaces_the_old_one(tmp_path: Path) -> None:
    """The last result for a key is the one that counts."""
    cache = StageCache(tmp_path)
    cache.put(KEY, FRAGMENT)
    cache.put(KEY, Fragment())
    assert cache.get(KEY) == Fragment()
    assert len(list(tmp_path.iterdir())) == 1


@settings(
    max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damaged_entry_is_a_miss(tmp_path: Path, data: st.DataObject) -> None:
    """Cut, lengthened or changed in a single byte, an entry is no error and no result."""
    cache = StageCache(tmp_path)
    cache.put(KEY, FRAGMENT, ARTIFACTS)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    how = data.draw(st.sampled_from(["cut", "flip", "insert"]))
    damaged = {
        "cut": whole[:place],
        "flip": whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :],
        "insert": whole[:place] + b"\x00" + whole[place:],
    }
    path.write_bytes(damaged[how])
    assert cache.load(KEY) is None
    path.write_bytes(whole)
    assert cache.get(KEY) == FRAGMENT


@settings(
    max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=200))
def test_foreign_content_is_a_miss(tmp_path: Path, body: bytes) -> None:
    """Any content at all is no error, even under a checksum that fits."""
    for content in (body, sealed(body)):
        (tmp_path / f"{KEY}.stage.json").write_bytes(content)
        assert StageCache(tmp_path).load(KEY) is None


@pytest.mark.parametrize(
    "change",
    [
        (KEY.encode(), OTHER.encode()),
        (b"ratchetry-stage/1/", b"ratchetry-stage/2/"),
        (b'"artifacts":{', b'"more":1,"artifacts":{'),
        (b'"raw":', b'"../raw":'),
        (b'"raw":', b'".hidden":'),
        (b'"fragment":"', b'"fragment":"!!!!'),
        (b'"artifacts"', b'"artefacts"'),
    ],
)
def test_well_formed_entry_that_is_not_ours_is_a_miss(tmp_path: Path, change: tuple[bytes, bytes]) -> None:
    """An entry of another key or version, or with artifacts that would land elsewhere, is not used."""
    cache = StageCache(tmp_path)
    cache.put(KEY, FRAGMENT, ARTIFACTS)
    path = only_file(tmp_path)
    body = path.read_bytes().partition(b"\n")[2]
    assert change[0] in body
    path.write_bytes(sealed(body.replace(*change)))
    assert cache.load(KEY) is None


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"null", b"[]", b'{"format": NaN}', b"1" * 9999])
def test_hostile_json_is_a_miss(tmp_path: Path, body: bytes) -> None:
    """Deep nesting, odd numbers and wrong types end as a miss."""
    (tmp_path / f"{KEY}.stage.json").write_bytes(sealed(body))
    assert StageCache(tmp_path).load(KEY) is None


@pytest.mark.skipif(os.name != "posix", reason="links and pipes are POSIX's")
def test_what_is_no_file_is_a_miss(tmp_path: Path) -> None:
    """A directory, a pipe, a link or a huge file in an entry's place is neither read nor waited for."""
    path = tmp_path / f"{KEY}.stage.json"
    cache = StageCache(tmp_path)
    path.mkdir()
    assert cache.get(KEY) is None
    assert not cache.put(KEY, FRAGMENT)
    path.rmdir()
    os.mkfifo(path)
    assert cache.get(KEY) is None
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert cache.get(KEY) is None
    path.unlink()
    path.touch()
    os.truncate(path, 1 << 40)
    assert cache.get(KEY) is None
    assert cache.put(KEY, FRAGMENT)
    assert cache.get(KEY) == FRAGMENT


def test_oldest_entries_go_first(tmp_path: Path) -> None:
    """Over the number of entries, what was used longest ago is removed; being read counts as use."""
    cache = StageCache(tmp_path, entries=3)
    keys = [hashlib.sha256(bytes([number])).hexdigest() for number in range(4)]
    for age, name in enumerate(keys[:3]):
        cache.put(name, FRAGMENT)
        os.utime(tmp_path / f"{name}.stage.json", (age, age))
    assert cache.get(keys[0]) is not None
    cache.put(keys[3], FRAGMENT)
    assert [cache.get(name) is not None for name in keys] == [True, False, True, True]


def test_entries_stay_within_their_bytes(tmp_path: Path) -> None:
    """Over the bytes allowed the oldest go, and an entry that alone is too large is not kept."""
    cache = StageCache(tmp_path, size=100_000)
    for number in range(10):
        assert cache.put(hashlib.sha256(bytes([number])).hexdigest(), FRAGMENT, {"x": bytes(20_000)})
    assert 0 < sum(path.stat().st_size for path in tmp_path.iterdir()) <= 100_000
    assert not cache.put(KEY, FRAGMENT, {"x": bytes(100_000)})
    assert cache.get(KEY) is None


def test_directory_that_cannot_be_written_costs_only_the_reuse(tmp_path: Path) -> None:
    """A cache on a full or closed disk keeps nothing and says so."""
    write(tmp_path, {"file": ""})
    for directory in (tmp_path / "file" / "cache", Path("/proc/none")):
        assert not StageCache(directory).put(KEY, FRAGMENT)
        assert StageCache(directory).get(KEY) is None


@pytest.mark.parametrize("name", ["../x", "/etc/x", "", ".", "..", "a/b", "a\\b", ".hidden", "x" * 200, "a\n"])
def test_names_that_are_no_plain_file_names_are_refused(tmp_path: Path, name: str) -> None:
    """Neither a key nor an artifact's name can lead out of its directory."""
    cache = StageCache(tmp_path / "cache")
    assert cache.get(name) is None
    with pytest.raises(ValueError, match="not a digest"):
        cache.put(name, FRAGMENT)
    with pytest.raises(ValueError, match="not a plain file name"):
        cache.put(KEY, FRAGMENT, {name: b""})
    assert not (tmp_path / "cache").exists()


def test_threads_may_share_a_cache(tmp_path: Path) -> None:
    """Entries written at the same time all come back."""
    cache = StageCache(tmp_path)
    keys = [hashlib.sha256(bytes([number])).hexdigest() for number in range(16)]
    threads = [threading.Thread(target=cache.put, args=(name, FRAGMENT)) for name in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(cache.get(name) == FRAGMENT for name in keys)


def test_digests_cover_all_that_executed_code_can_see(tmp_path: Path) -> None:
    """Tracked, untracked and ignored files have digests; the output and caches have none."""
    write(tmp_path, {"a.py": "a", "ünï é.py": "b", "out/x": "", ".venv/pyvenv.cfg": "", ".venv/bin/python": ""})
    write(tmp_path, {"pkg/_version.so": "ignored", ".gitignore": "*.so"})
    digests = file_digests(WorkingTree(tmp_path, "out"))
    assert list(digests) == [".gitignore", "a.py", "pkg/_version.so", "ünï é.py"]
    assert digests["a.py"] == hashlib.sha256(b"file\0a").hexdigest()
    assert len(set(digests.values())) == 4


@pytest.mark.skipif(os.name != "posix", reason="modes and links are POSIX's")
def test_digest_sees_content_mode_kind_and_target(tmp_path: Path) -> None:
    """Whatever could change a result changes the digest; time and owner's read permission do not."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 3_000_000)
    first = file_digest(str(path))
    os.utime(path, (1, 1))
    path.chmod(0o600)
    assert file_digest(str(path)) == first
    seen = {first}
    path.chmod(0o755)
    seen.add(file_digest(str(path)))
    path.write_bytes(b"x" * 2_999_999 + b"y")
    seen.add(file_digest(str(path)))
    link = tmp_path / "link"
    for target in ("file", "./file", "nowhere"):
        link.symlink_to(target)
        seen.add(file_digest(str(link)))
        link.unlink()
    link.symlink_to("file")
    path.write_bytes(b"other")
    seen |= {file_digest(str(link)), file_digest(str(tmp_path)), file_digest(str(tmp_path / "missing"))}
    os.mkfifo(tmp_path / "pipe")
    seen.add(file_digest(str(tmp_path / "pipe")))
    assert len(seen) == 10


TEXTS = st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=4)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(left=st.tuples(st.text(max_size=3), TEXTS, TEXTS), right=st.tuples(st.text(max_size=3), TEXTS, TEXTS))
def test_keys_are_equal_exactly_when_inputs_are(
    left: tuple[str, dict[str, str], dict[str, str]], right: tuple[str, dict[str, str], dict[str, str]]
) -> None:
    """A key depends on stage, files and facts, on nothing else, and not on the order they come in."""
    assert (key(*left) == key(*right)) == (left == right)
    reversed_files = dict(reversed(left[1].items()))
    assert key(left[0], reversed_files, left[2]) == key(*left)


def test_names_cannot_pose_as_contents() -> None:
    """Inputs that read the same when strung together have different keys."""
    keys = {
        key("s", {"a": "b"}, {}),
        key("s", {}, {"a": "b"}),
        key("s", {"ab": ""}, {}),
        key("s", {"": "ab"}, {}),
        key("sa", {"b": ""}, {}),
        key("s", {"\udce9": "b"}, {}),
    }
    assert len(keys) == 6
