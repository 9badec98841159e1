/* What was done: bounds with their moves, issues with their effect. */
(() => {
  "use strict";
  const { h, link, name, number, tag, day, overview } = ratchetry;
  const ISSUES = { opened: "note", open: "note", updated: "note", reopened: "warn", closed: "skip", resolved: "pass", recovered: "pass", silenced: "skip", not_planned: "skip" };
  const SAID = new Set(["title", "number", "metric", "state", "phase"]);

  /** Return the page of all bounds. */
  async function thresholds() {
    const found = await ratchetry.need("thresholds");
    if (!found) return ratchetry.nothing("Thresholds", "thresholds");
    const columns = [
      { key: "metric", label: "Metric", of: (row) => row.metric, cell: (row) => [link("threshold", row.metric, name(row.metric)), row.note && h("p", { class: "soft small" }, name(row.note, 200))], class: "wide" },
      { key: "bound", label: "Bound", number: true, of: (row) => row.bound, cell: (row) => (row.bound === null ? "waits for its first" : `${row.kind === "minimum" ? "≥" : "≤"} ${number(row.bound, row.unit)}`) },
      { key: "value", label: "Newest", number: true, of: (row) => row.value, cell: (row) => number(row.value, row.unit) },
      { key: "margin", label: "Margin", number: true, of: (row) => row.margin, cell: (row) => h("span", { class: row.margin < 0 ? "bad" : "", text: ratchetry.signed(row.margin, row.unit) }) },
      { key: "target", label: "Stops at", number: true, of: (row) => row.target, cell: (row) => number(row.target, row.unit) },
      { key: "moves", label: "Moves", number: true, of: (row) => row.moves.length },
      { key: "needs", label: "Its next move", of: (row) => row.needs, cell: (row) => [name(row.needs, 240), row.waived_until && h("p", { class: "small" }, tag("waived", "warn"), ` until ${ratchetry.clip(row.waived_until, 20)}: `, name(row.waived_because, 240))], class: "wide" },
    ];
    return [ratchetry.heading("Thresholds", ratchetry.plural(found.rows.length, "bound")), ratchetry.section("all-bounds", "All bounds", "", ratchetry.table({ id: "thresholds", caption: "All bounds", main: true, columns, rows: found.rows, order: "metric", search: (row) => `${row.metric} ${row.needs} ${row.waived_because}` }))];
  }

  /** Return the page of a bound. */
  async function threshold({ subject }) {
    const found = await ratchetry.need("thresholds");
    const row = found?.rows.find((one) => one.metric === subject);
    if (!row) return ratchetry.unknown("bound", subject, link("thresholds", "", "all bounds"));
    const facts = [
      ["Bound", row.bound === null ? "–" : `${row.kind === "minimum" ? "≥" : "≤"} ${number(row.bound, row.unit)}`, row.note || row.kind],
      ["Newest", number(row.value, row.unit), `margin ${ratchetry.signed(row.margin, row.unit)}`],
      ["Stops at", number(row.target, row.unit), row.target === null ? "it has no target" : "its target"],
      ["Waiver", row.waived_until ? `until ${row.waived_until}` : "none", row.waived_because],
    ];
    const columns = [
      { key: "time", label: "When", of: (move) => move.time, cell: (move) => ratchetry.moment(move.time) },
      { key: "origin", label: "From", number: true, of: (move) => move.origin, cell: (move) => number(move.origin, row.unit) },
      { key: "to", label: "To", number: true, of: (move) => move.to, cell: (move) => number(move.to, row.unit) },
      { key: "value", label: "Supported", number: true, of: (move) => move.value, cell: (move) => number(move.value, row.unit) },
      { key: "margin", label: "Margin", number: true, of: (move) => move.margin, cell: (move) => number(move.margin, row.unit) },
      { key: "confidence", label: "Confidence", number: true, of: (move) => move.confidence, cell: (move) => ratchetry.share(move.confidence) },
      { key: "reason", label: "Why", of: (move) => move.reason, cell: (move) => name(move.reason, 300), class: "wide" },
      { key: "runs", label: "Runs it rests on", of: (move) => move.runs.join(" "), cell: (move) => [ratchetry.plural(move.runs.length, "run"), move.runs.length ? h("p", { class: "soft small" }, name(move.runs.slice(0, 6).join(" "), 160)) : null] },
    ];
    return [
      ratchetry.heading(name(row.metric, 160), [link("metric", row.metric, "its values over time")], row.metric),
      h("dl", { class: "tiles" }, facts.map(([label, value, note]) => h("div", {}, h("dt", { text: label }), h("dd", { class: "value", text: ratchetry.clip(value, 60) }), h("dd", { class: "soft small", text: ratchetry.clip(note, 300) })))),
      row.needs && h("p", { class: "measure" }, "Its next move: ", name(row.needs, 400)),
      steps(row),
      ratchetry.section("moves", "Moves and their evidence", ratchetry.plural(row.moves.length, "move"), ratchetry.table({ id: "moves", caption: "Moves and their evidence", main: true, columns, rows: row.moves, order: "-time", file: `${row.metric}-moves`, empty: "It has not moved." })),
    ];
  }

  /** Return the bound over time as a chart. */
  function steps(row) {
    const moves = row.moves.filter((move) => !Number.isNaN(Date.parse(move.time)));
    if (!moves.length) return null;
    const times = [...moves.map((move) => Math.floor(Date.parse(move.time) / 1000)), overview.run.time];
    const values = [...moves.map((move) => move.to), row.bound ?? moves.at(-1).to];
    const order = times.map((_, at) => at).sort((one, other) => times[one] - times[other]);
    const tell = (at) => `${day(times[order[at]])}: ${row.kind} ${number(values[order[at]], row.unit)}`;
    return ratchetry.section("bound", "The bound over time", "", ratchetry.chart({ label: `Bound of ${ratchetry.clip(row.metric, 60)}`, times: order.map((at) => times[at]), values: order.map((at) => values[at]), unit: row.unit, tell, height: 220, stepped: true }));
  }

  /** Return the page of all issues. */
  async function issues() {
    const found = await ratchetry.need("issues");
    if (!found) return ratchetry.nothing("Issues", "issues");
    const columns = [
      { key: "issue", label: "Issue", of: (row) => row.title || row.fingerprint, cell: (row) => [link("issue", row.fingerprint, name(row.title || row.fingerprint, 140)), row.number && h("span", { class: "soft", text: ` no. ${row.number}` })], class: "wide" },
      { key: "state", label: "State", of: (row) => row.state, cell: (row) => tag(ratchetry.clip(row.state || "unknown", 40), ISSUES[row.state] ?? "skip") },
      { key: "metric", label: "Metric", of: (row) => row.metric, cell: (row) => (row.metric ? link("metric", row.metric, name(row.metric, 60)) : "–") },
      { key: "effect", label: "Its effect", of: (row) => effectOf(row), cell: (row) => name(effectOf(row) || "not measured yet", 160) },
      { key: "events", label: "Events", number: true, of: (row) => row.events.length },
      { key: "last", label: "Last", of: (row) => row.events.at(-1)?.time ?? null, cell: (row) => day(row.events.at(-1)?.time) },
    ];
    return [ratchetry.heading("Issues", ratchetry.plural(found.rows.length, "issue")), ratchetry.section("all-issues", "Issues that were opened, and what became of them", "", ratchetry.table({ id: "issues", caption: "Issues", main: true, columns, rows: found.rows, order: "-last", search: (row) => `${row.title} ${row.metric} ${row.state} ${row.fingerprint}` }))];
  }

  /** Return what an issue did to its metric, as far as an event says so. */
  function effectOf(row) {
    for (const event of [...row.events].reverse()) {
      for (const key of ["effect", "gain", "delta", "reward"]) if (event.data[key] !== undefined && event.data[key] !== null) return `${key} ${typeof event.data[key] === "number" ? number(event.data[key]) : event.data[key]}`;
    }
    return "";
  }

  /** Return the page of an issue. */
  async function issue({ subject }) {
    const found = await ratchetry.need("issues");
    const row = found?.rows.find((one) => one.fingerprint === subject);
    if (!row) return ratchetry.unknown("issue", subject, link("issues", "", "all issues"));
    const columns = [
      { key: "time", label: "When", of: (event) => event.time, cell: (event) => day(event.time, true) },
      { key: "state", label: "What", of: (event) => event.state, cell: (event) => tag(ratchetry.clip(event.state || "noted", 40), ISSUES[event.state] ?? "skip") },
      { key: "actor", label: "Who", of: (event) => event.actor, cell: (event) => name(event.actor || "ratchetry", 60) },
      { key: "data", label: "What is known", of: (event) => event.data, fixed: true, cell: (event) => said(event.data), class: "wide" },
      { key: "runs", label: "Runs", of: (event) => event.runs.join(" "), cell: (event) => name(event.runs.slice(0, 5).join(" "), 160) },
    ];
    const metric = overview.metrics.find((one) => one.name === row.metric);
    return [
      ratchetry.heading(name(row.title || row.fingerprint, 200), [tag(row.state || "unknown", ISSUES[row.state] ?? "skip"), row.number ? ` issue ${row.number}` : "", row.metric ? [" about ", link("metric", row.metric, name(row.metric, 80))] : ""], row.title),
      metric ? ratchetry.section("effect", "Its effect", effectOf(row) || "not measured yet", ratchetry.chart({
        label: `${ratchetry.clip(metric.name, 60)} with the events of this issue`, times: metric.series.t, values: metric.series.v, low: metric.series.lo.length ? metric.series.lo : null, high: metric.series.hi.length ? metric.series.hi : null, unit: metric.unit,
        marks: row.events.map((event, at) => ({ time: event.time, label: String(at + 1), tone: "note", dashed: true })), tell: (at) => `${day(metric.series.t[at])}: ${number(metric.series.v[at], metric.unit)}`, height: 260,
        legend: ratchetry.legend(["value", "measured"], metric.series.lo.length && ["spread", "least to greatest of the runs that a point stands for"], ["noted", "what happened to the issue, by number"]) })) : null,
      ratchetry.section("events", "What happened", "", ratchetry.table({ id: "issue-events", caption: "What happened", main: true, columns, rows: row.events, order: "time", file: `issue-${row.fingerprint}` })),
    ];
  }

  /** Return what an event says, beside what the page says already. */
  function said(data) {
    const rows = Object.entries(data).filter(([key, value]) => !SAID.has(key) && value !== null && value !== "");
    return h("ul", { class: "plain" }, rows.map(([key, value]) => h("li", {}, name(key.replaceAll("_", " "), 40), ": ", name(typeof value === "number" ? number(value) : String(value), 200))));
  }

  ratchetry.pages.thresholds = { title: "Thresholds", draw: thresholds };
  ratchetry.pages.threshold = { title: "Threshold", under: "thresholds", draw: threshold };
  ratchetry.pages.issues = { title: "Issues", draw: issues };
  ratchetry.pages.issue = { title: "Issue", under: "issues", draw: issue };
})();
