/** How far a pointer goes before it drags, and how far from a free start it may let go. */
const DRAG_PIXELS = 6;
const NEAR_PIXELS = 40;
/** So many free times are named where something was let go that cannot be. */
const NEAREST = 3;
/** So long a finger rests on a session before it drags it: until then it scrolls. */
const PRESS_MILLIS = 400;

/** A free start, as the program tells it. */
interface Start {
  at: string;
  day: number;
  hour: number;
  minute: number;
  date: string;
  time: string;
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
  const confirm = part<HTMLButtonElement>("[data-kind=primary]");
  // Nothing is chosen for anybody: until a time is, nothing can be sent.
  const say = () => {
    part("[data-new]").textContent = select.selectedOptions[0]?.dataset["label"] ?? select.dataset["choose"] ?? "";
    confirm.disabled = select.value === "";
  };
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
      const closes = part("[data-closes]");
      closes.textContent = link.dataset["closes"] ?? "";
      closes.hidden = closes.textContent === "";
      part<HTMLAnchorElement>("[data-elsewhere]").href = `/sessions/${session}/move`;
      const choose = new Option(select.dataset["choose"], "", true, !at);
      choose.disabled = true;
      select.replaceChildren(choose, ...byDay(free, at));
      part("[data-none]").hidden = free.length > 0;
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

/** The free starts, a group for each day. */
function byDay(free: Start[], chosen?: string): HTMLOptGroupElement[] {
  const groups = new Map<string, HTMLOptGroupElement>();
  for (const one of free) {
    const group = groups.get(one.date) ?? document.createElement("optgroup");
    group.label = one.date;
    groups.set(one.date, group);
    const option = new Option(one.time, one.at, false, one.at === chosen);
    option.dataset["label"] = one.label;
    group.append(option);
  }
  return [...groups.values()];
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

/** Why something was not moved to where it was let go, and where it could be. */
interface No {
  why: "taken" | "away" | "closed" | "otherwise";
  starts: Start[];
}

function drags(root: Document, grid: HTMLElement, asks: Mover): void {
  let drag: Drag | null = null;
  const said = root.querySelector<HTMLElement>("[data-refused]");

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
  root.addEventListener("pointerup", (event) => {
    const no = drag?.free && !drag.target ? refusal(drag, event.clientX) : null;
    const done = end();
    if (!done?.free) return;
    if (no) say(done.link, no);
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
    said?.replaceChildren();
    const { hours = "0", minutes = "15" } = begun.entry.dataset;
    const lanes = grid.querySelectorAll<HTMLElement>(".day > .lane");
    const first = Number(grid.dataset["first"]);
    asks.starts(begun.link.dataset["session"] ?? "").then(
      (starts) => {
        if (drag !== begun) return;
        for (const start of starts) {
          const mark = root.createElement("div");
          mark.className = "free";
          // As long as the session is: together they show the room that there is for it.
          Object.assign(mark.dataset, { h: start.hour - first, m: start.minute, hours, minutes });
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
      mark.textContent = isTarget ? (drag.free?.get(mark)?.label ?? "") : "";
    }
    drag.target = best;
  }

  /** Why it cannot be let go where it hangs, and the free starts nearest to there; none outside of the grid. */
  function refusal(drag: Drag, x: number): No | null {
    const box = drag.entry.getBoundingClientRect();
    const lanes = Array.from(grid.querySelectorAll<HTMLElement>(".day > .lane"));
    const isUnder = (place: DOMRect) => place.left <= x && x < place.right;
    const lane = lanes.find((one) => isUnder(one.getBoundingClientRect()));
    if (!lane) return null;
    const places = (selector: string) =>
      Array.from(lane.querySelectorAll<HTMLElement>(selector))
        .filter((one) => one !== drag.entry)
        .map((one) => one.getBoundingClientRect());
    const isHit = (place: DOMRect) => place.top < box.bottom - 1 && box.top + 1 < place.bottom;
    const isInside = (place: DOMRect) => place.top <= box.top + 1 && box.bottom - 1 <= place.bottom;
    let why: No["why"] = "otherwise";
    if (places(".entry").some(isHit)) why = "taken";
    else if (places(".away").some(isHit)) why = "away";
    else if (!places(".open").some(isInside)) why = "closed";
    const far = (mark: HTMLElement) => {
      const place = mark.getBoundingClientRect();
      // Another hour of the same day is nearer than the same hour of another.
      return Math.abs(place.top - box.top) + (isUnder(place) ? 0 : grid.offsetHeight);
    };
    const nearest = [...(drag.free ?? [])].sort(([one], [other]) => far(one) - far(other)).slice(0, NEAREST);
    const starts = nearest.map(([, start]) => start).sort((one, other) => one.at.localeCompare(other.at));
    return { why, starts };
  }

  /** Says it where it is read out, with a button for each time. */
  function say(link: HTMLAnchorElement, no: No): void {
    if (!said) return;
    const line = root.createElement("p");
    line.textContent = [said.dataset[no.why], no.starts.length ? said.dataset["nearest"] : said.dataset["noneFree"]].join(" ");
    const buttons = root.createElement("div");
    buttons.className = "buttons";
    for (const start of no.starts) {
      const button = root.createElement("button");
      Object.assign(button, { type: "button", className: "button", textContent: start.label });
      button.addEventListener("click", () => void asks.ask(link, start.at));
      buttons.append(button);
    }
    said.replaceChildren(line, buttons);
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
