window.BENCHMARK_DATA = {
  "lastUpdate": 1767780000000,
  "repoUrl": "https://github.com/owner/sample",
  "entries": {
    "Benchmark": [
      {
        "commit": {
          "author": {
            "email": "someone@example.org",
            "name": "someone",
            "username": "someone"
          },
          "committer": {
            "email": "noreply@example.org",
            "name": "web-flow",
            "username": "web-flow"
          },
          "distinct": true,
          "id": "0abc000000000000000000000000000000000000",
          "message": "Change 0",
          "timestamp": "2026-01-05T11:00:00+01:00",
          "tree_id": "0000000000000000000000000000000000000000",
          "url": "https://github.com/owner/sample/commit/0"
        },
        "date": 1767607200000,
        "tool": "pytest",
        "benches": [
          {
            "name": "tests/test_speed.py::test_sum",
            "value": 187447.28,
            "unit": "iter/sec",
            "range": "stddev: 2.5e-7",
            "extra": "mean: 5.33 usec\nrounds: 12"
          },
          {
            "name": "tests/test_speed.py::test_sort[1000]",
            "value": 51234.5,
            "unit": "iter/sec",
            "range": "stddev: 0.0000011",
            "extra": "mean: 19.5 usec\nrounds: 6"
          }
        ]
      },
      {
        "commit": {
          "author": {
            "email": "someone@example.org",
            "name": "someone",
            "username": "someone"
          },
          "committer": {
            "email": "noreply@example.org",
            "name": "web-flow",
            "username": "web-flow"
          },
          "distinct": true,
          "id": "0abc000000000000000000000000000000000001",
          "message": "Change 1",
          "timestamp": "2026-01-06T11:00:00+01:00",
          "tree_id": "0000000000000000000000000000000000000001",
          "url": "https://github.com/owner/sample/commit/1"
        },
        "date": 1767693600000,
        "tool": "pytest",
        "benches": [
          {
            "name": "tests/test_speed.py::test_sum",
            "value": 189321.7528,
            "unit": "iter/sec",
            "range": "stddev: 2.5e-7",
            "extra": "mean: 5.33 usec\nrounds: 12"
          },
          {
            "name": "tests/test_speed.py::test_sort[1000]",
            "value": 51746.845,
            "unit": "iter/sec",
            "range": "stddev: 0.0000011",
            "extra": "mean: 19.5 usec\nrounds: 6"
          }
        ]
      },
      {
        "commit": {
          "author": {
            "email": "someone@example.org",
            "name": "someone",
            "username": "someone"
          },
          "committer": {
            "email": "noreply@example.org",
            "name": "web-flow",
            "username": "web-flow"
          },
          "distinct": true,
          "id": "0abc000000000000000000000000000000000002",
          "message": "Change 2",
          "timestamp": "2026-01-07T11:00:00+01:00",
          "tree_id": "0000000000000000000000000000000000000002",
          "url": "https://github.com/owner/sample/commit/2"
        },
        "date": 1767780000000,
        "tool": "pytest",
        "benches": [
          {
            "name": "tests/test_speed.py::test_sum",
            "value": 191196.2256,
            "unit": "iter/sec",
            "range": "stddev: 2.5e-7",
            "extra": "mean: 5.33 usec\nrounds: 12"
          },
          {
            "name": "tests/test_speed.py::test_sort[1000]",
            "value": 52259.19,
            "unit": "iter/sec",
            "range": "stddev: 0.0000011",
            "extra": "mean: 19.5 usec\nrounds: 6"
          }
        ]
      }
    ]
  }
}