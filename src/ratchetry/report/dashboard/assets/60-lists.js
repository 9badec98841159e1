/* Benchmarks, modules, runs and notes. */
(() => {
  "use strict";
  const { h, overview, link, name, number, tag, day } = ratchetry;

  /** Return the page of all benchmarks. */
  async function benchmarks() {
    const more = await ratchetry.need("benchmarks");
    const all = [...overview.benchmarks, ...(more?.rows ?? [])];
    if (!all.length) return ratchetry.nothing("Benchmarks", "benchmarks", "no run has measured a benchmark");
    const wanted = ratchetry.filters().package;
    const rows = wanted ? all.filter((row) => row.name.replace(/^benchmark\./, "").startsWith(wanted)) : all;
    const columns = [
      { key: "benchmark", label: "Benchmark", of: (row) => row.name, cell: (row) => link("benchmark", row.name, name(row.name.replace(/^benchmark\./, ""))), class: "wide" },
      { key: "trend", label: "Trend", cell: (row) => ratchetry.sparkOf(row.spark, { label: `Trend of ${ratchetry.clip(row.name, 80)}: ${row.verdict}` }), class: "drawing" },
      { key: "latest", label: "Now", number: true, of: (row) => row.latest, cell: (row) => number(row.latest, row.unit) },
      { key: "change", label: "Since the run before", number: true, of: (row) => (row.previous ? row.latest / row.previous - 1 : null), cell: (row) => (row.previous ? ratchetry.effect(row.latest / row.previous - 1, true) : "–") },
      { key: "step", label: "Last change of level", number: true, of: (row) => row.step?.effect ?? null, cell: (row) => (row.step ? h("span", { class: ratchetry.toneOf(row.step.direction, "lower") === "fail" ? "bad" : "good", title: ratchetry.evidence(row.step), text: `${ratchetry.effect(row.step.effect, row.step.relative, row.unit)} · ${day(row.step.time)}` }) : "–") },
      { key: "verdict", label: "Verdict", of: (row) => row.verdict, cell: (row) => tag(row.verdict) },
      { key: "n", label: "Runs", number: true, of: (row) => row.n },
    ];
    return [ratchetry.heading("Benchmarks", `${ratchetry.plural(all.length, "benchmark")}, on ${ratchetry.clip(overview.branch, 40)}`), ratchetry.filterForm("package"), ratchetry.section("all-benchmarks", "All benchmarks", "those that worsened most surely first", ratchetry.table({ id: "benchmarks", caption: "All benchmarks", main: true, columns, rows, size: 50, search: (row) => `${row.name} ${row.verdict}` }))];
  }

  /** Return the page of modules. */
  async function modules() {
    const found = await ratchetry.need("modules");
    if (!found) return ratchetry.nothing("Modules", "modules");
    const rows = found.module.map((module, at) => ({ module, package: overview.packages[found.package[at]] ?? "", passed: found.passed[at], failed: found.failed[at], blame: found.blame[at], low: found.low[at], high: found.high[at], runs: found.runs[at] }));
    const top = Math.max(0.05, ...rows.map((row) => row.high));
    const columns = [
      { key: "module", label: "Module", of: (row) => row.module, cell: (row) => link("module", row.module, name(row.module, 140)), class: "wide" },
      { key: "blame", label: "Risk of a change", number: true, of: (row) => row.blame, cell: (row) => ratchetry.share(row.blame) },
      { key: "interval", label: "95% of the posterior", cell: (row) => ratchetry.whisker(row.low, row.blame, row.high, { to: top, tone: row.low > 0.1 ? "fail" : "", label: `from ${ratchetry.share(row.low)} to ${ratchetry.share(row.high)}` }), class: "drawing" },
      { key: "failed", label: "Changes that failed", number: true, of: (row) => row.failed },
      { key: "passed", label: "That passed", number: true, of: (row) => row.passed },
      { key: "low", label: "From", number: true, of: (row) => row.low, cell: (row) => ratchetry.share(row.low) },
      { key: "high", label: "To", number: true, of: (row) => row.high, cell: (row) => ratchetry.share(row.high) },
    ];
    return [ratchetry.heading("Modules", `${ratchetry.plural(rows.length, "module")}: how likely a change to each breaks something`), ratchetry.filterForm("package"), ratchetry.section("all-modules", "Risk by module", "", ratchetry.table({ id: "modules", caption: "Risk by module", main: true, columns, rows: rows.filter((row) => ratchetry.inPackage(row.package)), order: "-blame", search: (row) => row.module }))];
  }

  /** Return the page of a module. */
  async function module({ subject }) {
    const [found, runs] = await Promise.all([ratchetry.need("modules"), ratchetry.need("runs")]);
    const at = found ? found.module.indexOf(subject) : -1;
    if (at < 0) return ratchetry.unknown("module", subject, link("modules", "", "all modules"));
    const changes = found.passed[at] + found.failed[at];
    const place = new Map((runs?.id ?? []).map((id, one) => [id, one]));
    const rows = found.runs[at].map((id) => ({ id, run: place.get(id) }));
    const columns = [
      { key: "run", label: "Run that failed", of: (row) => row.id, cell: (row) => name(row.id, 60) },
      { key: "time", label: "When", of: (row) => runs?.time[row.run] ?? null, cell: (row) => day(runs?.time[row.run], true) },
      { key: "commit", label: "Commit", of: (row) => runs?.commit[row.run] ?? "", cell: (row) => ratchetry.commit(runs?.commit[row.run]) },
      { key: "branch", label: "Branch", of: (row) => runs?.branches[runs.branch[row.run]] ?? "", cell: (row) => name(runs?.branches[runs.branch[row.run]] ?? "", 60) },
    ];
    return [
      ratchetry.heading(name(subject, 160), `${ratchetry.plural(changes, "change")}, ${found.failed[at]} of which failed`, subject),
      ratchetry.section("risk", "Risk of a change", "the mean of the posterior, and 95 percent of it", h("p", { class: "big" }, ratchetry.share(found.blame[at])), ratchetry.whisker(found.low[at], found.blame[at], found.high[at], { width: 420, height: 24, label: `${ratchetry.share(found.blame[at])}, 95% from ${ratchetry.share(found.low[at])} to ${ratchetry.share(found.high[at])}` }), h("p", { class: "soft", text: `From ${ratchetry.share(found.low[at])} to ${ratchetry.share(found.high[at])}, on a scale from 0 to 100 %.` })),
      ratchetry.section("failed", "Runs it is blamed for", "", ratchetry.table({ id: "blamed", caption: "Runs it is blamed for", columns, rows, main: true, order: "-time" })),
    ];
  }

  /** Return the columns of runs. */
  function runColumns() {
    return [
      { key: "time", label: "When", of: (row) => row.time, cell: (row) => day(row.time, true) },
      { key: "verdict", label: "Verdict", of: (row) => row.verdict, cell: (row) => tag(row.verdict) },
      { key: "branch", label: "Branch", of: (row) => row.branch, cell: (row) => [name(row.branch, 60), row.pull_request ? h("span", { class: "soft", text: ` pull request ${row.pull_request}` }) : null] },
      { key: "commit", label: "Commit", of: (row) => row.commit, cell: (row) => ratchetry.commit(row.commit) },
      { key: "event", label: "Event", of: (row) => row.event, cell: (row) => name(row.event, 40) },
      { key: "seconds", label: "Took", number: true, of: (row) => row.seconds, cell: (row) => ratchetry.duration(row.seconds) },
      { key: "run", label: "Run", of: (row) => row.id, cell: (row) => name(row.id, 40) },
    ];
  }

  /** Return the newest runs that the filters leave. */
  function recentRuns() {
    const wanted = ratchetry.filters();
    const chosen = ratchetry.route.current.query.get("branch");
    const rows = overview.recent.filter((row) => row.time >= wanted.since && row.time <= wanted.until && (!chosen || wanted.all || row.branch === chosen));
    const columns = runColumns();
    columns.splice(5, 0,
      { key: "failed", label: "Failed tests", number: true, of: (row) => row.failed },
      { key: "coverage", label: "Coverage", number: true, of: (row) => row.coverage, cell: (row) => number(row.coverage, "percent") },
      { key: "score", label: "Score", number: true, of: (row) => row.score });
    return ratchetry.table({ id: "newest", caption: "Newest runs", columns, rows, order: "-time", size: 10, file: "newest-runs", empty: "The filters leave none of the newest runs." });
  }

  /** Return the page of all runs. */
  async function runs() {
    const found = await ratchetry.need("runs");
    if (!found) return ratchetry.nothing("Runs", "runs", "there is no run");
    const wanted = ratchetry.filters();
    const chosen = ratchetry.route.current.query.get("branch");
    const verdicts = { P: "pass", W: "warn", F: "fail", N: "not_measured" };
    const rows = found.id.map((id, at) => ({ id, time: found.time[at], commit: found.commit[at], branch: found.branches[found.branch[at]], event: found.events[found.event[at]], machine: found.machines[found.machine[at]], verdict: verdicts[found.verdict[at]], seconds: found.seconds[at], pull_request: found.pull_request[at] }))
      .filter((row) => row.time >= wanted.since && row.time <= wanted.until && (!chosen || wanted.all || row.branch === chosen));
    const columns = [...runColumns(), { key: "machine", label: "Machine", of: (row) => row.machine, cell: (row) => name(row.machine, 60) }];
    return [ratchetry.heading("Runs", ratchetry.plural(found.id.length, "run")), ratchetry.filterForm("branch", "since", "until"), ratchetry.section("all-runs", "All runs", chosen ? "" : "of all branches", ratchetry.table({ id: "runs", caption: "All runs", main: true, columns, rows, order: "-time", search: (row) => `${row.id} ${row.commit} ${row.branch} ${row.event} ${row.verdict}` }))];
  }

  /** Return what people noted as a table. */
  function marksTable(rows, id, more = {}) {
    const columns = [
      rows.some((row) => row.letter) && { key: "letter", label: "Mark", of: (row) => row.letter },
      { key: "time", label: "When", of: (row) => row.time, cell: (row) => day(row.time, true) },
      { key: "kind", label: "Kind", of: (row) => row.kind, cell: (row) => tag(ratchetry.clip(row.kind || "note", 40), "note") },
      { key: "subject", label: "About", of: (row) => row.subject, cell: (row) => name(row.subject, 80) },
      { key: "message", label: "What was said", of: (row) => row.message, cell: (row) => name(row.message, 400), class: "wide" },
    ];
    return ratchetry.table({ id, caption: "What people noted", columns: columns.filter(Boolean), rows, order: "-time", size: 20, file: "notes", ...more });
  }

  /** Return the page of notes. */
  async function events() {
    const found = await ratchetry.need("events");
    if (!found) return ratchetry.nothing("Notes", "events");
    const wanted = ratchetry.filters();
    const rows = found.marks.filter((row) => row.time >= wanted.since && row.time <= wanted.until);
    return [ratchetry.heading("Notes", "what people noted with “ratchetry history log”"), ratchetry.filterForm("since", "until"), ratchetry.section("all-notes", "All notes", "", marksTable(rows, "notes", { main: true, size: 100, search: (row) => `${row.kind} ${row.subject} ${row.message}` }))];
  }

  Object.assign(ratchetry, { recentRuns, marksTable });
  ratchetry.pages.benchmarks = { title: "Benchmarks", draw: benchmarks };
  ratchetry.pages.modules = { title: "Modules", draw: modules };
  ratchetry.pages.module = { title: "Module", under: "modules", draw: module };
  ratchetry.pages.runs = { title: "Runs", draw: runs };
  ratchetry.pages.events = { title: "Notes", draw: events };
})();
