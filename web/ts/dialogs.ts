/** `<button data-opens="id">` opens a dialog as a modal. Without script the same button is a link or a form to a page. */
export function dialogs(root: Document): void {
  root.addEventListener("click", (event) => {
    const opener = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-opens]") : null;
    if (!opener) return;
    const dialog = root.getElementById(opener.dataset["opens"] ?? "");
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    dialog.showModal();
  });
}

/** A link to a place of the same page closes the menu that it stands in, so that the place can be seen. */
export function menus(root: Document): void {
  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[popover] a[href^='#']") : null;
    link?.closest<HTMLElement>("[popover]")?.hidePopover();
  });
}
