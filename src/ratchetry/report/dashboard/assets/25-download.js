/* What is shown as files: made in the browser from what it has, asking nobody. */
(() => {
  "use strict";
  const { h } = ratchetry;

  /** Return a cell of a CSV file (RFC 4180); text that a spreadsheet would take for a formula is kept text by a quote. */
  function cell(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    const text = Array.isArray(value) ? value.join(" ") : typeof value === "object" ? JSON.stringify(value) : String(value);
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  /** Return rows as CSV. */
  function csv(columns, rows) {
    const lines = [columns.map((column) => cell(column.key)), ...rows.map((row) => columns.map((column) => cell(column.of(row))))];
    return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
  }

  /** Return rows as JSON. */
  function json(columns, rows) {
    return `${JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((column) => [column.key, column.of(row) ?? null]))), null, 1)}\n`;
  }

  /** Let the browser save a text as a file. */
  function save(file, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const anchor = h("a", { href: address, download: file });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    ratchetry.say(`Saved ${file}.`);
  }

  /** Return the buttons that save the rows that a function gives at that moment. */
  function downloads(file, columns, rows) {
    const plain = file.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 80);
    const kept = columns.filter((column) => column.of);
    return h("span", { class: "downloads" },
      h("button", { type: "button", class: "quiet", "aria-label": `Download ${plain} as CSV`, onclick: () => save(`${plain}.csv`, "text/csv", csv(kept, rows())), text: "CSV" }),
      h("button", { type: "button", class: "quiet", "aria-label": `Download ${plain} as JSON`, onclick: () => save(`${plain}.json`, "application/json", json(kept, rows())), text: "JSON" }));
  }

  Object.assign(ratchetry, { downloads, csv });
})();
