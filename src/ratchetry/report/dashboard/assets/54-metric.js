/* One metric or benchmark at full length. */
(() => {
  "use strict";
  const { h, overview, link, name, number, filters, day } = ratchetry;

  /** Return the points that the filters leave, as columns, with the place of each in the metric. */
  function selected(metric, runs, wanted) {
    const branch = runs.branches.indexOf(wanted.branch);
    const at = metric.run.map((_, place) => place).filter((place) => {
      const run = metric.run[place];
      return (wanted.all || runs.branch[run] === branch) && runs.time[run] >= wanted.since && runs.time[run] <= wanted.until && metric.value[place] !== null;
    });
    at.sort((one, other) => runs.time[metric.run[one]] - runs.time[metric.run[other]]);
    return { at, times: at.map((place) => runs.time[metric.run[place]]), values: at.map((place) => metric.value[place]) };
  }

  /** Return the bound at each moment, by its moves. */
  function boundAt(metric, times) {
    const { bound, moves } = metric;
    if (!bound) return null;
    return times.map((time) => {
      const last = moves.filter((move) => move.time <= time).at(-1);
      return last ? last.to : moves.length ? moves[0].origin : bound.value;
    });
  }

  /** Return the level at each moment: the median of the points between two changes. */
  function levelAt(steps, { times, values }) {
    if (!steps.length) return null;
    const part = times.map((time) => steps.filter((step) => step.time <= time).length);
    const medians = new Map([...new Set(part)].map((one) => [one, median(values.filter((_, at) => part[at] === one))]));
    return part.map((one) => medians.get(one));
  }

  /** Return the median of some values. */
  function median(values) {
    const sorted = [...values].sort((one, other) => one - other);
    return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
  }

  /** Return the trend line and the ends of its 95 percent interval at each moment since it holds. */
  function trendAt(trend, times) {
    if (!trend || trend.slope === null || trend.level === null || trend.direction === "none") return null;
    const since = Date.parse(trend.since) / 1000;
    const last = times.at(-1);
    const middle = (since + last) / 2;
    const at = (time, slope) => trend.level - (trend.slope * (last - middle)) / 86400 + (slope * (time - middle)) / 86400;
    const line = (slope) => times.map((time) => (time >= since ? at(time, slope) : null));
    return [line(trend.slope), line(trend.interval?.[1] ?? trend.slope), line(trend.interval?.[0] ?? trend.slope)];
  }

  /** Return the lines that go with the points, and what the legend says of them. */
  function layersOf(metric, points, wanted) {
    if (!wanted.own) return { layers: [], keys: [] };
    const level = levelAt(metric.steps, points);
    const trend = trendAt(metric.trend, points.times);
    const bound = boundAt(metric, points.times);
    return {
      layers: [
        level && { values: level, color: "ink", width: 1.5, dash: [2, 3], stepped: true },
        trend && { values: trend[1], color: "clear", width: 0, bandTo: 1, fill: "wedge" },
        trend && { values: trend[2], color: "clear", width: 0 },
        trend && { values: trend[0], color: "warn", width: 2 },
        bound && { values: bound, color: "fail", width: 1.5, dash: [8, 4], stepped: true },
      ].filter(Boolean),
      keys: [level && ["level", "median between changes"], trend && ["drift", "drift with the 95% interval of its slope"], bound && ["bound", `${metric.bound.kind} that holds it`]],
    };
  }

  /** Return changes and notes as marks: numbers for changes, letters for notes. */
  function marksOf(metric, wanted) {
    const changes = wanted.own ? ratchetry.toned(metric.steps, metric.better).map((step, at) => ({ time: step.time, label: String(at + 1), tone: step.tone })) : [];
    const noted = overview.marks.map((mark, at) => ({ time: mark.time, label: letter(at), tone: "note", dashed: true }));
    return [...changes, ...noted];
  }

  /** Return the letter of a note: a to z, then aa and on. */
  function letter(at) {
    return (at >= 26 ? letter(Math.floor(at / 26) - 1) : "") + String.fromCharCode(97 + (at % 26));
  }

  /** Return the chart of a metric. */
  function drawing(metric, runs, points, wanted) {
    const { layers, keys } = layersOf(metric, points, wanted);
    const spread = metric.spread.length ? points.at.map((place) => metric.spread[place]) : null;
    const half = (sign) => spread && points.values.map((value, at) => (spread[at] === null ? null : value + (sign * spread[at]) / 2));
    const tell = (at) => `${day(points.times[at], true)}: ${number(points.values[at], metric.unit)}${spread?.[at] ? ` (middle half within ${number(spread[at], metric.unit)})` : ""}, commit ${ratchetry.clean((runs.commit[metric.run[points.at[at]]] ?? "").slice(0, 10))}`;
    return ratchetry.chart({
      label: `${ratchetry.clip(metric.name, 80)} over time, ${ratchetry.plural(points.times.length, "point")}`,
      times: points.times, values: points.values, low: half(-1), high: half(1), layers, unit: metric.unit, marks: marksOf(metric, wanted), tell,
      zoomed: (from, until) => { location.hash = ratchetry.route.changed({ since: day(from), until: day(until) }); },
      legend: ratchetry.legend(["value", "measured"], spread && ["spread", "middle half of its repetitions"], ...keys, metric.steps.length && wanted.own && ["change", "change of level, by number"], overview.marks.length && ["noted", "noted by people, by letter"]),
    });
  }

  /** Return the changes of level as a table. */
  function changes(metric) {
    const rows = ratchetry.toned(metric.steps, metric.better).map((step, at) => ({ ...step, number: at + 1 }));
    const columns = [
      { key: "number", label: "No.", of: (row) => row.number },
      { key: "time", label: "When", of: (row) => row.time, cell: (row) => day(row.time) },
      { key: "effect", label: "Change", of: (row) => row.effect, cell: (row) => h("span", { class: row.tone === "pass" ? "good" : "bad", text: ratchetry.stepText(row, metric.unit) }), class: "wide" },
      { key: "good", label: "Last before", of: (row) => row.good, cell: (row) => ratchetry.commit(row.good) },
      { key: "bad", label: "First after", of: (row) => row.bad, cell: (row) => ratchetry.commit(row.bad) },
      { key: "q", label: "How sure", of: (row) => row.q, cell: (row) => ratchetry.chance(row.q) || "–" },
      { key: "noted", label: "Noted then", of: (row) => ratchetry.notedNear(row.time).map((mark) => mark.message).join("; "), cell: (row) => ratchetry.notedNear(row.time).slice(0, 3).map((mark) => h("p", { class: "small" }, name(mark.message || mark.subject, 160))) },
    ];
    return ratchetry.table({ id: "changes", caption: "Changes of level", columns, rows, order: "-time", file: `${metric.name}-changes`, empty: "Its level has not changed, as far as can be told." });
  }

  /** Return the points as a table, the newest first. */
  function points(metric, runs, found) {
    const rows = found.at.map((place) => ({ place, run: metric.run[place] })).reverse();
    const columns = [
      { key: "time", label: "When", of: (row) => runs.time[row.run], cell: (row) => day(runs.time[row.run], true) },
      { key: "value", label: "Value", number: true, of: (row) => metric.value[row.place], cell: (row) => number(metric.value[row.place], metric.unit) },
      { key: "spread", label: "Spread", number: true, of: (row) => metric.spread[row.place] ?? null, cell: (row) => number(metric.spread[row.place], metric.unit) },
      { key: "n", label: "Repetitions", number: true, of: (row) => metric.n[row.place] ?? 1 },
      { key: "commit", label: "Commit", of: (row) => runs.commit[row.run], cell: (row) => ratchetry.commit(runs.commit[row.run]) },
      { key: "branch", label: "Branch", of: (row) => runs.branches[runs.branch[row.run]], cell: (row) => name(runs.branches[runs.branch[row.run]], 40) },
      { key: "run", label: "Run", of: (row) => runs.id[row.run], cell: (row) => name(runs.id[row.run], 40) },
    ];
    return ratchetry.table({ id: "points", caption: "Points", main: true, columns, rows, order: "-time", size: 50, file: metric.name, empty: "The filters leave no point." });
  }

  /** Return what is known of a metric in a few figures. */
  function facts(metric, found, wanted) {
    const trend = metric.trend;
    const rows = [
      ["Now", number(found.values.at(-1), metric.unit), found.times.length ? day(found.times.at(-1), true) : "no point"],
      wanted.own && trend && ["Trend", trend.verdict, ratchetry.trendText(trend, metric.unit)],
      metric.bound && wanted.own && ["Bound", ratchetry.boundText(metric), metric.bound.target === null ? ratchetry.plural(metric.moves.length, "move") : `moves up to ${number(metric.bound.target, metric.unit)}`],
      wanted.own && metric.steps.length && ["Last change", day(metric.steps.at(-1).time), ratchetry.stepText(metric.steps.at(-1), metric.unit)],
      metric.forecast && wanted.own && ["Forecast", metric.forecast.state === "dated" ? metric.forecast.likely : metric.forecast.state, ratchetry.forecastText(metric.forecast, metric.unit) || metric.forecast.reason],
    ];
    return h("dl", { class: "tiles" }, rows.filter(Boolean).map(([label, value, note]) => h("div", {}, h("dt", { text: label }), h("dd", { class: "value", text: value }), h("dd", { class: "soft small", text: ratchetry.clip(note, 240) }))));
  }

  /** Return the name of the document that has a metric. */
  async function chunkOf(subject) {
    const known = [...overview.metrics, ...overview.benchmarks].find((row) => row.name === subject);
    if (known) return known.chunk;
    for (const more of ["metrics", "benchmarks"]) {
      const found = (await ratchetry.need(more))?.rows.find((row) => row.name === subject);
      if (found) return found.chunk;
    }
    return "";
  }

  /** Return the page of a metric. */
  async function page({ subject }) {
    const chunk = await chunkOf(subject);
    const [metric, runs] = chunk ? await Promise.all([ratchetry.need(chunk), ratchetry.need("runs")]) : [null, null];
    if (!metric) return ratchetry.unknown("metric", subject, link("metrics", "", "all metrics"));
    const wanted = filters();
    const found = selected(metric, runs, wanted);
    return [
      ratchetry.heading(name(metric.name, 160), metric.title, metric.name),
      metric.how && h("p", { class: "soft small measure", text: `How it is measured: ${metric.how}` }),
      facts(metric, found, wanted),
      ratchetry.filterForm("branch", "since", "until"),
      ratchetry.section("chart", "Over time", wanted.all ? "all branches" : ratchetry.clip(wanted.branch, 60), drawing(metric, runs, found, wanted), wanted.own ? null : h("p", { class: "soft small", text: `Trend, changes and bound are known of ${ratchetry.clip(overview.branch, 60)} alone.` })),
      wanted.own && ratchetry.section("changes-of-level", "Changes of level", ratchetry.plural(metric.steps.length, "change"), changes(metric)),
      wanted.own && metric.moves.length ? ratchetry.section("moves", "Moves of its bound", [link("threshold", metric.name, "with their evidence")], movesTable(metric)) : null,
      overview.marks.length ? ratchetry.section("noted", "Noted by people", "", ratchetry.marksTable(overview.marks.map((mark, at) => ({ ...mark, letter: letter(at) })).reverse(), "notes-table")) : null,
      ratchetry.section("all-points", "Points", "", points(metric, runs, found)),
    ];
  }

  /** Return the moves of a bound. */
  function movesTable(metric) {
    const columns = [
      { key: "time", label: "When", of: (row) => row.time, cell: (row) => day(row.time) },
      { key: "origin", label: "From", number: true, of: (row) => row.origin, cell: (row) => number(row.origin, metric.unit) },
      { key: "to", label: "To", number: true, of: (row) => row.to, cell: (row) => number(row.to, metric.unit) },
    ];
    return ratchetry.table({ id: "moves-table", caption: "Moves of its bound", columns, rows: metric.moves, order: "-time", file: `${metric.name}-moves` });
  }

  ratchetry.selected = selected;
  ratchetry.pages.metric = { title: "Metric", under: "metrics", draw: page };
  ratchetry.pages.benchmark = { title: "Benchmark", under: "benchmarks", draw: page };
})();
