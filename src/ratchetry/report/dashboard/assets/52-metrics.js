/* Metrics as rows with their trend, on the first page and on their own. */
(() => {
  "use strict";
  const { h, overview, link, name, number, tag, filters } = ratchetry;

  /** Return a metric's trend as a small drawing, on the branch and in the time of the filters. */
  function rowSpark(row) {
    const wanted = filters();
    if (!wanted.own) return later(row, wanted);
    const steps = ratchetry.toned(row.steps, row.better);
    return ratchetry.spark(ratchetry.within(row.series, wanted), {
      label: `Trend of ${ratchetry.clip(row.name, 80)}: ${row.trend.verdict}, now ${number(row.latest, row.unit)}`,
      bound: row.bound?.value ?? null, steps, marks: overview.marks.map((mark) => mark.time),
    });
  }

  /** Return a place for the drawing of another branch, which needs the whole series, read when it comes into view. */
  function later(row, wanted) {
    const place = h("span", { class: "later", text: "…" });
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      Promise.all([ratchetry.need(row.chunk), ratchetry.need("runs")]).then(([metric, runs]) => {
        const series = ratchetry.selected(metric, runs, wanted);
        const last = series.values.at(-1);
        place.replaceChildren(series.times.length ? ratchetry.spark({ t: series.times, v: series.values }, { label: `Values of ${ratchetry.clip(row.name, 80)} on this branch, now ${number(last, row.unit)}` }) : "not measured there", series.times.length ? ` ${number(last, row.unit)}` : "");
      }, (error) => { place.textContent = error.message; });
    });
    seen.observe(place);
    return place;
  }

  /** Return the columns of metrics. */
  function columns() {
    const own = filters().own;
    return [
      { key: "metric", label: "Metric", of: (row) => row.name, cell: (row) => [link("metric", row.name, name(row.name)), row.title && h("p", { class: "soft small", text: ratchetry.clip(row.title, 160) })], class: "wide" },
      { key: "trend", label: own ? "Trend" : "Values", cell: rowSpark, class: "drawing" },
      { key: "latest", label: own ? "Now" : `On ${ratchetry.clip(overview.branch, 20)}`, number: true, of: (row) => row.latest, cell: (row) => number(row.latest, row.unit) },
      { key: "change", label: "Since the run before", number: true, of: (row) => (row.previous === null ? null : row.latest - row.previous), cell: (row) => difference(row) },
      { key: "bound", label: "Bound", number: true, of: (row) => row.bound?.value ?? null, cell: (row) => boundText(row) },
      { key: "verdict", label: "Verdict", of: (row) => row.trend.verdict, cell: (row) => tag(row.trend.verdict) },
      { key: "unit", of: (row) => row.unit, saved: true },
    ];
  }

  /** Return the bound of a metric. */
  function boundText(row) {
    return row.bound ? `${row.bound.kind === "minimum" ? "≥" : "≤"} ${number(row.bound.value, row.unit)}` : "–";
  }

  /** Return how the newest value differs from the one before, in the color of what that means. */
  function difference(row) {
    if (row.previous === null) return "–";
    const change = row.latest - row.previous;
    const tone = !change || !row.better ? "" : (change > 0) === (row.better === "higher") ? "good" : "bad";
    return h("span", { class: tone, text: ratchetry.signed(Number(change.toPrecision(6)), row.unit) });
  }

  /** Return the metrics of the package that is asked for: those whose paths lie in it, all where none is. */
  function rows() {
    const wanted = filters().package;
    if (!wanted) return overview.metrics;
    return overview.metrics.filter((row) => { const at = row.name.indexOf("["); return at >= 0 && row.name.slice(at + 1).startsWith(wanted); });
  }

  /** Return a table of metrics for each stage. */
  function metricTables() {
    const stages = new Map();
    for (const row of rows()) stages.set(row.stage, [...(stages.get(row.stage) ?? []), row]);
    if (!stages.size) return h("p", { class: "soft", text: filters().package ? "No metric is of this package alone; its tests and modules have pages of their own." : "No run has measured anything." });
    return [...stages].map(([stage, found]) => h("section", { class: "stage", "aria-label": stage || "other metrics" }, h("h3", { text: stage || "other" }), ratchetry.table({ id: `stage-${stage || "other"}`, caption: `Metrics of ${stage || "no stage"}`, columns: columns(), rows: found, file: `metrics-${stage || "other"}`, order: "" })));
  }

  /** Return the page of all metrics. */
  async function page() {
    const more = await ratchetry.need("metrics");
    const all = [...rows(), ...(more?.rows ?? [])];
    return [
      ratchetry.heading("Metrics", ratchetry.plural(all.length, "metric")),
      ratchetry.filterForm("branch", "since", "until", "package"),
      ratchetry.section("all", "All metrics", "", ratchetry.table({ id: "metrics", caption: "All metrics", main: true, columns: columns(), rows: all, order: "metric", search: (row) => `${row.name} ${row.title} ${row.stage} ${row.trend.verdict}` })),
    ];
  }

  Object.assign(ratchetry, { rowSpark, metricTables, boundText });
  ratchetry.pages.metrics = { title: "Metrics", draw: page };
})();
