/** How far a pointer goes before it drags, and how far from a free start it may let go. */
const DRAG_PIXELS = 6;
const NEAR_PIXELS = 40;
/** So long a finger rests on a session before it drags it: until then it scrolls. */
const PRESS_MILLIS = 400;

/** A free start, as the program tells it. */
interface Start {
  at: string;
  day: number;
  hour: number;
  minute: number;
  label: string;
}

/** In a week of sessions the arrow keys go from one to another. A session is dragged to a free time, or moved by the key M:
 * both end in one dialog that says what will happen, and whose form is sent. Without script each has a link to a page. */
export function week(root: Document): void {
  const grid = root.querySelector<HTMLElement>("main .week");
  const dialog = root.querySelector<HTMLDialogElement>("dialog#move");
  if (!grid || !dialog) return;
  root.querySelector("[data-how]")?.removeAttribute("hidden");
  const asks = mover(dialog);
  grid.addEventListener("keydown", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(".entry > a:first-child") : null;
    if (!link || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key.toLowerCase() === "m" && link.dataset["session"]) void asks.ask(link);
    else if (!step(grid, link, event.key)) return;
    event.preventDefault();
  });
  drags(root, grid, asks);
}

/** Moves the focus: up and down in a day, left and right to the nearest time of another. */
function step(grid: HTMLElement, from: HTMLAnchorElement, key: string): boolean {
  const days = Array.from(grid.querySelectorAll(".day"), (day) =>
    Array.from(day.querySelectorAll<HTMLAnchorElement>(".entry > a:first-child")),
  );
  const here = days.findIndex((day) => day.includes(from));
  const place = days[here]?.indexOf(from) ?? -1;
  const top = (link: Element) => Math.abs(link.getBoundingClientRect().top - from.getBoundingClientRect().top);
  const nearest = (day: HTMLAnchorElement[] = []) => [...day].sort((one, other) => top(one) - top(other))[0];
  const isUsed = (day: HTMLAnchorElement[]) => day.length > 0;
  let to: HTMLAnchorElement | undefined;
  if (key === "ArrowUp") to = days[here]?.[place - 1];
  else if (key === "ArrowDown") to = days[here]?.[place + 1];
  else if (key === "ArrowLeft") to = nearest(days.slice(0, here).reverse().find(isUsed));
  else if (key === "ArrowRight") to = nearest(days.slice(here + 1).find(isUsed));
  else return false;
  to?.focus();
  return true;
}

interface Mover {
  /** The free starts of a session in this week, asked for once. */
  starts(session: string): Promise<Start[]>;
  /** Asks whether to move it, to this start if one is chosen. */
  ask(link: HTMLAnchorElement, at?: string): Promise<void>;
}

function mover(dialog: HTMLDialogElement): Mover {
  const part = <T extends HTMLElement>(selector: string) => dialog.querySelector<T>(selector) as T;
  const [form, select] = [part<HTMLFormElement>("form"), part<HTMLSelectElement>("select")];
  const say = () => (part("[data-new]").textContent = select.selectedOptions[0]?.text ?? "");
  select.addEventListener("change", say);
  part("[data-keep]").addEventListener("click", () => dialog.close());

  const known = new Map<string, Promise<Start[]>>();
  const starts = (session: string) => {
    const asked = known.get(session) ?? fetched(session, dialog.dataset["week"] ?? "");
    known.set(session, asked);
    asked.catch(() => known.delete(session));
    return asked;
  };
  const ask = async (link: HTMLAnchorElement, at?: string) => {
    const { session = "", heading = "", start = "", told = "" } = link.dataset;
    try {
      const free = await starts(session);
      form.action = `/sessions/${session}/move`;
      part("h2").textContent = heading;
      part("[data-old]").textContent = start;
      part("[data-told]").textContent = told;
      select.replaceChildren(...free.map((one) => new Option(one.label, one.at, false, one.at === at)));
      part("[data-none]").hidden = free.length > 0;
      part<HTMLButtonElement>("[data-kind=primary]").disabled = free.length === 0;
      say();
      dialog.addEventListener("close", () => link.focus(), { once: true });
      dialog.showModal();
      select.focus();
    } catch {
      location.assign(`/sessions/${session}/move`);
    }
  };
  return { starts, ask };
}

async function fetched(session: string, week: string): Promise<Start[]> {
  const answer = await fetch(`/calendar/slots/${session}?week=${week}`, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()) as Start[];
}

