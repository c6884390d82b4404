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
