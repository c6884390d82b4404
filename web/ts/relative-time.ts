import type { ServerClock } from "./clock";

const TICK_MILLISECONDS = 15_000;
const MINUTE_MILLISECONDS = 60_000;
const MINUTES_IN_HOUR = 60;
const DAY_MILLISECONDS = 86_400_000;

/** "in 12 minutes", "3 hours ago": the same words and bounds as the server's (words.rs), so that the first tick changes nothing. */
export function relative(instant: number, now: number, language: string): string {
  const distance = instant - now;
  const minutes = Math.floor(Math.abs(distance) / MINUTE_MILLISECONDS);
  if (minutes === 0) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");
  const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  const sign = Math.sign(distance);
  if (minutes < 90) return words.format(sign * minutes, "minute");
  if (minutes < 2160) return words.format(sign * Math.floor((minutes + 30) / MINUTES_IN_HOUR), "hour");
  return words.format(sign * Math.abs(day(instant) - day(now)), "day");
}

/** The number of the calendar day on which an instant falls here. */
function day(instant: number): number {
  const here = new Date(instant);
  return Date.UTC(here.getFullYear(), here.getMonth(), here.getDate()) / DAY_MILLISECONDS;
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
