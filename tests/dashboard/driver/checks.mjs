/* What is looked at; each check returns what is wrong. */
import { readFile } from "node:fs/promises";

/** Return the problem when something is not as expected, nothing else. */
const unless = (right, problem) => (right ? [] : [problem]);

/** Every page says what it is, logs nothing, asks nobody, and fits a phone. */
export async function pages({ open, go, site, routes }) {
  const { page, wrong, close } = await open(site, "#/");
  const found = [];
  for (const [fragment, heading] of routes) {
    await go(page, fragment);
    const [title, sections, alerts] = await page.evaluate(() => [document.querySelector("h1")?.textContent ?? "", document.querySelectorAll("main section").length, document.querySelectorAll("[role=alert]").length]);
    found.push(...unless(title.includes(heading), `${fragment}: its heading is ${title}`), ...unless(sections > 0, `${fragment}: it is empty`), ...unless(!alerts, `${fragment}: it could not be shown`));
    await page.setViewportSize({ width: 390, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    found.push(...unless(wide <= 0, `${fragment}: ${wide} pixels too wide for a phone`));
    await page.setViewportSize({ width: 1240, height: 900 });
  }
  await close();
  return [...found, ...wrong];
}

/** Return what axe finds on all pages in one color scheme, by the rules that are asked for. */
async function accessible({ open, go, site, routes, axe }, colorScheme, runOnly) {
  const { page, wrong, close } = await open(site, "#/", { colorScheme });
  await page.evaluate(axe);
  const found = [];
  for (const [fragment] of routes) {
    await go(page, fragment);
    const violations = await page.evaluate(async (rules) => (await axe.run(document, { resultTypes: ["violations"], runOnly: rules })).violations.map((one) => `${one.id}: ${one.help}: ${one.nodes[0].html.slice(0, 200)}`), runOnly);
    found.push(...violations.map((one) => `${fragment}: ${one}`));
  }
  await close();
  return [...found, ...wrong];
}

/** In light, axe finds nothing by any of its rules. */
export const light = (tools) => accessible(tools, "light", ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);

/** In dark, which differs in nothing but colors, axe finds nothing by its rules on colors. */
export const dark = (tools) => accessible(tools, "dark", ["color-contrast", "link-in-text-block"]);

/** Filters leave what they say, and their address shows the same to somebody else. */
export async function filters({ open, drawn, site }) {
  const { page, wrong, close } = await open(site, "#/metric/coverage.line");
  const count = (at) => at.locator("#points .tablebar .soft").textContent();
  const all = await count(page);
  const change = async (field, action) => {
    const before = await page.getAttribute("main", "data-drawn");
    await action(page.locator(`#filter-${field}`));
    await page.waitForFunction((was) => document.querySelector("main").dataset.drawn !== was, before);
    await drawn(page);
  };
  await change("since", (field) => field.fill("2026-02-10"));
  const later = await count(page);
  await change("branch", (field) => field.selectOption("*"));
  const everywhere = await count(page);
  const other = await open(site, new URL(page.url()).hash);
  const again = await count(other.page);
  await change("branch", (field) => field.selectOption("topic-3"));
  const none = await page.locator("#chart-title").textContent();
  await close();
  await other.close();
  const number = (text) => Number.parseInt(text, 10);
  return [
    ...unless(number(later) > 0 && number(later) < number(all), `${later} since a day, ${all} in all`),
    ...unless(number(everywhere) > number(later), `${everywhere} on all branches, ${later} on one`),
    ...unless(again === everywhere, `the same address shows ${again} and ${everywhere}`),
    ...unless(none.includes("topic-3"), `the chart is of ${none}`), ...wrong, ...other.wrong,
  ];
}

/** On another branch, the overview draws that branch's values, and a package leaves its own tests. */
export async function branches({ open, go, site }) {
  const { page, wrong, close } = await open(site, "#/?branch=topic-3");
  await page.waitForSelector("#trends-title");
  await page.locator("#stage-test .later").first().scrollIntoViewIfNeeded();
  await page.waitForFunction(() => [...document.querySelectorAll("#stage-test .later")].some((one) => one.querySelector("svg")));
  const runs = await page.locator("#newest tbody tr").count();
  await go(page, "#/tests?package=tests%2Fstore");
  const names = await page.locator("#tests tbody th").allTextContents();
  await go(page, "#/tests?state=A");
  const states = await page.locator("#tests tbody tr td:nth-child(2)").allTextContents();
  await close();
  return [
    ...unless(runs > 0 && runs < 5, `${runs} runs of a short branch`),
    ...unless(names.length > 10 && names.every((name) => name.startsWith("tests/store/")), `tests of a package: ${names.slice(0, 3)}`),
    ...unless(states.length > 2 && states.every((state) => state === "flaky"), `flaky tests: ${states.slice(0, 3)}`), ...wrong,
  ];
}

/** Tables are sorted by their headings, searched, turned over, and keep that in the address. */
export async function tables({ open, site }) {
  const { page, wrong, close } = await open(site, "#/tests");
  await page.click("#tests-by-seconds");
  const sorted = await page.getAttribute("#tests th[data-key=seconds]", "aria-sort");
  const slowest = await page.locator("#tests tbody tr").first().locator("th").textContent();
  await page.click("#tests-by-test");
  const names = await page.locator("#tests tbody th").allTextContents();
  await page.fill("#tests-search", "ledger round_trip small");
  const left = await page.locator("#tests tbody tr").count();
  const other = await open(site, new URL(page.url()).hash);
  const same = await other.page.locator("#tests tbody tr").count();
  await page.fill("#tests-search", "");
  await page.click("#tests-Next");
  const second = await page.locator("#tests .pager span").textContent();
  await close();
  await other.close();
  return [
    ...unless(sorted === "descending", `sorted ${sorted}`), ...unless(slowest.includes("/store/"), `the slowest is ${slowest}`),
    ...unless(names.length === 100 && names.every((name, at) => !at || names[at - 1] <= name), "names are not in order"),
    ...unless(left === 2, `${left} are found`), ...unless(same === left, `the address shows ${same} of ${left}`),
    ...unless(second.startsWith("Page 2"), second), ...wrong, ...other.wrong,
  ];
}

/** What is shown is saved as CSV and JSON, in which nothing becomes a formula. */
export async function downloads({ open, hostile }) {
  const { page, wrong, close } = await open(hostile, "#/events", { acceptDownloads: true });
  const saved = async (label) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`button[aria-label="Download notes as ${label}"]`)]);
    return [download.suggestedFilename(), await readFile(await download.path(), "utf8")];
  };
  const [csvName, csv] = await saved("CSV");
  const [jsonName, json] = await saved("JSON");
  await close();
  const rows = JSON.parse(json);
  return [
    ...unless(csvName === "notes.csv" && jsonName === "notes.json", `${csvName}, ${jsonName}`),
    ...unless(csv.startsWith("time,kind,subject,message\r\n"), csv.slice(0, 80)),
    ...unless(csv.includes(`"'=HYPERLINK(""https`) && !/(^|,)"?=/m.test(csv), "a formula is saved as one"),
    ...unless(rows.length === 5 && rows.some((row) => row.message.startsWith("=HYPERLINK")), json.slice(0, 200)), ...wrong,
  ];
}

