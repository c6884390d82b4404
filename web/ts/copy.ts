/** How long a button says that it has copied. */
const SAID_MILLISECONDS = 2_000;

/** `<button data-copy="id">` copies the text of a field. Without script it stays hidden: the field can be selected. */
export function copies(root: Document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const field = root.getElementById(button.dataset["copy"] ?? "");
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => void copy(button, field));
  }
}

async function copy(button: HTMLButtonElement, field: HTMLInputElement | HTMLTextAreaElement): Promise<void> {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return; // The text stands selected, to be copied by hand.
  }
  const words = button.querySelector("span");
  if (!words || button.dataset["said"]) return;
  const before = words.textContent;
  button.dataset["said"] = "yes";
  words.textContent = button.dataset["copied"] ?? before;
  setTimeout(() => {
    words.textContent = before;
    delete button.dataset["said"];
  }, SAID_MILLISECONDS);
}
