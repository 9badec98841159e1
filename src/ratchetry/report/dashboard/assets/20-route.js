/* Where the page is: `#/page/subject?filters`, which is a permalink, and the filters that go from page to page. */
(() => {
  "use strict";
  const { h, overview } = ratchetry;

  const KEPT = ["branch", "since", "until", "package"];
  const ALL = "*";

  /** Return the route that a fragment names. */
  function parsed(fragment) {
    const rest = fragment.replace(/^#\/?/, "");
    const at = rest.indexOf("?");
    const path = at < 0 ? rest : rest.slice(0, at);
    const slash = path.indexOf("/");
    const page = slash < 0 ? path : path.slice(0, slash);
    return {
      page: page || "overview",
      subject: slash < 0 ? "" : decoded(path.slice(slash + 1)),
      query: new URLSearchParams(at < 0 ? "" : rest.slice(at + 1)),
    };
  }

  /** Return a part of an address as text, as it stands where it is malformed. */
  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  let current = parsed(location.hash);

  /** Read the address again. */
  function reread() {
    current = parsed(location.hash);
    return current;
  }

  /** Return the address of a page with the filters that are set, and what is asked for beside them. */
  function to(page, subject = "", more = {}) {
    const query = new URLSearchParams();
    for (const name of KEPT) if (current.query.get(name)) query.set(name, current.query.get(name));
    for (const [name, value] of Object.entries(more)) value ? query.set(name, value) : query.delete(name);
    const path = page === "overview" ? "" : page + (subject ? `/${encodeURIComponent(subject)}` : "");
    return `#/${path}${query.size ? `?${query}` : ""}`;
  }

  /** Return the address of this page with other parameters. */
  function changed(changes) {
    const query = new URLSearchParams(current.query);
    for (const [name, value] of Object.entries(changes)) value ? query.set(name, value) : query.delete(name);
    const path = current.page === "overview" ? "" : current.page + (current.subject ? `/${encodeURIComponent(current.subject)}` : "");
    return `#/${path}${query.size ? `?${query}` : ""}`;
  }

  /** Write parameters into the address without another entry in the browser's history, and without drawing again. */
  function note(changes) {
    history.replaceState(null, "", changed(changes));
    reread();
  }

  /** Return a link to a page. */
  function link(page, subject, content, more) {
    return h("a", { href: to(page, subject, more) }, content);
  }

  /** Return the filters as values: times are seconds, the branch is `*` for all. */
  function filters() {
    const since = Date.parse(current.query.get("since") ?? "");
    const until = Date.parse(current.query.get("until") ?? "");
    const branch = current.query.get("branch") || overview.branch;
    return {
      branch,
      own: branch === overview.branch,
      all: branch === ALL,
      since: Number.isNaN(since) ? -Infinity : since / 1000,
      until: Number.isNaN(until) ? Infinity : until / 1000 + 86399,
      package: current.query.get("package") ?? "",
    };
  }

  /** Tell whether something of a package, or below it, is to be shown. */
  function inPackage(name) {
    const wanted = filters().package;
    return !wanted || name === wanted || name.startsWith(`${wanted}/`);
  }

  /** Return the form that sets filters, those that a page knows. */
  function filterForm(...names) {
    const fields = { branch: branchField, since: () => dateField("since", "From"), until: () => dateField("until", "To"), package: packageField };
    const set = KEPT.some((name) => names.includes(name) && current.query.get(name));
    const clear = set && h("a", { class: "button", href: changed(Object.fromEntries(KEPT.map((name) => [name, ""]))), text: "Clear filters" });
    const form = h("form", { class: "filters", "aria-label": "Filters", onsubmit: (event) => event.preventDefault() }, names.map((name) => fields[name]()), clear);
    form.addEventListener("change", (event) => {
      const { name, value } = event.target;
      if (name) location.hash = changed({ [name]: name === "branch" && value === overview.branch ? "" : value, at: "" });
    });
    return form;
  }

  /** Return the choice of a branch. */
  function branchField() {
    const known = [...new Set([overview.branch, ...overview.branches])];
    const rows = [...known.map((value) => [value, value === overview.branch ? `${value} (trends)` : value]), [ALL, "all branches"]];
    return choice("branch", "Branch", rows, filters().branch);
  }

  /** Return the choice of a package; there is none where there are no packages. */
  function packageField() {
    const known = overview.packages.filter(Boolean);
    if (!known.length) return null;
    return choice("package", "Package", [["", "all packages"], ...known.map((value) => [value, value])], filters().package);
  }

  /** Return a labeled list to choose from. */
  function choice(field, label, rows, chosen) {
    const options = rows.map(([value, text]) => h("option", { value, selected: value === chosen, text: ratchetry.clip(text, 60) }));
    return h("label", {}, label, h("select", { name: field, id: `filter-${field}` }, options));
  }

  /** Return a labeled field for a day. */
  function dateField(field, label) {
    return h("label", {}, label, h("input", { type: "date", name: field, id: `filter-${field}`, value: current.query.get(field) ?? "" }));
  }

  ratchetry.route = { get current() { return current; }, reread, to, changed, note, ALL };
  Object.assign(ratchetry, { link, filters, inPackage, filterForm, choice });
})();
