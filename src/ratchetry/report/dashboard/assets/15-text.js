/* Texts and numbers as people read them; what was measured may be called anything. */
(() => {
  "use strict";
  const { h } = ratchetry;

  const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
  const SCALES = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]];
  const VERDICTS = { pass: "Pass", warn: "Warning", fail: "Fail", not_measured: "Not measured" };
  const TONES = {
    pass: "pass", warn: "warn", fail: "fail", not_measured: "none",
    improving: "pass", worsening: "fail", steady: "skip", unknown: "none",
    improved: "pass", regressed: "fail", unchanged: "skip", inconclusive: "none",
  };

  /** Return a text in which nothing hides, reorders or steers: such characters become their escapes. */
  function clean(text) {
    return String(text ?? "").replace(STEERING, (found) => `\\u{${found.codePointAt(0).toString(16)}}`);
  }

  /** Return a text in so many characters, its middle left out, for its end tells the most. */
  function clip(text, most) {
    const letters = [...clean(text)];
    if (letters.length <= most) return letters.join("");
    const head = Math.floor((most - 1) / 3);
    return `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (most - 1 - head)).join("")}`;
  }

  /** Return a name as an element that keeps its direction to itself, and is broken where its parts meet. */
  function name(text, most = 120) {
    const parts = clip(text, most).split(/(?<=::|[/_.[])(?=\w)/);
    return h("bdi", { class: "name" }, parts.flatMap((part, at) => (at ? [h("wbr"), part] : [part])));
  }

  /** Return a name in full where it was clipped: to be opened, and copied. */
  function whole(text, most = 160) {
    const full = clean(text);
    if (full.length <= most) return null;
    const copy = h("button", { type: "button", class: "quiet", onclick: () => copied(full), text: "Copy" });
    return h("details", {}, h("summary", { text: `The whole name, ${full.length.toLocaleString("en")} characters` }), copy, h("bdi", { class: "whole", text: full }));
  }

  /** Put a text on the clipboard, and say whether that went well. */
  function copied(text) {
    const done = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject(new Error("no clipboard"));
    done.then(() => ratchetry.say("Copied."), () => ratchetry.say("The browser did not allow copying: select the text instead."));
  }

  /** Return a number in so many digits that count, with thousands apart. */
  function digits(value, most = 4) {
    if (Math.abs(value) >= 1e15 || (value && Math.abs(value) < 1e-6)) return value.toExponential(2);
    return value.toLocaleString("en", Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: most });
  }

  /** Return seconds in the unit that people would use. */
  function duration(seconds) {
    if (seconds < 0) return `−${duration(-seconds)}`;
    if (seconds >= 3600 && seconds < 1e15) return `${Math.floor(Math.round(seconds / 60) / 60).toLocaleString("en")} h ${Math.round(seconds / 60) % 60} min`;
    if (seconds >= 60) return seconds < 1e15 ? `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s` : `${digits(seconds)} s`;
    const [scale, unit] = SCALES.find(([least]) => seconds >= least) ?? SCALES[seconds ? 3 : 0];
    return `${digits(seconds / scale, 3)}\u00a0${unit}`;
  }

  /** Return a value with its unit, a dash for none. */
  function number(value, unit = "") {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    if (unit === "seconds") return duration(value);
    const text = (unit === "percent" ? value.toLocaleString("en", { maximumFractionDigits: 2 }) : digits(value)).replace("-", "−");
    return unit === "percent" ? `${text}\u00a0%` : text;
  }

  /** Return a difference with its sign; that of two percentages is in percentage points. */
  function signed(value, unit = "") {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    const text = number(Math.abs(value), unit).replace(/%$/, "pp");
    const none = /^0(?![.\d])/.test(text);
    return `${none ? "±" : value > 0 ? "+" : "−"}${text}`;
  }

  /** Return an effect: a share in percent, or a difference in its unit. */
  function effect(value, relative, unit) {
    return relative ? signed(value * 100, "percent").replace("pp", "%") : signed(value, unit);
  }

  /** Return an interval in parentheses, empty for none and for one that is a point. */
  function interval(ends, show) {
    return ends && ends[0] !== ends[1] ? ` (95% interval ${show(ends[0])} to ${show(ends[1])})` : "";
  }

  /** Return a probability. */
  function share(value, most = 1) {
    if (value === null || value === undefined) return "–";
    return `${(value * 100).toLocaleString("en", { maximumFractionDigits: most })}\u00a0%`;
  }

  /** Return how sure something is: a p-value in two digits. */
  function chance(value) {
    if (value === null || value === undefined) return "";
    return value < 1e-4 ? "q < 0.0001" : `q = ${value.toLocaleString("en", { maximumSignificantDigits: 2 })}`;
  }

  /** Return a moment as its day, and with `time` to the minute, in UTC. */
  function day(seconds, time = false) {
    if (!seconds) return "–";
    const text = new Date(seconds * 1000).toISOString();
    return time ? `${text.slice(0, 10)} ${text.slice(11, 16)}` : text.slice(0, 10);
  }

  /** Return a moment that was written as text, to the minute, empty where there is none. */
  function moment(text) {
    return clean(text).slice(0, 16).replace("T", " ");
  }

  /** Return a count with its noun. */
  function plural(count, noun, many = `${noun}s`) {
    return `${count.toLocaleString("en")} ${count === 1 ? noun : many}`;
  }

  /** Return a commit, short. */
  function commit(hash) {
    return hash ? h("code", { title: clip(hash, 64), text: clean(hash.slice(0, 10)) }) : "–";
  }

  /** Return a label in the color of what it says. */
  function tag(text, tone = TONES[text] ?? "skip") {
    return h("span", { class: `tag ${tone}`, text: VERDICTS[text] ?? text });
  }

  Object.assign(ratchetry, { clean, clip, name, whole, copied, digits, duration, number, signed, effect, interval, share, chance, day, moment, plural, commit, tag, VERDICTS, TONES });
})();
