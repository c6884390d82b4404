/**
 * The server's now, counted on from the page's arrival. Never the machine's clock: it may be wrong, and the product's
 * clock may stand elsewhere.
 */
export class ServerClock {
  readonly #atLoad: number;
  readonly #loaded: number = performance.now();

  constructor(nowAtLoad: number) {
    this.#atLoad = nowAtLoad;
  }

  /** Reads `<html data-now="milliseconds">`. */
  static of(root: Document): ServerClock | null {
    const now = Number(root.documentElement.dataset["now"]);
    return Number.isFinite(now) && now > 0 ? new ServerClock(now) : null;
  }

  now(): number {
    return this.#atLoad + (performance.now() - this.#loaded);
  }
}
