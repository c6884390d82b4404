/** Toasts can be dismissed. Nothing disappears by itself: who reads slowly would lose Undo. */
export function toasts(root: Document): void {
  root.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("[data-dismiss]") : null;
    if (!target) return;
    target.closest(".toast")?.remove();
  });
}
