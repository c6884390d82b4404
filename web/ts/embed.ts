/**
 * For other sites: `<script src="https://HERE/embed.js" data-coach="SLUG" async></script>` becomes a frame with the
 * coach's booking page. Needs nothing of ours and nothing from the site around it.
 */
const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  const home = new URL(script.src).origin;
  const { coach = "", offering = "", title = "" } = script.dataset;
  const frame = document.createElement("iframe");
  const address = new URL(`/coaches/${encodeURIComponent(coach)}`, home);
  address.searchParams.set("embed", "1");
  if (offering) address.searchParams.set("offering", offering);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) address.searchParams.set("zone", zone);
  frame.src = address.href;
  frame.title = title || "Book a time";
  frame.style.cssText = "inline-size:100%;block-size:60rem;border:0";
  script.after(frame);
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== home) return;
    const { cairn, height } = Object(event.data);
    if (cairn === "height" && height > 0) frame.style.blockSize = `${Math.ceil(height)}px`;
  });
}
