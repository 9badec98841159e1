/* What the project learned: arms of the bandit, experiments and versions. */
(() => {
  "use strict";
  const { h, s, link, name, number, tag, day } = ratchetry;
  const STATES = { running: "note", winner: "pass", harmful: "fail", futile: "skip", inconclusive: "none", steady: "pass", degraded: "fail", "cooling-down": "warn", "too-little": "skip" };
  const CHOICES = { R: ["rewarded", "pass"], M: ["missing", "none"], C: ["censored", "skip"], W: ["waiting", "note"] };

  /** Return the arms as rows, with their context. */
  function armRows(found) {
    return found.standings.flatMap((one) => one.arms.map((arm) => ({ ...arm, context: one.context })));
  }

  /** Return the columns of arms. */
  function armColumns() {
    return [
      { key: "arm", label: "Arm", of: (row) => row.arm, cell: (row) => link("arm", row.arm, name(row.arm)), class: "wide" },
      { key: "context", label: "Context", of: (row) => row.context, cell: (row) => (row.context ? name(row.context, 80) : "all") },
      { key: "posterior", label: "Posterior of its reward", cell: (row) => ratchetry.posterior(row.alpha, row.beta, { low: row.low, high: row.high, label: `mean ${ratchetry.share(row.mean)}, 90% from ${ratchetry.share(row.low)} to ${ratchetry.share(row.high)}` }), class: "drawing" },
      { key: "mean", label: "Mean", number: true, of: (row) => row.mean, cell: (row) => ratchetry.share(row.mean) },
      { key: "low", label: "90% from", number: true, of: (row) => row.low, cell: (row) => ratchetry.share(row.low) },
      { key: "high", label: "To", number: true, of: (row) => row.high, cell: (row) => ratchetry.share(row.high) },
      { key: "propensity", label: "Is chosen", number: true, of: (row) => row.propensity, cell: (row) => ratchetry.share(row.propensity) },
      { key: "n", label: "Rewards", number: true, of: (row) => row.n },
    ];
  }

  /** Return the decisions as rows, those that the filters leave. */
  function decisions(found) {
    const { choices } = found;
    const wanted = ratchetry.filters();
    return choices.time.map((time, at) => ({ time, arm: choices.arms[choices.arm[at]], context: choices.contexts[choices.context[at]], propensity: choices.propensity[at], status: choices.status[at], reward: choices.reward[at] })).filter((row) => row.time >= wanted.since && row.time <= wanted.until);
  }

  /** Return the decisions as a table. */
  function decisionTable(rows, arm = true) {
    const columns = [
      { key: "time", label: "When", of: (row) => row.time, cell: (row) => day(row.time, true) },
      arm && { key: "arm", label: "Arm", of: (row) => row.arm, cell: (row) => link("arm", row.arm, name(row.arm)), class: "wide" },
      { key: "context", label: "Context", of: (row) => row.context, cell: (row) => (row.context ? name(row.context, 80) : "all") },
      { key: "propensity", label: "Probability", number: true, of: (row) => row.propensity, cell: (row) => ratchetry.share(row.propensity) },
      { key: "status", label: "Outcome", of: (row) => CHOICES[row.status][0], cell: (row) => tag(...CHOICES[row.status]) },
      { key: "reward", label: "Reward", number: true, of: (row) => row.reward, cell: (row) => number(row.reward) },
    ];
    return ratchetry.table({ id: "choices", caption: "Choices", main: true, columns: columns.filter(Boolean), rows, order: "-time", size: 25, search: (row) => `${row.arm} ${row.context} ${CHOICES[row.status][0]}`, empty: "The filters leave no choice." });
  }

  /** Return the choices over time: a lane for each arm, a dot for each choice, as large as its reward. */
  function lanes(rows, arms) {
    if (!rows.length) return h("p", { class: "soft", text: "Nothing was chosen in what the filters leave." });
    const most = 16, width = 760, lane = 24;
    const shown = arms.slice(0, most);
    const x = ratchetry.scaled(rows[0].time, rows.at(-1).time, 10, width - 10);
    const drawing = s("svg", { class: "lanes", viewBox: `0 0 ${width} ${shown.length * lane}`, role: "img", "aria-label": `${rows.length} choices among ${ratchetry.plural(arms.length, "arm")} from ${day(rows[0].time)} to ${day(rows.at(-1).time)}; the table below has each` });
    shown.forEach((_, at) => drawing.append(s("line", { class: "track", x1: 0, x2: width, y1: at * lane + lane / 2, y2: at * lane + lane / 2 })));
    for (const row of rows) {
      const at = shown.indexOf(row.arm);
      if (at >= 0) drawing.append(s("circle", { class: CHOICES[row.status][1], cx: x(row.time).toFixed(1), cy: at * lane + lane / 2, r: row.reward === null ? 3 : (3 + 5 * Math.min(1, Math.max(0, row.reward))).toFixed(1) }));
    }
    const labels = h("ul", { class: "lanenames" }, shown.map((arm) => h("li", {}, link("arm", arm, name(arm, 34)))));
    const ends = h("p", { class: "ends soft small" }, h("span", { text: day(rows[0].time) }), h("span", { text: day(rows.at(-1).time) }));
    return [h("div", { class: "lanebox" }, labels, h("div", {}, drawing, ends)), ratchetry.legend(["pass dot", "rewarded, the larger the better"], ["note dot", "waiting for its reward"], ["none dot", "reward missing"], ["skip dot", "censored"]), arms.length > most && h("p", { class: "soft small", text: `${arms.length - most} more arms are in the table.` })];
  }

  /** Return the page of the bandit. */
  async function bandit() {
    const found = await ratchetry.need("bandit");
    if (!found) return ratchetry.nothing("Bandit", "bandit");
    const rows = armRows(found).sort((one, other) => other.mean - one.mean);
    const chosen = decisions(found);
    const arms = [...new Map(rows.map((row) => [row.arm, row.n])).keys()];
    return [
      ratchetry.heading("Bandit", `Policy ${found.policy}: ${ratchetry.plural(arms.length, "arm")}, ${ratchetry.plural(found.choices.time.length, "choice")}`),
      ratchetry.section("arms", "Arms", "what the rewards so far say of each", ratchetry.table({ id: "arms-table", caption: "Arms", columns: armColumns(), rows, order: "-mean", search: (row) => `${row.arm} ${row.context}`, file: "arms", size: 30 })),
      ratchetry.filterForm("since", "until"),
      ratchetry.section("over-time", "Choices over time", "", lanes(chosen, arms)),
      ratchetry.section("all-choices", "Choices", "", decisionTable(chosen)),
    ];
  }

  /** Return the page of an arm. */
  async function arm({ subject }) {
    const found = await ratchetry.need("bandit");
    const rows = found ? armRows(found).filter((row) => row.arm === subject) : [];
    if (!rows.length) return ratchetry.unknown("arm", subject, link("bandit", "", "all arms"));
    const chosen = decisions(found).filter((row) => row.arm === subject);
    const largest = rows.find((row) => !row.context) ?? [...rows].sort((one, other) => other.n - one.n)[0];
    let total = 0, count = 0;
    const rewarded = chosen.filter((row) => row.reward !== null).map((row) => { total += row.reward; count += 1; return { time: row.time, value: total / count, reward: row.reward }; });
    const tell = (at) => `${day(rewarded[at].time, true)}: mean ${ratchetry.share(rewarded[at].value)} after ${ratchetry.plural(at + 1, "reward")}, this one ${number(rewarded[at].reward)}`;
    return [
      ratchetry.heading(name(subject, 160), `${ratchetry.plural(chosen.length, "choice")}, ${ratchetry.plural(rewarded.length, "reward")}`, subject),
      ratchetry.section("posterior", "Posterior of its reward", largest.context ? ratchetry.clip(largest.context, 80) : "in all contexts", ratchetry.posterior(largest.alpha, largest.beta, { low: largest.low, high: largest.high, width: 560, height: 130, label: `mean ${ratchetry.share(largest.mean)}, 90% from ${ratchetry.share(largest.low)} to ${ratchetry.share(largest.high)}` }),
        h("p", { class: "soft", text: `Beta(${number(largest.alpha)}, ${number(largest.beta)}): mean ${ratchetry.share(largest.mean)}, 90% of it from ${ratchetry.share(largest.low)} to ${ratchetry.share(largest.high)}, on a scale from 0 to 100 %. It is chosen with probability ${ratchetry.share(largest.propensity)}.` })),
      rows.length > 1 ? ratchetry.section("contexts", "By context", "", ratchetry.table({ id: "contexts-table", caption: "By context", columns: armColumns().slice(1), rows, order: "-n", file: `${subject}-contexts` })) : null,
      ratchetry.filterForm("since", "until"),
      rewarded.length > 1 ? ratchetry.section("rewards", "Mean reward so far", "", ratchetry.chart({ label: `Mean reward of ${ratchetry.clip(subject, 60)}`, times: rewarded.map((one) => one.time), values: rewarded.map((one) => one.value), unit: "", tell, height: 220 })) : null,
      ratchetry.section("all-choices", "Choices", "", decisionTable(chosen, false)),
    ];
  }

  /** Return the page of experiments and versions. */
  async function experiments() {
    const found = await ratchetry.need("experiments");
    if (!found) return ratchetry.nothing("Experiments", "experiments");
    const columns = [
      { key: "experiment", label: "Experiment", of: (row) => row.experiment.name, cell: (row) => [link("experiment", row.experiment.name, name(row.experiment.name)), h("p", { class: "soft small" }, name(row.reason, 200))], class: "wide" },
      { key: "slot", label: "Slot", of: (row) => row.experiment.slot, cell: (row) => name(row.experiment.slot, 60) },
      { key: "state", label: "State", of: (row) => row.state, cell: (row) => tag(row.state, STATES[row.state]) },
      { key: "winner", label: "Winner", of: (row) => row.winner, cell: (row) => name(row.winner || "–", 60) },
      { key: "lift", label: "Lift of the best", number: true, of: (row) => best(row)?.lift ?? null, cell: (row) => liftText(best(row)) },
      { key: "days", label: "Days", number: true, of: (row) => row.days },
      { key: "started", label: "Started", of: (row) => row.experiment.started, cell: (row) => ratchetry.moment(row.experiment.started) },
    ];
    const slots = found.versions?.slots ?? [];
    const versions = [
      { key: "slot", label: "Slot", of: (row) => row.slot, cell: (row) => name(row.slot, 80) },
      { key: "version", label: "Version", of: (row) => row.version, cell: (row) => name(row.version, 80) },
      { key: "since", label: "Since", of: (row) => row.since, cell: (row) => ratchetry.moment(row.since) },
      { key: "state", label: "State", of: (row) => row.state, cell: (row) => tag(row.state, STATES[row.state]) },
      { key: "rates", label: "Mean of each day", cell: (row) => ratchetry.sparkOf(row.rates, { label: `mean of each day of ${ratchetry.clip(row.slot, 60)}` }), class: "drawing" },
      { key: "reason", label: "Why", of: (row) => row.reason, cell: (row) => name(row.reason, 240), class: "wide" },
    ];
    return [
      ratchetry.heading("Experiments", ratchetry.plural(found.experiments.length, "experiment")),
      ratchetry.section("all-experiments", "All experiments", "", ratchetry.table({ id: "experiments", caption: "All experiments", main: true, columns, rows: found.experiments, order: "-started", search: (row) => `${row.experiment.name} ${row.experiment.slot} ${row.state}` })),
      slots.length ? ratchetry.section("versions", "Versions in use", "", ratchetry.table({ id: "versions-table", caption: "Versions in use", columns: versions, rows: slots, file: "versions" })) : null,
    ];
  }

  /** Return the result of the treatment with the largest lift in the metric that decides. */
  function best(row) {
    return row.treatments.map((one) => one.metrics[0]).filter((one) => one && one.lift !== null).sort((one, other) => other.lift - one.lift)[0];
  }

  /** Return a lift with its interval. */
  function liftText(result) {
    if (!result || result.lift === null) return "–";
    const end = (value, none) => (value === null ? none : ratchetry.effect(value, true));
    return `${ratchetry.effect(result.lift, true)} (${end(result.low, "−∞")} to ${end(result.high, "∞")})`;
  }

  /** Return the page of an experiment. */
  async function experiment({ subject }) {
    const found = await ratchetry.need("experiments");
    const row = found?.experiments.find((one) => one.experiment.name === subject);
    if (!row) return ratchetry.unknown("experiment", subject, link("experiments", "", "all experiments"));
    const plan = row.experiment;
    const facts = [
      ["State", row.state, row.reason], ["Winner", row.winner || "–", `control is ${plan.control}`],
      ["Days", number(row.days), `of at least ${plan.min_days}, at most ${plan.max_days}`],
      ["Units", number(Object.values(row.assigned).reduce((sum, one) => sum + one, 0)), `${row.waiting} waiting, ${row.left_out} left out`],
      ["Split", row.mismatch ? "not as planned" : "as planned", `sample ratio p = ${number(row.sample_ratio_p)}`],
    ];
    const results = row.treatments.flatMap((one) => one.metrics.map((metric, at) => ({ ...metric, arm: one.arm, state: at ? "" : one.state, guard: at > 0 })));
    const reach = Math.max(0.1, ...results.flatMap((one) => [one.low, one.high, one.lift].filter((value) => value !== null && Math.abs(value) < 5).map(Math.abs)));
    const columns = [
      { key: "arm", label: "Treatment", of: (one) => one.arm, cell: (one) => name(one.arm, 80) },
      { key: "metric", label: "Metric", of: (one) => one.metric, cell: (one) => [name(one.metric, 80), one.guard ? h("span", { class: "soft", text: " guardrail" }) : null] },
      { key: "state", label: "State", of: (one) => one.state, cell: (one) => (one.state ? tag(one.state, STATES[one.state]) : "") },
      { key: "interval", label: "Lift over the control", cell: (one) => (one.lift === null ? "not known yet" : ratchetry.whisker(one.low ?? -reach, one.lift, one.high ?? reach, { from: -reach, to: reach, tone: one.low > 0 ? "pass" : one.high !== null && one.high < 0 ? "fail" : "", label: liftText(one) })), class: "drawing" },
      { key: "lift", label: "Lift", number: true, of: (one) => one.lift, cell: liftText },
      { key: "control", label: "Control", number: true, of: (one) => one.control, cell: (one) => `${number(one.control)} (${one.n_control})` },
      { key: "treatment", label: "Treatment's", number: true, of: (one) => one.treatment, cell: (one) => `${number(one.treatment)} (${one.n_treatment})` },
      { key: "e", label: "Evidence", number: true, of: (one) => one.e_value, cell: (one) => `${number(one.e_value)} of ${number(row.threshold)}` },
    ];
    return [
      ratchetry.heading(name(plan.name, 160), [`${plan.treatments.length + 1} arms in slot `, name(plan.slot, 80)], plan.name),
      h("dl", { class: "tiles" }, facts.map(([label, value, note]) => h("div", {}, h("dt", { text: label }), h("dd", { class: "value", text: ratchetry.clip(value, 60) }), h("dd", { class: "soft small", text: ratchetry.clip(note, 300) })))),
      ratchetry.section("results", "Results", "intervals hold however often they are looked at", ratchetry.table({ id: "results", caption: "Results", main: true, columns, rows: results, file: `${plan.name}-results` })),
      ...row.treatments.map((one, at) => path(row, one, at)),
    ];
  }

  /** Return the evidence for a treatment after each day. */
  function path(row, one, at) {
    if (one.path.length < 2) return null;
    const first = Date.parse(row.first_day) / 1000;
    const times = one.path.map((_, place) => first + place * 86400);
    const line = (value, color) => ({ values: times.map(() => value), color, dash: [8, 4] });
    const tell = (place) => `${day(times[place])}: ${number(Math.exp(one.path[place]))} for better, ${number(Math.exp(one.harm_path[place] ?? 0))} for worse`;
    return ratchetry.section(`path-${at}`, ["Evidence for ", name(one.arm, 80)], "logarithm, after each day", ratchetry.chart({
      label: `Evidence for ${ratchetry.clip(one.arm, 60)}`, times, values: one.path, unit: "", tell, height: 220,
      layers: [{ values: times.map((_, place) => one.harm_path[place] ?? null), color: "fail" }, line(Math.log(row.threshold), "pass")],
      legend: ratchetry.legend(["value", "for being better"], ["harm", "for being worse"], ["need", "what a winner needs"]),
    }));
  }

  ratchetry.pages.bandit = { title: "Bandit", draw: bandit };
  ratchetry.pages.arm = { title: "Arm", under: "bandit", draw: arm };
  ratchetry.pages.experiments = { title: "Experiments", draw: experiments };
  ratchetry.pages.experiment = { title: "Experiment", under: "experiments", draw: experiment };
})();
