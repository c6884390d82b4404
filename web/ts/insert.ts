/** How long nothing is typed before the preview follows. */
const PAUSE_MILLISECONDS = 600;

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * The editor of a mail rule. `<button data-inserts="text">` puts a value where one writes, and the preview follows what is
 * typed. Without script the values are copied by hand, and the preview has its button.
 */
export function inserts(root: Document): void {
  const form = root.querySelector<HTMLFormElement>("form.editor");
  if (!form) return;
  const isText = (field: EventTarget | null): field is Field =>
    field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.name.startsWith("subject"));
  let last: Field | null = form.querySelector("textarea");
  let waits = 0;
  const follow = (): void => {
    clearTimeout(waits);
    waits = window.setTimeout(
      () => form.querySelector<HTMLButtonElement>("button[hx-post]")?.click(),
      PAUSE_MILLISECONDS,
    );
  };
  form.addEventListener("focusin", (event) => {
    if (isText(event.target)) last = event.target;
  });
  form.addEventListener("input", follow);
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("button[data-inserts]") : null;
    if (!button || !last) return;
    const [from, to] = [last.selectionStart ?? last.value.length, last.selectionEnd ?? last.value.length];
    last.setRangeText(button.dataset["inserts"] ?? "", from, to, "end");
    last.focus();
    follow();
  });
}
