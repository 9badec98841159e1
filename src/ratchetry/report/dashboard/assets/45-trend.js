/* What trends, changes of level and forecasts say, in words. */
(() => {
  "use strict";
  const { overview, number, signed, effect, interval, chance, day } = ratchetry;

  /** Tell whether a change of level is for the worse, for the better, or neither is known. */
  function toneOf(direction, better) {
    if (!better) return "warn";
    return (direction === "up") === (better === "higher") ? "pass" : "fail";
  }

  /** Return changes of level with their tones, as drawings take them. */
  function toned(steps, better) {
    return steps.map((step) => ({ ...step, tone: toneOf(step.direction, better) }));
  }

  /** Say what a change of level was. */
  function stepText(step, unit) {
    const size = effect(step.effect, step.relative, unit);
    const sure = interval(step.interval, (end) => effect(end, step.relative, unit));
    return `went ${step.direction} from ${number(step.before, unit)} to ${number(step.after, unit)}, ${size}${sure}`;
  }

  /** Say where a series goes. */
  function trendText(trend, unit) {
    if (trend.slope === null) return trend.reason;
    const ends = interval(trend.interval, (end) => signed(end * 30, unit));
    return `${signed(trend.slope * 30, unit)} in 30 days${ends}, over ${ratchetry.plural(trend.n, "point")} since ${ratchetry.moment(trend.since).slice(0, 10)}`;
  }

  /** Say when a series hits its bound, empty where it does not. */
  function forecastText(forecast, unit) {
    if (!forecast) return "";
    const bound = `its ${forecast.kind} of ${number(forecast.bound, unit)}`;
    if (forecast.state === "dated") return `Hits ${bound} about ${forecast.likely}, between ${forecast.earliest} and ${forecast.latest || "more than a year from now"}, if it goes on like this.`;
    if (forecast.state === "beyond") return `Is beyond ${bound} already.`;
    return "";
  }

  /** Return what people noted within some days before a moment, or just after it. */
  function notedNear(time, days = 3) {
    return overview.marks.filter((mark) => mark.time >= time - days * 86400 && mark.time <= time + 86400);
  }

  /** Say by which numbers a statement is backed. */
  function evidence(step) {
    return [chance(step.q), step.newest && `${ratchetry.plural(step.newest, "point")} since`, day(step.time)].filter(Boolean).join(" · ");
  }

  /** Return a row's short series within the time range of the filters. */
  function within(series, { since, until }) {
    if (since === -Infinity && until === Infinity) return series;
    const kept = series.t.map((time, at) => at).filter((at) => series.t[at] >= since && series.t[at] <= until);
    const pick = (column) => (column?.length ? kept.map((at) => column[at]) : []);
    return { t: pick(series.t), v: pick(series.v), lo: pick(series.lo), hi: pick(series.hi) };
  }

  Object.assign(ratchetry, { toneOf, toned, stepText, trendText, forecastText, notedNear, evidence, within });
})();
