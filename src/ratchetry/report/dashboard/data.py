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
