/** Tells the program once where a person's device is, while nobody has said it. */
export function tellZone(root: Document): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || !root.documentElement.hasAttribute("data-tell-zone")) return;
  void fetch("/profile/zone", { method: "POST", body: new URLSearchParams({ zone }), redirect: "manual" });
}

/** Picks the reader's own zone in a `<select data-detect-zone>` whose value nobody has chosen yet. */
export function detectZone(root: Document): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  for (const select of root.querySelectorAll<HTMLSelectElement>("select[data-detect-zone]")) {
    const known = Array.from(select.options).some((option) => option.value === zone);
    if (known) select.value = zone;
  }
  for (const note of root.querySelectorAll<HTMLElement>("[data-zone-differs]")) {
    const differs = note.dataset["zoneDiffers"] !== zone;
    note.hidden = !differs;
    for (const name of note.querySelectorAll("[data-zone-name]")) name.textContent = zone.replaceAll("_", " ");
    for (const input of note.querySelectorAll<HTMLInputElement>("input[data-zone-value]")) input.value = zone;
  }
}

/** Where the times stand in a zone that is only a guess, the page is asked for once more with the browser's own. */
export function betterZone(root: Document): void {
  const guess = root.querySelector<HTMLElement>("[data-zone-guess]")?.dataset["zoneGuess"];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!guess || !zone || guess === zone) return;
  const here = new URL(location.href);
  if (here.searchParams.has("zone")) return;
  here.searchParams.set("zone", zone);
  location.replace(here);
}