/** Hostile names are text everywhere, and are shown in full where they were clipped. */
export async function hostileNames({ open, go, hostile, hostileRoutes, longTest }) {
  const { page, wrong, close } = await open(hostile, "#/");
  const found = [];
  for (const fragment of hostileRoutes) {
    await go(page, fragment);
    const bad = await page.evaluate(() => [...document.querySelectorAll("main img, main b, main script, main iframe, [onerror], [onclick], [onload]")].map((one) => one.outerHTML.slice(0, 200)));
    const steering = await page.evaluate(() => /[\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent + document.title));
    found.push(...bad.map((one) => `${fragment}: ${one}`), ...unless(!steering, `${fragment}: a character steers the text`));
  }
  await go(page, `#/test/${encodeURIComponent(longTest)}`);
  const whole = await page.locator(".heading .whole").textContent();
  const heading = await page.locator("h1").textContent();
  await close();
  return [...found, ...unless(whole === longTest, `the whole name has ${whole.length} characters`), ...unless(heading.length <= 200, `the heading has ${heading.length} characters`), ...wrong];
}

/** Everything is reached and used with keys alone. */
export async function keyboard({ open, drawn, site }) {
  const { page, wrong, close } = await open(site, "#/metric/coverage.line");
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press("Enter");
  const skipped = await page.evaluate(() => document.activeElement.id);
  const reached = new Set();
  const unseen = [];
  for (let at = 0; at < 60; at += 1) {
    await page.keyboard.press("Tab");
    const [kind, outline] = await page.evaluate(() => { const one = document.activeElement; return [one.id || `${one.tagName} ${one.getAttribute("aria-label") ?? one.textContent}`, getComputedStyle(one).outlineStyle]; });
    if (outline === "none" && !kind.startsWith("BODY")) unseen.push(kind);
    reached.add(kind);
    if (kind.startsWith("INPUT Points of")) {
      const before = await page.locator("#chart-title ~ figure output").textContent();
      await page.keyboard.press("ArrowLeft");
      const after = await page.locator("#chart-title ~ figure output").textContent();
      if (before === after || (await page.evaluate(() => document.activeElement.getAttribute("aria-valuetext"))) !== after) unseen.push("the slider says nothing");
    }
    if (kind === "points-by-value") break;
  }
  await page.keyboard.press("Enter");
  const sorted = await page.getAttribute("#points th[data-key=value]", "aria-sort");
  await page.focus("nav a");
  const before = await page.getAttribute("main", "data-drawn");
  await page.keyboard.press("Enter");
  await page.waitForFunction((was) => document.querySelector("main").dataset.drawn !== was, before);
  await drawn(page);
  const landed = await page.evaluate(() => document.activeElement.tagName);
  await close();
  return [
    ...unless(first === "skip" && skipped === "main", `the first stop is ${first}, which leads to ${skipped}`),
    ...unless(["filter-branch", "filter-since", "points-by-value"].every((id) => reached.has(id)), `reached: ${[...reached].join(", ")}`),
    ...unless(sorted === "descending", `sorted ${sorted}`), ...unless(landed === "H1", `another page puts the focus on ${landed}`),
    ...unseen.map((one) => `focus is not seen on ${one}`), ...wrong,
  ];
}

