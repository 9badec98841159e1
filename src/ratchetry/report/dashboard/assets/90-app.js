/* The page itself: what all pages share, which one the address asks for, and the theme. */
(() => {
  "use strict";
  const { h, overview, name } = ratchetry;
  const THEME = "ratchetry-theme";
  const THEMES = ["auto", "light", "dark"];
  const MENU = ["overview", "metrics", "tests", "flaky", "benchmarks", "modules", "thresholds", "bandit", "experiments", "issues", "runs", "events"];
  const main = document.getElementById("main");
  let shown = "";
  let turn = 0;

  /** Return the heading of a page, with the whole name of its subject where that was clipped. */
  function heading(title, note, full = "") {
    return h("div", { class: "heading" }, h("h1", { tabindex: -1 }, title), note && h("p", { class: "soft" }, note), full && ratchetry.whole(full));
  }

  /** Return a part of a page. */
  function section(id, title, note, ...children) {
    return h("section", { class: "card", "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title, note && h("small", {}, note)), children);
  }

  /** Return the page of something that has nothing to show, and why. */
  function nothing(title, part, reason = "") {
    const why = overview.absent[part] || reason || "the history has nothing on it";
    return [heading(title, ""), h("section", { class: "card" }, h("p", { class: "soft", text: `There is nothing to show: ${ratchetry.clip(why, 600)}.` }))];
  }

  /** Return the page of something that the history does not know. */
  function unknown(what, subject, elsewhere) {
    return [heading(`No such ${what}`, ""), h("section", { class: "card" }, h("p", {}, `The history has no ${what} called “`, name(subject, 200), "”. See ", elsewhere, "."))];
  }

  /** Return what there is to say of how the page was made. */
  function notes() {
    const absent = Object.entries(overview.absent).map(([part, why]) => `${part}: ${why}`);
    if (!overview.notes.length && !absent.length) return null;
    return h("details", { class: "notes" }, h("summary", { text: "What is not shown here, and why" }), h("ul", {}, [...overview.notes, ...absent].map((text) => h("li", { text: ratchetry.clip(text, 400) }))));
  }

  /** Show the page that the address asks for. */
  async function show() {
    if (location.hash && !location.hash.startsWith("#/")) return;
    const route = ratchetry.route.reread();
    const page = Object.hasOwn(ratchetry.pages, route.page) ? ratchetry.pages[route.page] : null;
    const mine = ++turn;
    const moved = `${route.page}/${route.subject}`;
    const focused = document.activeElement?.id;
    menu(page?.under ?? route.page);
    main.setAttribute("aria-busy", "true");
    let content;
    try {
      content = page ? await page.draw(route) : unknown("page", route.page, h("a", { href: "#/", text: "the overview" }));
    } catch (error) {
      content = [heading("This page could not be shown", ""), h("p", { class: "card", role: "alert", text: ratchetry.clip(error.message, 600) })];
    }
    if (mine !== turn) return;
    main.replaceChildren(...[content].flat(3).filter(Boolean));
    main.removeAttribute("aria-busy");
    const subject = route.subject ? `${ratchetry.clip(route.subject, 60)} · ` : "";
    document.title = `${subject}${page?.title ?? "No such page"} · ${ratchetry.clip(overview.repository || "ratchetry", 60)}`;
    settle(moved, focused);
    ratchetry.redraw();

    main.setAttribute("data-drawn-at", performance.now().toFixed(0));
    main.setAttribute("data-drawn", String(mine));
  }

  /** Put the focus where people expect it: on another page its heading, on the same page what they used. */
  function settle(moved, focused) {
    if (shown && shown !== moved) {
      scrollTo(0, 0);
      main.querySelector("h1")?.focus({ preventScroll: true });
    } else if (focused && focused !== "main") document.getElementById(focused)?.focus({ preventScroll: true });
    shown = moved;
  }

  /** Write the menu, with the page that is shown marked. */
  function menu(current) {
    const links = MENU.map((page) => h("li", {}, h("a", { href: ratchetry.route.to(page), "aria-current": page === current && "page", text: ratchetry.pages[page].title })));
    document.getElementById("pages").replaceChildren(...links);
  }

  /** Return the theme that was chosen before, where the browser remembers. */
  function remembered() {
    try {
      const theme = localStorage.getItem(THEME);
      return THEMES.includes(theme) ? theme : "auto";
    } catch {
      return "auto";
    }
  }

  /** Use a theme, and remember it where the browser allows that. */
  function use(theme) {
    const button = document.getElementById("theme");
    document.documentElement.setAttribute("data-theme", theme);
    button.textContent = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" }[theme];
    try {
      localStorage.setItem(THEME, theme);
    } catch {
      ratchetry.say("The browser will not remember the theme.");
    }
    ratchetry.redraw();
  }

  Object.assign(ratchetry, { heading, section, nothing, unknown, notes });

  document.getElementById("repository").append(name(overview.repository || "a repository", 60));
  document.getElementById("asof").textContent = `${ratchetry.plural(overview.counts.runs ?? 0, "run")} up to ${ratchetry.moment(overview.as_of)} UTC`;
  document.getElementById("made").textContent = `Made by ratchetry ${overview.ratchetry}. This page asks nobody for anything.`;
  document.getElementById("theme").addEventListener("click", () => use(THEMES[(THEMES.indexOf(document.documentElement.getAttribute("data-theme")) + 1) % THEMES.length]));
  document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => ratchetry.redraw());
  addEventListener("hashchange", show);
  use(remembered());
  show();
})();
