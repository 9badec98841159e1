"""The dashboard's documents as files that a page can load from a web server and from a disk alike.

| file                     | what it is                                                                              |
|--------------------------|-----------------------------------------------------------------------------------------|
| `index.html`             | the page, with the `domain.dashboard.Overview` in its element `overview`                |
| `data/<name>.<tag>.js`   | one document: `ratchetry.load("<name>", {...})`, the tag being `overview.files["<name>"]` |
| `badges/<name>.svg`      | badges, and `badges/<name>.json` for shields' endpoint                                  |

| document        | type in domain.dashboard_details                                                 | page        |
|-----------------|----------------------------------------------------------------------------------|-------------|
| `runs`          | `RunsDocument`: every run, oldest first; other documents hold places in it       | all filters |
| `metric-<hash>` | `MetricDocument`: a metric or benchmark over all runs; rows name theirs in `chunk` | a metric    |
| `metrics`       | `MetricsDocument`: those beyond the overview's 150                               | metrics     |
| `benchmarks`    | `BenchmarksDocument`: those beyond the overview's 500                            | benchmarks  |
| `tests-<n>`     | `TestsDocument`: 5,000 tests each, by name                                       | tests       |
| `test-<k>`      | `TestDetail`: strips and durations of 500 tests each                             | a test      |
| `flaky`         | `FlakyDocument`                                                                  | flaky tests |
| `modules`       | `ModulesDocument`                                                                | modules     |
| `bandit`        | `BanditDocument`                                                                 | bandit      |
| `experiments`   | `ExperimentsDocument`                                                            | experiments |
| `thresholds`    | `ThresholdsDocument`                                                             | thresholds  |
| `issues`        | `IssuesDocument`                                                                 | issues      |
| `events`        | `EventsDocument`                                                                 | notes       |

A document that is not in `overview.files` is empty; `overview.absent` tells why under its name, where there is a reason
(`bandit`, `experiments`, `tests`, `flaky`, `modules`, `thresholds`, `issues`, `events`).  Every field is written, null
for None.  Times are seconds since 1970 where they are numbers, else ISO 8601 in UTC.  Texts are as they were measured,
so a page must show them as text, never as markup; control and bidi characters are escaped here already.

The shell is `assets/index.html` with these placeholders, each at most once: `{{csp}}` (content of the policy's meta
element), `{{title}}`, `{{style}}` and `{{script}}` (between `<style>` or `<script>` tags without attributes),
`{{overview}}` (between `<script type="application/json" id="overview">` tags).  `{{style}}` is all `assets/*.css` and
`{{script}}` all `assets/*.js` in the order of their names, `vendor/` first; the policy allows these by their hashes,
scripts below the page's own place (`'self'`, which includes files beside a page on disk), and nothing else: no style
attribute in markup, no image but `data:`, no request.  `ratchetry.load` must be defined by the script.
"""

from __future__ import annotations

import re
from typing import Final

from ratchetry.domain.fingerprint import short_hash

_STEERING: Final = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u061c\u007f-\u009f]")
"""What hides or reorders text, or ends a line of a script, though JSON may hold it as it is."""
_TAG: Final = 8


def safe_json(document: object) -> bytes:
    """Return a document as JSON that is safe in scripts and elements, and in which nothing steers what people see.

    A `<` is written as its escape, so that nothing ends the element or begins a comment; in place of what is invisible
    stands its escape as text.
    """
    import msgspec

    data: bytes = msgspec.json.encode(document).replace(b"<", b"\\u003c")
    if data.isascii():
        return data.replace(b"\x7f", b"\\\\u007f")
    return _STEERING.sub(_shown, data.decode("utf-8")).encode("utf-8")


def chunk_script(name: str, document: object) -> bytes:
    """Return a document as the script that hands it to the page."""
    return b'ratchetry.load("%s",%s)\n' % (name.encode("ascii"), safe_json(document))


def tag_of(script: bytes) -> str:
    """Return what tells the versions of a document's file apart: the beginning of the hash of its content."""
    import hashlib

    return hashlib.sha256(script).hexdigest()[:_TAG]


def metric_chunk(name: str) -> str:
    """Return the name of the document of a metric."""
    return f"metric-{short_hash(name)}"


def _shown(found: re.Match[str]) -> str:
    """Return the escape of a character as text."""
    return f"\\\\u{ord(found[0]):04x}"