/** The theme that was chosen stays. */
export async function theme({ open, drawn, site }) {
  const { page, wrong, close } = await open(site, "#/", { colorScheme: "light" });
  const color = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await color();
  await page.click("#theme");
  await page.click("#theme");
  const dark = await color();
  await page.reload();
  await drawn(page);
  const kept = await color();
  const label = await page.textContent("#theme");
  await close();
  return [...unless(light !== dark && dark === kept, `${light}, ${dark}, ${kept}`), ...unless(label === "Theme: dark", label), ...wrong];
}

/** A document that is missing is told, and the other pages work. */
export async function missing({ open, go, broken }) {
  const { page, close } = await open(broken, "#/tests");
  const alert = await page.textContent("[role=alert]");
  await go(page, "#/metrics");
  const rows = await page.locator("#metrics tbody tr").count();
  await go(page, "#/nowhere/%E0%A4%A");
  const unknown = await page.textContent("h1");
  await close();
  return [...unless(/could not be read/.test(alert), alert), ...unless(rows > 8, `${rows} metrics`), ...unless(unknown === "No such page", unknown)];
}

/** From a web server, all is as from a disk. */
export async function served({ open, go, server }) {
  const { page, wrong, close } = await open(server, "#/");
  await go(page, "#/metric/ci.duration");
  const canvases = await page.locator("canvas").count();
  await close();
  return [...unless(canvases === 1, `${canvases} charts`), ...wrong];
}
