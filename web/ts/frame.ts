/** In a frame on somebody else's site: tells the page around it how tall this one is, so that nothing scrolls inside. */
export function frameHeight(root: Document): void {
  if (parent === window || !root.body.hasAttribute("data-embedded")) return;
  // Anybody may know how tall a public page is.
  const tell = () => parent.postMessage({ cairn: "height", height: root.documentElement.offsetHeight }, "*");
  new ResizeObserver(tell).observe(root.documentElement);
  tell();
}
