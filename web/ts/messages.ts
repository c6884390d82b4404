/** What stands on the page and is looked at has been read: says so, and takes it off the number in the bar. */
export function seen(root: Document): void {
  const form = root.querySelector<HTMLFormElement>("form[data-seen]");
  if (!form) return;
  const tell = async () => {
    if (root.visibilityState !== "visible") return;
    root.removeEventListener("visibilitychange", tell);
    const body = new URLSearchParams(Array.from(new FormData(form), ([name, value]) => [name, String(value)]));
    // A redirect that is not followed is the yes.
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (answer?.type !== "opaqueredirect") return;
    form.hidden = true;
    const number = root.querySelector<HTMLElement>('.top-nav a[href="/messages"] .unread-count');
    const left = Number(number?.dataset["count"]) - Number(form.dataset["seen"]);
    if (number && left <= 0) number.remove();
  };
  root.addEventListener("visibilitychange", tell);
  void tell();
}

/** What is typed into a `<form data-draft>` outlives the page, in this tab, until it is sent. */
export function drafts(root: Document): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    const text = form.querySelector("textarea");
    if (!text) continue;
    const key = `draft ${new URL(form.action).pathname}`;
    if (!text.value) text.value = sessionStorage.getItem(key) ?? "";
    text.addEventListener("input", () => sessionStorage.setItem(key, text.value));
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  }
}
