"""What is said when an engine lacks something; Spark itself is tested end to end."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from ratchetry.adapters.parquet_files import require_sql
from ratchetry.adapters.spark_engine import session
from ratchetry.errors import UsageError


@pytest.mark.parametrize("library", ["duckdb", "narwhals", "pyarrow"])
def test_a_missing_library_for_sql_is_named(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """The message says which one, and how to install it."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError, match=library) as caught:
        require_sql()
    assert 'pip install "ratchetry[sql]"' in str(caught.value)


def test_missing_pyspark_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message says how to install it, and nothing has been started."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(UsageError, match="pyspark") as caught, session("local[2]", tmp_path / "spark"):
        pass
    assert 'pip install "ratchetry[spark]"' in str(caught.value)
    assert not (tmp_path / "spark").exists()


@pytest.mark.skipif(find_spec("pyspark") is None, reason="the extra spark is not installed")
@pytest.mark.parametrize("home", ["", "nowhere"])
def test_missing_java_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: str) -> None:
    """The message says where Java was looked for, and which one is needed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / home) if home else "")
    with pytest.raises(UsageError, match="Java 17 or newer") as caught, session("local[2]", tmp_path / "spark"):
        pass
    assert (home or "PATH") in str(caught.value)
