/* Small drawings in SVG: series beside numbers, strips of outcomes, distributions. */
(() => {
  "use strict";
  const { s } = ratchetry;

  /** Return a scale from values to pixels; values that are all the same lie in the middle. */
  function scaled(low, high, from, to) {
    if (high === low) return () => (from + to) / 2;
    return (value) => from + ((value - low) / (high - low)) * (to - from);
  }

  const place = (value) => Math.round(value * 10) / 10;
  const points = (xs, ys) => xs.map((x, at) => `${place(x)},${place(ys[at])}`).join(" ");

  /**
   * Return a series as a small drawing, with its band, bound, changes of level and notes.
   *
   * `series` has columns t and v, and lo and hi where it has a band; `bound` is a value, `steps` and `marks` moments.
   */
  function spark(series, { label, bound = null, steps = [], marks = [], width = 180, height = 36 }) {
    const { t, v } = series;
    const drawing = s("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label, preserveAspectRatio: "none" });
    if (!v.length) return drawing;
    const banded = series.lo?.length === v.length;
    const all = [...v, ...(banded ? [...series.lo, ...series.hi] : [])];
    let low = Math.min(...all), high = Math.max(...all);
    const near = bound !== null && Math.abs(bound - (low + high) / 2) < 3 * (high - low || Math.abs(low) * 0.05 || 1);
    if (near) [low, high] = [Math.min(low, bound), Math.max(high, bound)];
    const x = scaled(t[0], t.at(-1), 2, width - 4);
    const y = scaled(low, high, height - 4, 4);
    const xs = t.map(x);
    for (const one of marks) if (one >= t[0] && one <= t.at(-1)) drawing.append(s("line", { class: "noted", x1: place(x(one)), x2: place(x(one)), y1: 0, y2: height }));
    if (banded) drawing.append(s("polygon", { class: "band", points: points([...xs, ...[...xs].reverse()], [...series.hi.map(y), ...series.lo.map(y).reverse()]) }));
    if (near) drawing.append(s("line", { class: "bound", x1: 0, x2: width, y1: place(y(bound)), y2: place(y(bound)) }));
    drawing.append(s("polyline", { class: "line", points: points(xs, v.map(y)) }));
    for (const one of steps) if (one.time >= t[0] && one.time <= t.at(-1)) drawing.append(s("path", { class: `step ${one.tone}`, d: `M${place(x(one.time))} 1v${height - 2}` }));
    drawing.append(s("circle", { class: "end", cx: place(xs.at(-1)), cy: place(y(v.at(-1))), r: 2.4 }));
    return drawing;
  }

  /** Return values without times as a small drawing. */
  function sparkOf(values, options) {
    const known = values.map((value, at) => [at, value]).filter(([, value]) => Number.isFinite(value));
    return spark({ t: known.map(([at]) => at), v: known.map(([, value]) => value) }, options);
  }

  /** Return an interval with its middle on a scale from `from` to `to`. */
  function whisker(low, middle, high, { label, from = 0, to = 1, tone = "", width = 160, height = 16 }) {
    const x = scaled(from, to, 4, width - 4);
    const at = (value) => place(Math.min(width - 3, Math.max(3, x(value))));
    return s("svg", { class: `whisker ${tone}`, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
      s("line", { class: "track", x1: 4, x2: width - 4, y1: height / 2, y2: height / 2 }),
      from < 0 && to > 0 && s("line", { class: "zero", x1: at(0), x2: at(0), y1: 1, y2: height - 1 }),
      s("line", { class: "range", x1: at(low), x2: at(high), y1: height / 2, y2: height / 2 }),
      s("circle", { class: "middle", cx: at(middle), cy: height / 2, r: 4 }));
  }

  /** Return the density of a Beta distribution at places from 0 to 1, as shares of its largest value. */
  function beta(alpha, other, count = 81) {
    const xs = Array.from({ length: count }, (_, at) => (at + 0.5) / count);
    const logs = xs.map((x) => (alpha - 1) * Math.log(x) + (other - 1) * Math.log1p(-x));
    const top = Math.max(...logs);
    return [xs, logs.map((one) => Math.exp(one - top))];
  }

  /** Return posteriors as curves over the same scale, a row each. */
  function posterior(alpha, other, { label, low, high, tone = "", width = 220, height = 40 }) {
    const [xs, ys] = beta(alpha, other);
    const x = (value) => place(2 + value * (width - 4));
    const y = (value) => place(height - 4 - value * (height - 8));
    const curve = xs.map((value, at) => `${x(value)} ${y(ys[at])}`).join("L");
    return s("svg", { class: `posterior ${tone}`, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
      s("line", { class: "track", x1: 2, x2: width - 2, y1: height - 3, y2: height - 3 }),
      s("path", { class: "area", d: `M${x(0)} ${height - 3}L${curve}L${x(1)} ${height - 3}Z` }),
      s("line", { class: "range", x1: x(low), x2: x(high), y1: height - 3, y2: height - 3 }));
  }

  Object.assign(ratchetry, { spark, sparkOf, whisker, posterior, scaled });
})();
