/** Follows the links of `[data-picker]` without leaving the page: the same address is fetched, and its picker replaces
 * this one. Without scripts, or when anything is unexpected, the link is simply followed. */
export function picker(root: Document): void {
  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("[data-picker] a[href]") : null;
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.target || link.origin !== location.origin || link.pathname !== location.pathname) return;
    event.preventDefault();
    void follow(root, link.href, true);
  });
  addEventListener("popstate", () => {
    if (root.querySelector("[data-picker]")) void follow(root, location.href, false);
  });
}

/** How many links were followed: what comes late for one that was left behind is nothing any more. */
let followed = 0;

async function follow(root: Document, href: string, isNew: boolean): Promise<void> {
  const mine = ++followed;
  try {
    const answer = await fetch(href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [now, next] = [root.querySelector("[data-picker]"), page.querySelector("[data-picker]")];
    if (mine !== followed) return;
    if (!answer.ok || !now || !next) throw new Error("another page");
    for (const [name, value] of collect(root)) typed.set(name, value);
    if (isNew) history.pushState(null, "", href);
    now.replaceWith(next);
    restore(next);
    const target = root.getElementById(new URL(href).hash.slice(1));
    target?.scrollIntoView({ block: target.id === "details" ? "start" : "nearest" });
    const chosen = next.querySelector<HTMLElement>(`${target ? `#${target.id} ` : ""}[aria-current]`);
    (target?.querySelector<HTMLElement>("input:not([type=hidden]), textarea") ?? chosen)?.focus({ preventScroll: true });
  } catch {
    if (mine === followed) location.assign(href);
  }
}

/** What was typed under a time stays when another time is chosen, or another offering. */
const typed = new Map<string, string>();

function collect(root: ParentNode): [string, string][] {
  const inputs = root.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
    "[data-keep] :is(input:not([type=hidden]):not([type=checkbox]), textarea)",
  );
  return Array.from(inputs, (input) => [input.name, input.value]);
}

function restore(next: ParentNode): void {
  for (const [name, value] of typed) {
    const input = next.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[data-keep] [name="${CSS.escape(name)}"]`);
    if (input && value && !input.value) input.value = value;
  }
}
