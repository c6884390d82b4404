/** On a board the arrow keys go from cell to cell, and a cell opens the menu of what can be done with it, loaded when it is
 * wanted. Without script a cell is a link to its session, and the choices above have a button. */
export function board(root: Document): void {
  const menu = root.getElementById("cell-menu");
  if (menu) opens(root, menu);
  const table = root.querySelector<HTMLTableElement>("table.board");
  if (table) walks(root, table);
  picks(root);
  const form = root.querySelector<HTMLFormElement>("form[data-at-once]");
  form?.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) form.requestSubmit();
  });
}

function opens(root: Document, menu: HTMLElement): void {
  let opener: HTMLElement | null = null;
  for (const one of root.querySelectorAll<HTMLElement>("[data-actions]")) {
    one.setAttribute("role", "button");
    one.setAttribute("aria-haspopup", "dialog");
    one.setAttribute("aria-expanded", "false");
  }
  menu.setAttribute("role", "dialog");
  root.addEventListener("click", (event) => {
    const from = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-actions]") : null;
    if (!from || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void show(from);
  });
  root.addEventListener("keydown", (event) => {
    const on = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-actions]") : null;
    if (!on || event.key !== " ") return;
    event.preventDefault();
    void show(on);
  });
  menu.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState === "open" || !opener) return;
    opener.setAttribute("aria-expanded", "false");
    opener.style.removeProperty("anchor-name");
    if (menu.contains(root.activeElement) || root.activeElement === root.body) opener.focus();
    opener = null;
  });

  async function show(from: HTMLElement): Promise<void> {
    const back = encodeURIComponent(location.pathname + location.search);
    let part = "";
    try {
      const answer = await fetch(`${from.dataset["actions"]}?back=${back}`, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(`${answer.status}`);
      part = await answer.text();
    } catch {
      location.assign(from.getAttribute("href") ?? "");
      return;
    }
    if (menu.matches(":popover-open")) menu.hidePopover();
    menu.replaceChildren(...new DOMParser().parseFromString(part, "text/html").body.childNodes);
    menu.setAttribute("aria-label", menu.querySelector("header strong")?.textContent ?? "");
    opener = from;
    from.style.setProperty("anchor-name", "--cell");
    from.setAttribute("aria-expanded", "true");
    menu.showPopover();
    menu.querySelector<HTMLElement>("a, button:not(:disabled)")?.focus();
  }

  // In the menu the arrow keys go up and down.
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = Array.from(menu.querySelectorAll<HTMLElement>("a, button:not(:disabled)"));
    const here = items.indexOf(root.activeElement as HTMLElement);
    items.at((here + (event.key === "ArrowDown" ? 1 : -1)) % items.length)?.focus();
    event.preventDefault();
  });
}

/** One cell of the board is in the order of Tab; the arrow keys, Home and End choose which. */
function walks(root: Document, table: HTMLTableElement): void {
  const cells = Array.from(table.querySelectorAll<HTMLElement>("a.cell"));
  cells.forEach((cell, at) => (cell.tabIndex = at ? -1 : 0));
  root.querySelector(".board-foot .keys")?.removeAttribute("hidden");
  table.addEventListener("focusin", (event) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("a.cell") : null;
    if (!cell) return;
    for (const other of table.querySelectorAll<HTMLElement>('a.cell[tabindex="0"]')) other.tabIndex = -1;
    cell.tabIndex = 0;
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("a.cell") : null;
    const to = cell && !event.altKey && !event.ctrlKey && !event.metaKey ? next(cell, event.key) : null;
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

function next(from: HTMLElement, key: string): HTMLElement | null {
  const place = from.closest("td");
  const row = place?.parentElement;
  if (!place || !(row instanceof HTMLTableRowElement)) return null;
  const inRow = Array.from(row.querySelectorAll<HTMLElement>("a.cell"));
  const here = inRow.indexOf(from);
  const across = (step: "nextElementSibling" | "previousElementSibling") => {
    for (let other = row[step]; other; other = other[step]) {
      const cell = (other as HTMLTableRowElement).cells[place.cellIndex]?.querySelector<HTMLElement>("a.cell");
      if (cell) return cell;
    }
    return null;
  };
  if (key === "ArrowRight") return inRow[here + 1] ?? null;
  if (key === "ArrowLeft") return here > 0 ? (inRow[here - 1] ?? null) : null;
  if (key === "ArrowDown") return across("nextElementSibling");
  if (key === "ArrowUp") return across("previousElementSibling");
  if (key === "Home") return inRow[0] ?? null;
  if (key === "End") return inRow.at(-1) ?? null;
  return null;
}

/** All at once, and how many. */
function picks(root: Document): void {
  const all = root.querySelector<HTMLElement>("[data-pick-all]");
  const box = all?.querySelector("input");
  const bar = root.querySelector<HTMLElement>("form.remind-bar");
  if (!all || !box || !bar) return;
  all.hidden = false;
  bar.querySelector("[data-count-word]")?.removeAttribute("hidden");
  const picked = Array.from(root.querySelectorAll<HTMLInputElement>('.board input[name="who"]'));
  const count = () => {
    const chosen = picked.filter((one) => one.checked).length;
    box.checked = chosen === picked.length;
    box.indeterminate = chosen > 0 && chosen < picked.length;
    const shown = bar.querySelector("[data-count]");
    if (shown) shown.textContent = `${chosen}`;
  };
  box.addEventListener("change", () => {
    for (const one of picked) one.checked = box.checked;
    count();
  });
  root.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.name === "who") count();
  });
  count();
}
