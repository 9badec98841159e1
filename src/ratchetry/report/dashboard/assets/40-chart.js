/* Series at full length, drawn by uPlot: points, bands, bounds, levels, numbered changes and notes. */
(() => {
  "use strict";
  const { h } = ratchetry;
  const live = new Set();
  const FEW = 120;
  const DENSE = 600;

  /** Return a color of the style sheet. */
  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  /** Return the series of a chart for uPlot, with the data of each. */
  function seriesOf({ times, values, low, high, layers = [], dots, stepped = false }) {
    const steps = (one) => (one ? uPlot.paths.stepped({ align: 1 }) : undefined);
    const data = [times, values];
    const series = [{}, { stroke: color(times.length > DENSE ? "faint" : "accent"), width: times.length > DENSE ? 1 : 1.6, points: { show: dots, size: 5, fill: color("card") }, spanGaps: true, paths: steps(stepped) }];
    const bands = [];
    if (low && high) {
      data.push(high, low);
      const edge = { stroke: "transparent", width: 0, points: { show: false }, spanGaps: true };
      series.push(edge, edge);
      bands.push({ series: [2, 3], fill: color("band") });
    }
    for (const layer of layers) {
      data.push(layer.values);
      series.push({ stroke: color(layer.color), width: layer.width ?? 1.5, dash: layer.dash, points: { show: false }, paths: steps(layer.stepped) });
      if (layer.bandTo) bands.push({ series: [data.length - 1, data.length - 1 + layer.bandTo], fill: color(layer.fill) });
    }
    return { data, series, bands };
  }

  /** Return uPlot's axes: days in UTC, values with their unit. */
  function axes(unit) {
    const days = [
      [31_536_000, "{YYYY}", null, null, null, null, null, null, 1],
      [2_419_200, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
      [86_400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
      [60, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
      [1, "{HH}:{mm}:{ss}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
    ];
    const common = { stroke: color("soft"), grid: { stroke: color("line"), width: 1 }, ticks: { stroke: color("line"), width: 1 }, font: "12px system-ui, sans-serif" };
    return [{ ...common, values: days, space: 64 }, { ...common, size: (_, shown) => 18 + 7 * Math.max(4, ...(shown ?? []).map((one) => one.length)), values: (_, splits) => splits.map((value) => (value === null ? "" : ratchetry.number(value, unit))) }];
  }

  /** Draw marks: vertical lines with numbers for changes, letters for notes. */
  function drawMarks(plot, marks) {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const taken = [];
    for (const mark of marks) {
      const x = Math.round(plot.valToPos(mark.time, "x", true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.strokeStyle = ctx.fillStyle = color(mark.tone);
      ctx.lineWidth = ratio;
      ctx.setLineDash(mark.dashed ? [3 * ratio, 3 * ratio] : []);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const row = taken.filter((other) => Math.abs(other - x) < 18 * ratio).length;
      const y = bbox.top + (9 + 18 * Math.min(row, 8)) * ratio;
      taken.push(x);
      ctx.beginPath();
      ctx.arc(x, y, 8 * ratio, 0, 2 * Math.PI);
      ctx.fill();
      ctx.fillStyle = color("card");
      ctx.fillText(mark.label, x, y + ratio / 2);
    }
    ctx.restore();
  }

  /**
   * Return a chart with what goes with it: a legend, and a slider by which keys and screen readers go over its points.
   *
   * `tell(at)` says in words what a point is; `zoomed(from, to)` is called with the times that were dragged over.
   */
  function chart({ label, legend, marks = [], tell, zoomed, height = 340, ...what }) {
    const count = what.times.length;
    const holder = h("div", { class: "plot", role: "img", "aria-label": label });
    const readout = h("output", { class: "readout", text: count ? tell(count - 1) : "" });
    const slider = h("input", { type: "range", min: 0, max: Math.max(0, count - 1), value: Math.max(0, count - 1), "aria-label": `Points of ${label}`, "aria-valuetext": count ? tell(count - 1) : "none" });
    const figure = h("figure", { class: "chart" }, holder, h("div", { class: "reading" }, slider, readout), legend && h("figcaption", {}, legend));
    let plot = null;

    /** Say which point is looked at. */
    function look(at) {
      if (at === null || at === undefined || !count) return;
      slider.value = String(at);
      slider.setAttribute("aria-valuetext", tell(at));
      readout.textContent = tell(at);
    }

    /** Draw, again after the theme or the width has changed. */
    function draw() {
      plot?.destroy();
      const { data, series, bands } = seriesOf({ ...what, dots: count <= FEW });
      plot = new uPlot({
        width: Math.max(260, holder.clientWidth),
        height: holder.clientWidth < 500 ? Math.min(height, 260) : height,
        tzDate: (moment) => uPlot.tzDate(new Date(moment * 1000), "Etc/UTC"),
        legend: { show: false },
        series, bands,
        axes: axes(what.unit),
        scales: { y: { range: (_, low, high) => uPlot.rangeNum(low ?? 0, high ?? 1, 0.12, true) } },
        cursor: { drag: { x: true, y: false, setScale: false }, y: false },
        hooks: {
          draw: [(drawn) => drawMarks(drawn, marks)],
          setCursor: [(drawn) => drawn.cursor.event && look(drawn.cursor.idx)],
          setSelect: [(drawn) => drawn.select.width > 4 && zoomed?.(drawn.posToVal(drawn.select.left, "x"), drawn.posToVal(drawn.select.left + drawn.select.width, "x"))],
        },
      }, data, holder);
    }

    slider.addEventListener("input", () => {
      const at = Number(slider.value);
      look(at);
      plot?.setCursor({ left: plot.valToPos(what.times[at], "x"), top: plot.bbox.height / devicePixelRatio / 2 }, false);
    });
    if (!count) return h("p", { class: "soft", text: "There is no point in what the filters leave." });
    const entry = { figure, draw, width: 0 };
    live.add(entry);
    requestAnimationFrame(() => { entry.width = holder.clientWidth; draw(); });
    return figure;
  }

  /** Draw every chart again that is on the page, and forget the others. */
  function redraw() {
    for (const entry of live) entry.figure.isConnected ? entry.draw() : live.delete(entry);
  }

  /** Return a legend: each entry with the kind of line or area that it stands for. */
  function legend(...entries) {
    return h("ul", { class: "legend" }, entries.filter(Boolean).map(([kind, text]) => h("li", {}, h("span", { class: `key ${kind}`, "aria-hidden": "true" }), text)));
  }

  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; requestAnimationFrame(redraw); } });

  Object.assign(ratchetry, { chart, legend, redraw });
})();
