/* Tests: all of them, the flaky ones with their evidence, and one with its history. */
(() => {
  "use strict";
  const { h, s, overview, link, name, number, tag, day } = ratchetry;
  const PER_DETAIL = 500;
  const STATES = { A: ["flaky", "fail"], S: ["suspected", "warn"], R: ["resolved", "pass"], B: ["broken", "fail"], Q: ["quarantine", "none"] };
  const ENDS = { P: ["passed", "pass"], F: ["failed", "fail"], E: ["error", "fail"], S: ["skipped", "skip"], R: ["passed when run again", "warn"], B: ["broken by its commit", "fail"], O: ["outage", "none"], ".": ["not run", "void"] };

  /** Promise all tests as rows, in order of their names; null where there are none. */
  async function index() {
    const names = Object.keys(overview.files).filter((file) => /^tests-\d+$/.test(file));
    if (!names.length) return null;
    const parts = await Promise.all(names.map(ratchetry.need));
    return parts.sort((one, other) => one.first - other.first).flatMap((part) => part.name.map((short, at) => ({
      at: part.first + at, name: part.prefixes[part.prefix[at]] + short, package: overview.packages[part.package[at]] ?? "",
      runs: part.runs[at], failures: part.failures[at], skipped: part.skipped[at], reruns: part.reruns[at],
      last: part.last[at], seconds: part.seconds[at], lastRun: part.last_run[at], state: part.flaky[at],
      rate: part.runs[at] > part.skipped[at] ? part.failures[at] / (part.runs[at] - part.skipped[at]) : null,
    })));
  }

  /** Return the label of what there is to say of a test. */
  function state(letter) {
    return STATES[letter] ? tag(...STATES[letter]) : "";
  }

  /** Return the page of all tests. */
  async function page() {
    const all = await index();
    if (!all) return ratchetry.nothing("Tests", "tests");
    const wanted = ratchetry.route.current.query.get("state") ?? "";
    const rows = all.filter((row) => ratchetry.inPackage(row.package) && (!wanted || row.state === wanted || (wanted === "X" && row.last !== "P" && row.last !== "S")));
    const columns = [
      { key: "test", label: "Test", of: (row) => row.name, cell: (row) => link("test", row.name, name(row.name, 140)), class: "wide" },
      { key: "state", label: "State", of: (row) => (STATES[row.state] ?? [""])[0], cell: (row) => state(row.state) },
      { key: "last", label: "Last", of: (row) => (ENDS[row.last] ?? [row.last])[0], cell: (row) => tag(...(ENDS[row.last] ?? [row.last, "skip"])) },
      { key: "failures", label: "Failures", number: true, of: (row) => row.failures },
      { key: "rate", label: "Failing", number: true, of: (row) => row.rate, cell: (row) => ratchetry.share(row.rate) },
      { key: "reruns", label: "Passed on rerun", number: true, of: (row) => row.reruns },
      { key: "runs", label: "Runs", number: true, of: (row) => row.runs },
      { key: "seconds", label: "Takes", number: true, of: (row) => row.seconds, cell: (row) => number(row.seconds, "seconds") },
    ];
    const form = ratchetry.filterForm("package");
    form.prepend(ratchetry.choice("state", "State", [["", "any"], ["X", "last did not pass"], ...Object.entries(STATES).map(([letter, [text]]) => [letter, text])], wanted));
    return [
      ratchetry.heading("Tests", [ratchetry.plural(all.length, "test"), " over all runs; ", link("flaky", "", "evidence on flaky tests")]),
      form,
      ratchetry.section("all-tests", "All tests", "", ratchetry.table({ id: "tests", caption: "All tests", main: true, columns, rows, order: "-failures", search: (row) => `${row.name} ${row.package}`, empty: "The filters leave no test." })),
    ];
  }

  /** Return outcomes as letters, one for each run, from a strip in which repeats are counted. */
  function unrolled(strip) {
    return strip.replace(/(\D)(\d+)/g, (_, letter, count) => letter.repeat(Math.min(Number(count), 1_000_000)));
  }

  /** Return outcomes as a drawing: a bar for each run, as many to a line as there is room for. */
  function strip(letters, label) {
    const width = 6, height = 22, line = 140;
    const rows = Math.max(1, Math.ceil(letters.length / line));
    const drawing = s("svg", { class: "strip", viewBox: `0 0 ${Math.min(line, Math.max(letters.length, 1)) * width} ${rows * (height + 4)}`, role: "img", "aria-label": label });
    const paths = new Map();
    [...letters].forEach((letter, at) => {
      const [, tone] = ENDS[letter] ?? ENDS["."];
      const [x, y] = [(at % line) * width, Math.floor(at / line) * (height + 4)];
      const [top, tall] = tone === "pass" ? [y + 6, height - 6] : tone === "void" ? [y + height - 3, 2] : [y, height];
      paths.set(tone, `${paths.get(tone) ?? ""}M${x} ${top}h${width - 1.5}v${tall}h-${width - 1.5}z`);
    });
    for (const [tone, d] of paths) drawing.append(s("path", { class: tone, d }));
    return drawing;
  }

  /** Return the page of a test. */
  async function onePage({ subject }) {
    const all = await index();
    const row = all?.find((one) => one.name === subject);
    if (!row) return ratchetry.unknown("test", subject, link("tests", "", "all tests"));
    const [detail, runs, flaky] = await Promise.all([ratchetry.need(`test-${Math.floor(row.at / PER_DETAIL)}`), ratchetry.need("runs"), ratchetry.need("flaky")]);
    const place = row.at - detail.first;
    const letters = [...unrolled(detail.strips[place])];
    const wanted = ratchetry.filters();
    const branch = runs.branches.indexOf(wanted.branch);
    const shown = letters.map((letter, run) => ({ letter, run })).filter(({ letter, run }) => letter !== "." && (wanted.all || runs.branch[run] === branch) && runs.time[run] >= wanted.since && runs.time[run] <= wanted.until);
    const proof = flaky?.flaky.find((one) => one.test === subject);
    return [
      ratchetry.heading(name(row.name, 200), [state(row.state), " ", row.package && ["in ", name(row.package, 80)]], row.name),
      ratchetry.filterForm("branch", "since", "until"),
      ratchetry.section("history", "History", `${ratchetry.plural(shown.length, "result")}, the newest last`, history(row, shown), h("details", {}, h("summary", { text: "As a table" }), results(row, shown, runs, detail.signatures[String(place)] ?? []))),
      proof ? ratchetry.section("evidence", "Evidence", "over all runs of the branch of trends", evidenceOf(proof)) : null,
      durations(row, detail, place, runs),
    ];
  }

  /** Return how a test ended in the runs that are shown, with a legend. */
  function history(row, shown) {
    const newest = shown.slice(-1400).map(({ letter }) => letter).join("");
    const counts = [...new Set(shown.map(({ letter }) => letter))].map((letter) => `${shown.filter((one) => one.letter === letter).length} ${(ENDS[letter] ?? ENDS["."])[0]}`);
    if (!shown.length) return h("p", { class: "soft", text: "It was not run in what the filters leave." });
    return [strip(newest, `${ratchetry.clip(row.name, 80)}: ${counts.join(", ")}`), ratchetry.legend(["pass", "passed"], ["fail", "failed"], ["warn", "passed when run again"], ["skip", "skipped"]), h("p", { class: "soft small", text: `${counts.join(", ")}.` })];
  }

  /** Return results as a table. */
  function results(row, shown, runs, signatures) {
    const signed = new Map(signatures);
    const columns = [
      { key: "time", label: "When", of: (one) => runs.time[one.run], cell: (one) => day(runs.time[one.run], true) },
      { key: "result", label: "Result", of: (one) => (ENDS[one.letter] ?? ENDS["."])[0], cell: (one) => tag(...(ENDS[one.letter] ?? ENDS["."])) },
      { key: "signature", label: "Signature", of: (one) => signed.get(one.run) ?? "", cell: (one) => name(signed.get(one.run) ?? "", 160), class: "wide" },
      { key: "commit", label: "Commit", of: (one) => runs.commit[one.run], cell: (one) => ratchetry.commit(runs.commit[one.run]) },
      { key: "branch", label: "Branch", of: (one) => runs.branches[runs.branch[one.run]], cell: (one) => name(runs.branches[runs.branch[one.run]], 40) },
      { key: "run", label: "Run", of: (one) => runs.id[one.run], cell: (one) => name(runs.id[one.run], 40) },
    ];
    return ratchetry.table({ id: "results", caption: "Results", main: true, columns, rows: shown, order: "-time", size: 50, file: row.name });
  }

  /** Return why a test is taken for flaky. */
  function evidenceOf(proof) {
    const facts = [
      ["Flaky", ratchetry.share(proof.probability), `${proof.status}, on its history`],
      ["Fails", ratchetry.share(proof.rate), `95% of the posterior from ${ratchetry.share(proof.low)} to ${ratchetry.share(proof.high)}`],
      ["Failures", number(proof.failures), `of ${proof.results} results; ${proof.reruns} passed on rerun, ${proof.flips} flipped between commits`],
      ["Clean since", number(proof.clean), `of ${proof.needed} that resolve it`],
      ["Likely cause", proof.cause.kind, `${ratchetry.share(proof.cause.probability)}: ${proof.cause.evidence.join("; ") || "nothing speaks for one"}`],
      ["Time lost", ratchetry.duration(proof.lost), "in runs that it failed"],
    ];
    const held = proof.quarantine && h("p", {}, tag("quarantine", "none"), ` until ${ratchetry.clip(proof.quarantine.until, 20)}: `, name(proof.quarantine.reason, 300));
    return [h("dl", { class: "tiles" }, facts.map(([label, value, note]) => h("div", {}, h("dt", { text: label }), h("dd", { class: "value", text: value }), h("dd", { class: "soft small", text: ratchetry.clip(note, 300) })))), held];
  }

  /** Return how long a test took. */
  function durations(row, detail, place, runs) {
    const known = detail.timed.map((run, at) => ({ run, seconds: detail.seconds[place][at] })).filter((one) => one.seconds !== null).sort((one, other) => runs.time[one.run] - runs.time[other.run]);
    if (known.length < 2) return null;
    const tell = (at) => `${day(runs.time[known[at].run], true)}: ${ratchetry.duration(known[at].seconds)}`;
    return ratchetry.section("durations", "Duration", "in runs spread evenly over the history", ratchetry.chart({ label: `Duration of ${ratchetry.clip(row.name, 80)}`, times: known.map((one) => runs.time[one.run]), values: known.map((one) => one.seconds), unit: "seconds", tell, height: 220 }));
  }

  /** Return the page of flaky tests. */
  async function flakyPage() {
    const found = await ratchetry.need("flaky");
    if (!found) return ratchetry.nothing("Flaky tests", "flaky");
    const here = (row) => ratchetry.inPackage(row.test.split("::")[0].split("/").slice(0, -1).slice(0, 2).join("/"));
    const columns = [
      { key: "test", label: "Test", of: (row) => row.test, cell: (row) => [link("test", row.test, name(row.test, 140)), h("p", { class: "soft small" }, row.cause.kind === "unknown" ? "no likely cause" : `${row.cause.kind} (${ratchetry.share(row.cause.probability, 0)}): `, name(row.cause.evidence[0] ?? "", 160))], class: "wide" },
      { key: "status", label: "State", of: (row) => row.status, cell: (row) => tag(row.quarantine ? "quarantine" : row.status, { active: "fail", suspected: "warn", resolved: "pass" }[row.status]) },
      { key: "outcomes", label: "Newest results", cell: (row) => strip(row.outcomes.slice(-40), `newest results: ${row.outcomes.slice(-40)}`), class: "drawing" },
      { key: "probability", label: "Flaky", number: true, of: (row) => row.probability, cell: (row) => ratchetry.share(row.probability, 0) },
      { key: "rate", label: "Fails", number: true, of: (row) => row.rate, cell: (row) => h("span", { title: `95% from ${ratchetry.share(row.low)} to ${ratchetry.share(row.high)}`, text: ratchetry.share(row.rate) }) },
      { key: "lost", label: "Time lost", number: true, of: (row) => row.lost, cell: (row) => ratchetry.duration(row.lost) },
      { key: "last", label: "Last failed", of: (row) => row.last_failed, cell: (row) => ratchetry.moment(row.last_failed) },
    ];
    return [
      ratchetry.heading("Flaky tests", `${ratchetry.plural(found.flaky.length, "test")} that ${found.flaky.length === 1 ? "fails" : "fail"} whatever the code is, as far as the history tells`),
      ratchetry.filterForm("package"),
      ratchetry.section("flaky-tests", "Flaky, suspected and resolved", "", ratchetry.table({ id: "flaky", caption: "Flaky tests", main: true, columns, rows: found.flaky.filter(here), order: "-lost", search: (row) => `${row.test} ${row.status} ${row.cause.kind}` })),
      ratchetry.section("broken", "Broken now", "failing since a commit, not flaky", ratchetry.table({ id: "broken-table", caption: "Broken tests", columns: [
        { key: "test", label: "Test", of: (row) => row.test, cell: (row) => link("test", row.test, name(row.test, 140)), class: "wide" },
        { key: "since", label: "Since", of: (row) => row.since, cell: (row) => ratchetry.moment(row.since) },
        { key: "commit", label: "Commit", of: (row) => row.commit, cell: (row) => ratchetry.commit(row.commit) },
        { key: "failures", label: "Failures", number: true, of: (row) => row.failures }], rows: found.broken.filter(here), order: "-failures" })),
      ratchetry.section("outages", "Outages", "runs whose failures say nothing of the tests", ratchetry.table({ id: "outages-table", caption: "Outages", columns: [
        { key: "time", label: "When", of: (row) => row.time, cell: (row) => ratchetry.moment(row.time) },
        { key: "run", label: "Run", of: (row) => row.run, cell: (row) => name(row.run, 40) },
        { key: "failed", label: "Failed", number: true, of: (row) => row.failed }, { key: "decided", label: "Of", number: true, of: (row) => row.decided },
        { key: "reason", label: "Why", of: (row) => row.reason, cell: (row) => name(row.reason, 300), class: "wide" }], rows: found.outages, order: "-time" })),
    ];
  }

  Object.assign(ratchetry, { unrolled });
  ratchetry.pages.tests = { title: "Tests", draw: page };
  ratchetry.pages.test = { title: "Test", under: "tests", draw: onePage };
  ratchetry.pages.flaky = { title: "Flaky tests", draw: flakyPage };
})();
