/* Tables that are sorted, searched, turned over and saved; what was chosen stands in the address. */
(() => {
  "use strict";
  const { h } = ratchetry;
  const PAGE = 100;

  /** Compare two values of a column, with what is missing after everything else. */
  function compared(one, other, down) {
    const missing = (value) => value === null || value === undefined || value === "" || Number.isNaN(value);
    if (missing(one) || missing(other)) return missing(one) - missing(other);
    const order = typeof one === "number" && typeof other === "number" ? one - other : one < other ? -1 : one > other ? 1 : 0;
    return down ? -order : order;
  }

  /**
   * Return a table.
   *
   * A column has a `key` and `label`, `of(row)` for sorting and saving, `cell(row)` for what is shown, and `number`
   * where it is one; one that is only `saved` is not shown.  `search(row)` is the text that is searched; without it there is no field for that.  Parameters of
   * the address begin with the table's `id`, except for that of the page's `main` table.
   */
  function table({ id, caption, columns, rows, order = "", search = null, file = id, main = false, empty = "There are none.", size = PAGE }) {
    const key = (what) => (main ? what : `${id}.${what}`);
    const query = ratchetry.route.current.query;
    const state = { sort: query.get(key("sort")) || order, q: search ? query.get(key("q")) ?? "" : "", at: Math.max(1, Number.parseInt(query.get(key("at")), 10) || 1) };
    let shown = rows;

    const visible = columns.filter((column) => !column.saved);
    const head = h("tr", {}, visible.map(header));
    const body = h("tbody");
    const pager = h("nav", { class: "pager", "aria-label": `Pages of ${caption}` });
    const count = h("span", { class: "soft" });
    const field = search && h("input", { type: "search", id: `${id}-search`, placeholder: "Search", "aria-label": `Search in ${caption}`, value: state.q, maxlength: 400, oninput: (event) => set({ q: event.target.value, at: 1 }) });
    const bar = h("div", { class: "tablebar" }, field, count, ratchetry.downloads(file, columns, () => shown));
    const scroll = h("div", { class: "scroll", role: "group", "aria-label": caption, tabindex: 0 }, h("table", {}, h("caption", { class: "hidden", text: caption }), h("thead", {}, head), body));

    /** Return the heading of a column, a button where it can be sorted. */
    function header(column) {
      const sort = column.of && !column.fixed;
      const button = sort && h("button", { type: "button", id: `${id}-by-${column.key}`, onclick: () => set({ sort: turned(column.key, column.number), at: 1 }), text: column.label });
      return h("th", { scope: "col", class: column.number && "number", "data-key": column.key }, button || column.label);
    }

    /** Return the order that a click on a column asks for: numbers begin with the largest. */
    function turned(name, large) {
      if (state.sort === name) return `-${name}`;
      if (state.sort === `-${name}`) return name;
      return large ? `-${name}` : name;
    }

    /** Take another state, and show it. */
    function set(changes) {
      Object.assign(state, changes);
      ratchetry.route.note({ [key("sort")]: state.sort === order ? "" : state.sort, [key("q")]: state.q, [key("at")]: state.at > 1 ? String(state.at) : "" });
      show();
    }

    /** Return the rows that are searched for, in order. */
    function selected() {
      const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
      const found = words.length ? rows.filter((row) => { const text = search(row).toLowerCase(); return words.every((word) => text.includes(word)); }) : [...rows];
      const down = state.sort.startsWith("-");
      const column = columns.find((one) => one.key === state.sort.replace(/^-/, "") && one.of);
      return column ? found.sort((one, other) => compared(column.of(one), column.of(other), down)) : found;
    }

    /** Show the rows of this page. */
    function show() {
      shown = selected();
      const pages = Math.max(1, Math.ceil(shown.length / size));
      state.at = Math.min(state.at, pages);
      const part = shown.slice((state.at - 1) * size, state.at * size);
      body.replaceChildren(...part.map(line));
      if (!part.length) body.append(h("tr", {}, h("td", { colspan: visible.length, class: "soft", text: state.q ? "Nothing matches." : empty })));
      count.textContent = shown.length === rows.length ? ratchetry.plural(rows.length, "row") : `${shown.length.toLocaleString("en")} of ${ratchetry.plural(rows.length, "row")}`;
      for (const one of head.children) {
        const name = one.getAttribute("data-key");
        const sorted = state.sort.replace(/^-/, "") === name;
        sorted ? one.setAttribute("aria-sort", state.sort.startsWith("-") ? "descending" : "ascending") : one.removeAttribute("aria-sort");
      }
      turn(pages);
    }

    /** Return a row; its first cell names it. */
    function line(row) {
      return h("tr", {}, visible.map((column, place) => h(place ? "td" : "th", { scope: place ? null : "row", class: [column.number && "number", column.class].filter(Boolean).join(" ") || null }, column.cell ? column.cell(row) : text(column.of(row)))));
    }

    /** Return a value of a cell as text. */
    function text(value) {
      return typeof value === "number" ? ratchetry.number(value) : ratchetry.clip(value ?? "–", 300);
    }

    /** Show where in the rows this page is. */
    function turn(pages) {
      const step = (label, at, off) => h("button", { type: "button", class: "quiet", disabled: off, id: `${id}-${label}`, onclick: () => set({ at }), text: label });
      pager.replaceChildren();
      if (pages > 1) pager.append(step("Previous", state.at - 1, state.at === 1), h("span", { class: "soft", text: `Page ${state.at} of ${pages}` }), step("Next", state.at + 1, state.at === pages));
    }

    show();
    return h("div", { class: "table", id }, rows.length > 8 || search ? bar : null, scroll, pager);
  }

  Object.assign(ratchetry, { table });
})();
