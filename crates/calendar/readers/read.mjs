// Reads calendar files with npm's ical.js: a JSON list of files on standard input, what each means on the output.
// Zones are read from the file itself: this reader knows no others.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const text = (part, name) => {
  const value = part.getFirstPropertyValue(name);
  return value === null ? null : String(value);
};

const party = (property) => ({
  name: property.getParameter("cn") ?? "",
  mail: String(property.getFirstValue()),
  part: property.getParameter("partstat") ?? "",
});

const event = (part) => {
  const moment = (name) => {
    const at = part.getFirstPropertyValue(name);
    if (at.isDate || at.zone === ICAL.Timezone.localTimezone) throw new Error(`${name} is no instant: ${at}`);
    return at.toUnixTime() * 1000;
  };
  return {
    uid: text(part, "uid"),
    sequence: part.getFirstPropertyValue("sequence"),
    made_at: moment("dtstamp"),
    starts_at: moment("dtstart"),
    ends_at: moment("dtend"),
    zone: part.getFirstProperty("dtstart").getParameter("tzid") ?? "",
    summary: text(part, "summary"),
    description: text(part, "description"),
    location: text(part, "location"),
    url: text(part, "url"),
    status: text(part, "status"),
    organizer: part.getAllProperties("organizer").map(party),
    attendees: part.getAllProperties("attendee").map(party),
    parts: part.getAllSubcomponents().length,
  };
};

const file = (source) => {
  const calendar = new ICAL.Component(ICAL.parse(source));
  return {
    method: text(calendar, "method"),
    zones: calendar.getAllSubcomponents("vtimezone").map((zone) => text(zone, "tzid")),
    events: calendar.getAllSubcomponents("vevent").map(event),
  };
};

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(file)));