/** What is under way while something is dragged. */
interface Drag {
  link: HTMLAnchorElement;
  entry: HTMLElement;
  x: number;
  y: number;
  /** Free starts in the grid; none as long as nothing was dragged. */
  free: Map<HTMLElement, Start> | null;
  target: HTMLElement | null;
  /** Of a finger: what waits for it to have rested long enough. */
  press: number | null;
}

function drags(root: Document, grid: HTMLElement, asks: Mover): void {
  let drag: Drag | null = null;

  grid.addEventListener("dragstart", (event) => event.preventDefault());
  grid.addEventListener("pointerdown", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-session]") : null;
    const entry = link?.closest<HTMLElement>(".entry");
    // On a narrow screen it is a list, in which nothing is dragged.
    const isList = !entry || getComputedStyle(entry).position === "static";
    if (!link || isList || event.button || drag) return;
    const begun: Drag = { link, entry, x: event.pageX, y: event.pageY, free: null, target: null, press: null };
    // A finger that goes at once scrolls; one that rests takes hold.
    if (event.pointerType !== "mouse") begun.press = window.setTimeout(() => drag === begun && begin(begun), PRESS_MILLIS);
    drag = begun;
  });
  // What holds a session does not scroll; the browser asks for this before it knows.
  grid.addEventListener("touchmove", (event) => drag?.free && event.preventDefault(), { passive: false });
  grid.addEventListener("contextmenu", (event) => drag?.press && event.preventDefault());
  root.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [dx, dy] = [event.pageX - drag.x, event.pageY - drag.y];
    if (!drag.free) {
      if (Math.hypot(dx, dy) < DRAG_PIXELS) return;
      if (drag.press !== null) return void end();
      begin(drag);
    }
    drag.entry.style.translate = `${dx}px ${dy}px`;
    aim(drag, event.clientX);
  });
  root.addEventListener("pointerup", () => {
    const done = end();
    if (!done?.free) return;
    // The press that ends a drag is no click on the link.
    const swallow = (event: Event) => event.preventDefault();
    grid.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => grid.removeEventListener("click", swallow, { capture: true }));
    const start = done.target && done.free.get(done.target);
    if (start) void asks.ask(done.link, start.at);
  });
  root.addEventListener("pointercancel", () => end());
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end();
  });

  function begin(begun: Drag): void {
    begun.free = new Map();
    begun.entry.dataset["dragging"] = "";
    const lanes = grid.querySelectorAll<HTMLElement>(".day > .lane");
    const first = Number(grid.dataset["first"]);
    asks.starts(begun.link.dataset["session"] ?? "").then(
      (starts) => {
        if (drag !== begun) return;
        for (const start of starts) {
          const mark = root.createElement("div");
          mark.className = "free";
          Object.assign(mark.dataset, { h: start.hour - first, m: start.minute, hours: 0, minutes: 15 });
          lanes[start.day]?.append(mark);
          begun.free?.set(mark, start);
        }
      },
      () => end(),
    );
  }

  /** Finds the free start nearest to where the entry hangs now. */
  function aim(drag: Drag, x: number): void {
    const top = drag.entry.getBoundingClientRect().top;
    let [best, least]: [HTMLElement | null, number] = [null, NEAR_PIXELS];
    for (const mark of drag.free?.keys() ?? []) {
      const place = mark.getBoundingClientRect();
      const far = Math.abs(place.top - top);
      if (place.left <= x && x < place.right && far < least) [best, least] = [mark, far];
    }
    if (best === drag.target) return;
    for (const [mark, isTarget] of [[drag.target, false], [best, true]] as const) {
      if (!mark) continue;
      mark.toggleAttribute("data-target", isTarget);
      const { hours = "0", minutes = "15" } = isTarget ? drag.entry.dataset : {};
      Object.assign(mark.dataset, { hours, minutes });
      mark.textContent = isTarget ? (drag.free?.get(mark)?.label ?? "") : "";
    }
    drag.target = best;
  }

  function end(): Drag | null {
    const done = drag;
    drag = null;
    if (done) {
      if (done.press !== null) clearTimeout(done.press);
      delete done.entry.dataset["dragging"];
      done.entry.style.translate = "";
      for (const mark of done.free?.keys() ?? []) mark.remove();
    }
    return done;
  }
}
