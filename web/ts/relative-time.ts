import type { ServerClock } from "./clock";

const TICK_MILLISECONDS = 15_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "in 12 minutes", "3 hours ago": the same words and bounds as the server's, so that the first tick changes nothing. */
export function relative(instant: number, now: number, language: string): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  const distance = instant - now;
  const size = Math.abs(distance);
  if (size < HOUR) return words.format(Math.trunc(distance / MINUTE), "minute");
  if (size < 2 * DAY) return words.format(Math.trunc(distance / HOUR), "hour");
  return words.format(Math.trunc(distance / DAY), "day");
}

/** Keeps every `<time data-relative datetime="…">` true while the page stands open. */
export function relativeTimes(root: Document, clock: ServerClock): void {
  const language = root.documentElement.lang || "en";
  const tick = () => {
    for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
      const instant = Date.parse(time.dateTime);
      if (!Number.isFinite(instant)) continue;
      const text = relative(instant, clock.now(), language);
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(tick, TICK_MILLISECONDS);
}
