// Pages for visitors: no htmx, only what helps to read times and to send a form once.
import { ServerClock } from "./clock";
import { dialogs } from "./dialogs";
import { frameHeight } from "./frame";
import { sendOnce } from "./once";
import { picker } from "./picker";
import { relativeTimes } from "./relative-time";
import { toasts } from "./toasts";
import { betterZone, detectZone } from "./zone";

const clock = ServerClock.of(document);
if (clock) relativeTimes(document, clock);
detectZone(document);
betterZone(document);
picker(document);
frameHeight(document);
dialogs(document);
sendOnce(document);
toasts(document);
