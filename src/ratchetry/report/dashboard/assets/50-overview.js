/* The first page: what is wrong and why, then the trend of everything. */
(() => {
  "use strict";
  const { h, overview, link, name, number, tag, plural } = ratchetry;
  const RECENT_DAYS = 30;
  const MOST_PROBLEMS = 12;

  /** Return what is wrong, the worst first: each subject once, with all that speaks for it. */
  function problems() {
    const found = new Map();
    const rows = new Map(overview.metrics.map((row) => [row.name, row]));
    const add = (subject, weight, text, more = {}) => {
      const one = found.get(subject) ?? { subject, weight: 0, lines: [], row: rows.get(subject), steps: [] };
      found.set(subject, Object.assign(one, { weight: one.weight + weight, lines: [...one.lines, { text, ...more }] }));
      return one;
    };
    const weights = { fail: 1000, not_measured: 900, warn: 100 };
    for (const gate of overview.gates) add(gate.metric, weights[gate.verdict] ?? 100, gateText(gate, rows.get(gate.metric)), { label: `gate: ${ratchetry.VERDICTS[gate.verdict]}`, tone: ratchetry.TONES[gate.verdict] });
    for (const one of overview.regressions) if (one.verdict === "regressed") add(one.name, 300, regressionText(one), { label: "regressed", tone: "fail" });
    for (const row of overview.metrics) judged(row, row.better, row.trend, add);
    for (const row of overview.benchmarks) if (row.verdict === "worsening" || worse(row.step, "lower")) slowed(row, add);
    tested(add);
    return [...found.values()].sort((one, other) => other.weight - one.weight);
  }

  /** Say by how much a gate was missed. */
  function gateText(gate, row) {
    const unit = row?.unit ?? "";
    if (gate.value !== null && gate.bound !== null) return `${number(gate.value, unit)}, and its ${gate.kind} is ${number(gate.bound, unit)}${gate.reason ? `: ${gate.reason}` : ""}`;
    return gate.reason || "no value";
  }

  /** Say how the newest run differs from its base. */
  function regressionText(one) {
    const show = (value) => ratchetry.effect(value, one.relative, one.unit);
    return `${number(one.base, one.unit)} → ${number(one.head, one.unit)} in the newest run, ${show(one.difference)}${ratchetry.interval(one.interval, show)}`;
  }

  /** Tell whether a change of level is recent and for the worse. */
  function worse(step, better) {
    return step && ratchetry.toneOf(step.direction, better) === "fail" && step.time > overview.run.time - RECENT_DAYS * 86400;
  }

  /** Add what the trend and the changes of level say against a metric. */
  function judged(row, better, trend, add) {
    if (trend.verdict === "worsening") {
      add(row.name, 60, `${ratchetry.trendText(trend, row.unit)}. ${ratchetry.forecastText(row.forecast, row.unit)}`, { label: "worsening", tone: "fail" });
    }
    const last = row.steps.at(-1);
    if (worse(last, better)) add(row.name, 80, `${ratchetry.stepText(last, row.unit)} on ${ratchetry.day(last.time)}`, { label: "changed level", tone: "fail", step: last }).steps.push(last);
  }

  /** Add what speaks against a benchmark. */
  function slowed(row, add) {
    const one = row.step && worse(row.step, "lower") ? { label: "changed level", tone: "fail", step: row.step } : { label: "worsening", tone: "fail" };
    add(row.name, 50, one.step ? `${ratchetry.stepText(row.step, row.unit)} on ${ratchetry.day(row.step.time)}` : `${ratchetry.signed(row.slope * 30, row.unit)} in 30 days, ${ratchetry.chance(row.q)}`, one).benchmark = row;
  }

  /** Add what the tests say. */
  function tested(add) {
    const { run, flaky } = overview;
    const to = (page, more) => ratchetry.route.to(page, "", more);
    if (run.failed) add("tests", 500, `${plural(run.failed, "test")} failed in the newest run`, { label: "failed", tone: "fail" }).href = to("tests", { state: "X" });
    if (flaky?.active) add("flaky tests", 20, `${plural(flaky.active, "test")} ${flaky.active === 1 ? "fails" : "fail"} whatever the code is: ${flaky.names.slice(0, 3).map((test) => ratchetry.clip(test, 70)).join(", ")}${flaky.active > 3 ? " and more" : ""}`, { label: "flaky", tone: "warn" }).href = to("flaky");
  }

  /** Return the changes that several things got worse with, and the other problems; what failed a gate is in both. */
  function grouped(found) {
    const changes = new Map();
    for (const one of found) {
      const step = one.lines.find((line) => line.step)?.step;
      if (step?.bad) changes.set(`${step.good} ${step.bad}`, [...(changes.get(`${step.good} ${step.bad}`) ?? []), { one, step }]);
    }
    const groups = [...changes.values()].filter((members) => members.length > 1).sort((some, others) => others.length - some.length);
    const inGroup = new Set(groups.flat().map(({ one }) => one));
    return { groups, singles: found.filter((one) => !inGroup.has(one) || one.lines.some((line) => !line.step)) };
  }

  /** Return a change that several things got worse with as an entry of the list. */
  function change(members) {
    const [{ step }] = members;
    const rows = members.map(({ one, step: own }) => h("li", {},
      h("div", { class: "what" }, titleOf(one), h("p", { class: "small" }, `${number(own.before, unitOf(one))} → ${number(own.after, unitOf(one))}, `, h("strong", { class: "bad", text: ratchetry.effect(own.effect, own.relative, unitOf(one)) }))), drawingOf(one)));
    return h("li", { class: "problem fail" }, h("div", { class: "what" }, h("h3", { text: `${members.length} things got worse with one change, on ${ratchetry.day(step.time)}` }), whyOf(step), h("ul", { class: "members" }, rows)));
  }

  /** Return the unit of what a problem is of. */
  function unitOf(one) {
    return (one.row ?? one.benchmark)?.unit ?? "";
  }

  /** Return the name of what a problem is of, as a link where there is a page on it. */
  function titleOf(one) {
    if (one.href) return h("a", { href: one.href }, name(one.subject));
    return one.row || one.benchmark ? link(one.benchmark ? "benchmark" : "metric", one.subject, name(one.subject.replace(/^benchmark\./, ""))) : name(one.subject);
  }

  /** Return the trend of what a problem is of, where there is one. */
  function drawingOf(one) {
    if (one.row) return ratchetry.rowSpark(one.row);
    return one.benchmark ? ratchetry.sparkOf(one.benchmark.spark, { label: `Trend of ${ratchetry.clip(one.subject, 80)}` }) : null;
  }

  /** Return what is wrong with one subject as an entry of the list. */
  function problem(one) {
    const tone = one.lines.some((line) => line.tone === "fail") ? "fail" : one.lines[0].tone;
    const drawing = drawingOf(one);
    const known = one.row ?? one.benchmark;
    return h("li", { class: `problem ${tone}` },
      h("div", { class: "what" }, h("h3", {}, titleOf(one)), one.row?.title && h("p", { class: "soft small", text: one.row.title }),
        h("ul", {}, one.lines.map((line) => h("li", {}, tag(line.label, line.tone), " ", ratchetry.clip(line.text, 400), line.step && whyOf(line.step))))),
      drawing && h("div", { class: "look" }, drawing, h("span", { class: "now", text: number(known.latest, known.unit) })));
  }

  /** Return where to look for the cause of a change: the commits, and what people noted then. */
  function whyOf(step) {
    const noted = ratchetry.notedNear(step.time);
    return h("p", { class: "why" }, step.bad && ["between ", ratchetry.commit(step.good), " and ", ratchetry.commit(step.bad), " "],
      noted.slice(0, 2).map((mark) => [h("br"), "noted then: ", h("q", {}, name(mark.message || mark.subject, 160))]));
  }

  /** Return the sentence below the verdict. */
  function sentence(things) {
    const failed = overview.gates.filter((gate) => gate.verdict === "fail").length;
    const unmeasured = overview.gates.filter((gate) => gate.verdict === "not_measured").length;
    const parts = [failed && `${plural(failed, "gate")} failed`, unmeasured && `${plural(unmeasured, "gate")} could not be measured`, things && `${plural(things, "thing")} to look at`].filter(Boolean);
    return parts.length ? `${parts.join(", ")}.` : "Every gate passed, and nothing got worse.";
  }

  /** Return the head of the page: the verdict, the score, and what it is of. */
  function banner(things) {
    const run = overview.run;
    return h("section", { class: `banner ${ratchetry.TONES[overview.verdict]}`, "aria-label": "Verdict" },
      h("div", {}, h("h1", { tabindex: -1 }, glyph(overview.verdict), ratchetry.VERDICTS[overview.verdict]), h("p", { class: "lead", text: sentence(things) }),
        h("p", { class: "soft small" }, "Newest run ", name(run.id, 40), " of ", name(run.branch, 60), run.pull_request ? ` (pull request ${run.pull_request})` : "", " at ", ratchetry.commit(run.commit), `, ${ratchetry.day(run.time, true)} UTC, ${ratchetry.duration(run.seconds)}`)),
      h("dl", { class: "tiles" }, tiles().map(([label, value, note, href]) => h("div", {}, h("dt", {}, href ? h("a", { href, text: label }) : label), h("dd", { class: "value", text: value }), h("dd", { class: "soft small", text: note })))));
  }

  /** Return the figures beside the verdict. */
  function tiles() {
    const { run, flaky, learning, counts } = overview;
    const to = ratchetry.route.to;
    return [
      ["Score", overview.score === null ? "–" : ratchetry.digits(overview.score, 3), overview.score === null ? "not measured" : "of 1", to("metric", "score.total")],
      ["Coverage", run.coverage === null ? "–" : number(run.coverage, "percent"), run.coverage === null ? "not measured" : "of lines", to("metric", "coverage.line")],
      ["Failed tests", run.failed === null ? "–" : number(run.failed), run.failed === null ? "not measured" : `of ${(counts.tests ?? 0).toLocaleString("en")} known`, to("tests")],
      ["Flaky tests", flaky ? number(flaky.active) : "–", flaky ? `${flaky.suspected} suspected, ${flaky.quarantined} in quarantine` : "cannot be told", to("flaky")],
      ["Open issues", number(learning.open_issues), `of ${plural(learning.issues, "issue")}`, to("issues")],
      ["Experiments", number(learning.running), "running", to("experiments")],
    ];
  }

  /** Return the shape of a verdict, so that color is not all that tells it. */
  function glyph(verdict) {
    const paths = { pass: "M5 12.5l4.5 4.5L19 7.5", warn: "M12 6v8M12 17.6v.4", fail: "M7 7l10 10M17 7L7 17", not_measured: "M7 12h10" };
    return ratchetry.s("svg", { viewBox: "0 0 24 24", class: "glyph", "aria-hidden": "true" }, ratchetry.s("circle", { cx: 12, cy: 12, r: 11 }), ratchetry.s("path", { d: paths[verdict] }));
  }

  /** Return the ways of failing, where there are any. */
  function failures() {
    if (!overview.failures.length) return null;
    const columns = [
      { key: "signature", label: "Signature", of: (row) => row.signature, cell: (row) => [name(row.signature, 160), h("p", { class: "soft small" }, name(row.evidence.replaceAll("\n", " "), 200))], class: "wide" },
      { key: "category", label: "Category", of: (row) => row.category, cell: (row) => tag(row.category || "unknown", "skip") },
      { key: "runs", label: "Runs", number: true, of: (row) => row.runs },
      { key: "last", label: "Last", of: (row) => row.last, cell: (row) => ratchetry.moment(row.last) },
    ];
    return ratchetry.section("failures", "How runs fail", "by the signature of the failure", ratchetry.table({ id: "failures-table", caption: "How runs fail", columns, rows: overview.failures, order: "-runs", file: "failures" }));
  }

  /** Return the first page. */
  function page() {
    const found = problems();
    const { groups, singles } = grouped(found);
    const grave = singles.filter((one) => one.weight >= 500);
    const minor = singles.filter((one) => one.weight < 500);
    const entries = [...grave.map(problem), ...groups.map(change), ...minor.map(problem)];
    const shown = entries.slice(0, MOST_PROBLEMS);
    const rest = entries.slice(MOST_PROBLEMS);
    return [
      banner(entries.length),
      ratchetry.section("wrong", "What is wrong, and why", `worst first, on ${ratchetry.clip(overview.branch, 40)}`,
        shown.length ? h("ol", { class: "problems" }, shown) : h("p", { class: "soft", text: "Nothing: every gate passed, no metric regressed, worsens or changed its level for the worse in 30 days." }),
        rest.length ? h("details", {}, h("summary", { text: `${plural(rest.length, "more thing")} to look at` }), h("ol", { class: "problems" }, rest)) : null),
      failures(),
      ratchetry.filterForm("branch", "since", "until", "package"),
      ratchetry.section("trends", "Every metric", plural(overview.counts.metrics ?? 0, "metric"), ratchetry.metricTables()),
      overview.marks.length ? ratchetry.section("noted", "What people noted", "marked in every chart", ratchetry.marksTable(overview.marks.slice(-10).reverse(), "noted-table")) : null,
      ratchetry.section("runs", "Newest runs", [link("runs", "", "all runs")], ratchetry.recentRuns()),
      ratchetry.notes(),
    ];
  }

  ratchetry.pages.overview = { title: "Overview", draw: page };
})();
