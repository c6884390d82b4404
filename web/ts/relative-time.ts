import type { ServerClock } from "./clock";

// A minute that has passed is said within a second.
const TICK_MILLISECONDS = 1_000;
const MINUTE_MILLISECONDS = 60_000;
const MINUTES_IN_HOUR = 60;
const DAY_MILLISECONDS = 86_400_000;

/** The number of the calendar day on which an instant falls for the reader. */
export type Days = (instant: number) => number;

/**
 * "in 12 minutes", "3 hours ago": the same words and bounds as the server's (words.rs), so that the first tick changes nothing.
 * Minutes are those that a clock shows.
 */
export function relative(instant: number, now: number, language: string, days: Days): string {
  const distance = minuteOf(instant) - minuteOf(now);
  const minutes = Math.abs(distance);
  if (minutes === 0) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");
  const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  const sign = Math.sign(distance);
  if (minutes < 90) return words.format(sign * minutes, "minute");
  if (minutes < 2160) return words.format(sign * Math.floor((minutes + 30) / MINUTES_IN_HOUR), "hour");
  return words.format(sign * Math.abs(days(instant) - days(now)), "day");
}

function minuteOf(instant: number): number {
  return Math.floor(instant / MINUTE_MILLISECONDS);
}

/** The same of a start, which once it has come says so: "began 3 minutes ago". */
export function start(instant: number, now: number, language: string, days: Days, began: string): string {
  const far = relative(instant, now, language, days);
  return minuteOf(instant) < minuteOf(now) ? `${began} ${far}` : far;
}

/** Days as the reader's own zone has them (`<html data-zone="…">`), which need not be that of the device. */
export function daysOf(root: Document): Days {
  const calendar = calendarOf(root.documentElement.dataset["zone"]);
  return (instant) => {
    const parts = calendar.formatToParts(instant);
    const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
    return Date.UTC(part("year"), part("month") - 1, part("day")) / DAY_MILLISECONDS;
  };
}

/** A zone that this browser does not know is taken to be the device's. */
function calendarOf(zone: string | undefined): Intl.DateTimeFormat {
  const date = { year: "numeric", month: "numeric", day: "numeric" } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { ...date, ...(zone ? { timeZone: zone } : {}) });
  } catch {
    return new Intl.DateTimeFormat("en-US", date);
  }
}

/** Keeps every `<time data-relative datetime="…">`, the start of something, true while the page stands open. */
export function relativeTimes(root: Document, clock: ServerClock): void {
  const language = root.documentElement.lang || "en";
  const days = daysOf(root);
  const began = root.documentElement.dataset["began"] ?? "";
  const tick = () => {
    for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
      const instant = Date.parse(time.dateTime);
      if (!Number.isFinite(instant)) continue;
      const text = start(instant, clock.now(), language, days, began).trim();
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(tick, TICK_MILLISECONDS);
}
