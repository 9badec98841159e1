/* Looks at dashboards as people do, with a real browser, and prints what is wrong: {check: [problem, ...]} as JSON.

   node look.mjs NODE_MODULES CHROMIUM ORDERS, where ORDERS is the JSON that tests/dashboard/browser.py writes. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import * as checks from "./checks.mjs";

const [packages, chromiumPath, orders] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${packages}/`));
const { chromium } = require("playwright-core");
const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const ordered = JSON.parse(orders);

/** Open a page that notes all that went wrong in it. */
async function open(browser, place, fragment, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1240, height: 900 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`); });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { wrong.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(place) && !url.startsWith("data:") && !url.startsWith("blob:")) wrong.push(`request: ${url}`);
  });
  await page.goto(`${place}/index.html${fragment}`);
  await drawn(page);
  return { page, wrong, close: () => context.close() };
}

/** Wait until the page has shown what its address asks for. */
async function drawn(page) {
  await page.waitForSelector("main[data-drawn]:not([aria-busy])", { timeout: 20_000 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Go to another fragment of a page, and wait until it is shown. */
async function go(page, fragment) {
  const before = await page.getAttribute("main", "data-drawn");
  if (await page.evaluate((next) => { const same = location.hash === next; location.hash = next; return same; }, fragment)) return;
  await page.waitForFunction((was) => document.querySelector("main").dataset.drawn !== was, before, { timeout: 20_000 });
  await drawn(page);
}

const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] });
const found = {};
try {
  const tools = { browser, open: (...rest) => open(browser, ...rest), drawn, go, axe, ...ordered };
  await Promise.all(Object.entries(checks).map(async ([name, check]) => {
    try {
      found[name] = await check(tools);
    } catch (error) {
      found[name] = [`the check itself failed: ${error.stack}`];
    }
  }));
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(found));
