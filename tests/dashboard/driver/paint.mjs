/* Measures how soon the overview is there, and what it takes, in fresh profiles without a cache.

   node paint.mjs NODE_MODULES CHROMIUM ORDERS, where ORDERS has url, rounds and slowdown (of the processor). */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [packages, executablePath, orders] = process.argv.slice(2);
const { chromium } = createRequire(pathToFileURL(`${packages}/`))("playwright-core");
const { url, rounds, slowdown } = JSON.parse(orders);

/** Return the figures of one visit. */
async function visit(browser) {
  const context = await browser.newContext({ viewport: { width: 1240, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0, requests = 0;
  session.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; requests += 1; });
  await session.send("Network.enable");
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  await page.goto(`${url}/index.html`);
  await page.waitForSelector("main[data-drawn]");
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length);
  const figures = await page.evaluate(() => ({
    first_paint: performance.getEntriesByName("first-paint")[0].startTime,
    first_contentful_paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    drawn: Number(document.querySelector("main").dataset.drawnAt),
    elements: document.querySelectorAll("*").length,
  }));
  await context.close();
  return { ...figures, bytes, requests };
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const visits = [];
for (let round = 0; round < rounds; round += 1) visits.push(await visit(browser));
const version = browser.version();
await browser.close();
process.stdout.write(JSON.stringify({ version, visits }));
