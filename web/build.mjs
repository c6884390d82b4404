// Builds what the browser gets into dist/: hashed names, brotli beside them, and manifest.json {logical: hashed}.
// Nothing in dist/ is committed; crates/web embeds it.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "dist");
const packages = join(here, "node_modules");

/** Compressed bytes that a page may cost (docs: ui.md, "Manners"). A build over budget fails. */
const BUDGET_BROTLI_BYTES = { "app.css": 25_000, "app.js": 20_000, "public.css": 7_000, "public.js": 4_000, "embed.js": 1_000 };

/** Formats that are compressed already. */
const PACKED = new Set([".woff2", ".png"]);

const FONTS = {
  "figtree-latin": "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
  "figtree-latin-ext": "@fontsource-variable/figtree/files/figtree-latin-ext-wght-normal.woff2",
  "brygada-latin": "@fontsource-variable/brygada-1918/files/brygada-1918-latin-wght-normal.woff2",
  "brygada-latin-ext": "@fontsource-variable/brygada-1918/files/brygada-1918-latin-ext-wght-normal.woff2",
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const manifest = {};

function emit(logical, content) {
  const bytes = Buffer.from(content);
  const extension = extname(logical);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const name = `${logical.slice(0, -extension.length)}.${hash}${extension}`;
  writeFileSync(join(dist, name), bytes);
  let sent = bytes.length;
  if (!PACKED.has(extension)) {
    const packed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    writeFileSync(join(dist, `${name}.br`), packed);
    sent = packed.length;
  }
  manifest[logical] = name;
  console.log(`${String(sent).padStart(7)} B  ${name}`);
  const budget = BUDGET_BROTLI_BYTES[logical];
  if (budget && sent > budget) throw new Error(`${logical} is ${sent} bytes compressed; its budget is ${budget}`);
  return `/assets/${name}`;
}

/** One sprite of the icons in icons/list.json: our name → Lucide's. Stroke and size come from css/components/icon.css. */
function sprite() {
  const names = JSON.parse(readFileSync(join(here, "icons/list.json"), "utf8"));
  const symbols = Object.entries(names).map(([ours, theirs]) => {
    const drawing = readFileSync(join(packages, "lucide-static/icons", `${theirs}.svg`), "utf8");
    const inside = drawing.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
    return `<symbol id="i-${ours}" viewBox="0 0 24 24">${inside}</symbol>`;
  });
  const mark = readFileSync(join(here, "icons/mark.svg"), "utf8").match(/<path[^>]*\/>/)[0];
  symbols.push(`<symbol id="i-mark" viewBox="0 0 24 24">${mark}</symbol>`);
  return `<svg xmlns="http://www.w3.org/2000/svg"><!-- Icons: Lucide (ISC). Mark: ours. -->\n${symbols.join("\n")}\n</svg>\n`;
}

async function bundle(entry, options) {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
  return result.outputFiles[0].contents;
}

const fontAddresses = new Map();
for (const [name, path] of Object.entries(FONTS)) {
  fontAddresses.set(`font:${name}`, emit(`${name}.woff2`, readFileSync(join(packages, path))));
}
const fonts = {
  name: "fonts",
  setup(esbuild) {
    esbuild.onResolve({ filter: /^font:/ }, ({ path }) => ({ path: fontAddresses.get(path), external: true }));
  },
};

emit("app.css", await bundle("css/app.css", { plugins: [fonts] }));
emit("public.css", await bundle("css/public.css", { plugins: [fonts] }));
emit("app.js", await bundle("ts/app.ts", { format: "iife", target: "es2022" }));
emit("public.js", await bundle("ts/public.ts", { format: "iife", target: "es2022" }));
emit("embed.js", await bundle("ts/embed.ts", { format: "iife", target: "es2022" }));
emit("icons.svg", sprite());
const mark = emit("mark.svg", readFileSync(join(here, "icons/mark.svg")));
emit(
  "app.webmanifest",
  JSON.stringify({
    name: "Cairn",
    short_name: "Cairn",
    start_url: "/",
    display: "standalone",
    background_color: "#f8f6f2",
    theme_color: "#f8f6f2",
    icons: [{ src: mark, sizes: "any", type: "image/svg+xml" }],
  }),
);
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
