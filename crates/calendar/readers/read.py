"""Reads calendar files with PyPI's icalendar: a JSON list of files on standard input, what each means on the output.

Zones that a file brings are read from that file; where a zone has a name that is known, the name wins.
"""
import json
import sys
from datetime import datetime, timezone

from icalendar import Calendar


def moment(event, name):
    at = event.decoded(name)
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise ValueError(f"{name} is no instant: {at}")
    return round(at.astimezone(timezone.utc).timestamp() * 1000)


def text(part, name):
    value = part.get(name)
    return None if value is None else str(value)


def party(address):
    return {"name": address.params.get("CN", ""), "mail": str(address), "part": address.params.get("PARTSTAT", "")}


def parties(event, name):
    value = event.get(name, [])
    return [party(one) for one in (value if isinstance(value, list) else [value])]


def event(event):
    if event.errors:
        raise ValueError(event.errors)
    return {
        "uid": text(event, "UID"),
        "sequence": int(event["SEQUENCE"]),
        "made_at": moment(event, "DTSTAMP"),
        "starts_at": moment(event, "DTSTART"),
        "ends_at": moment(event, "DTEND"),
        "zone": event["DTSTART"].params.get("TZID", ""),
        "summary": text(event, "SUMMARY"),
        "description": text(event, "DESCRIPTION"),
        "location": text(event, "LOCATION"),
        "url": text(event, "URL"),
        "status": text(event, "STATUS"),
        "organizer": parties(event, "ORGANIZER"),
        "attendees": parties(event, "ATTENDEE"),
        "parts": len(event.subcomponents),
    }


def file(source):
    calendar = Calendar.from_ical(source)
    if calendar.errors:
        raise ValueError(calendar.errors)
    return {
        "method": text(calendar, "METHOD"),
        "zones": [text(zone, "TZID") for zone in calendar.walk("VTIMEZONE")],
        "events": [event(one) for one in calendar.walk("VEVENT")],
    }


json.dump([file(source) for source in json.load(sys.stdin)], sys.stdout)
