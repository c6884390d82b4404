// Starts the built program on a free port with a data folder of its own, and ends it.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long the program may take to answer for the first time. */
const START_TIMEOUT_MS = 20_000;
/** How long it may take to end when asked to, before it is made to. */
const STOP_TIMEOUT_MS = 10_000;

const binary = process.env.CAIRN_BIN ?? "";

export class Program {
  private said = "";

  private constructor(
    private readonly process: ChildProcess,
    readonly data: string,
    readonly port: number,
  ) {
    process.stdout?.on("data", (bytes) => (this.said += String(bytes)));
    process.stderr?.on("data", (bytes) => (this.said += String(bytes)));
    process.once("exit", (code, signal) => (this.said += `\nended: ${signal ?? code}\n`));
  }

  /** `Program.start("demo")`, `Program.start("serve", "--trial")`. */
  static async start(...command: string[]): Promise<Program> {
    return Program.startWith("", ...command);
  }

  /** The same, with a settings file that says this. */
  static async startWith(settings: string, ...command: string[]): Promise<Program> {
    if (!binary) throw new Error("CAIRN_BIN must name the built program; `make test` does");
    const data = mkdtempSync(join(tmpdir(), "cairn-"));
    mkdirSync(join(data, "data"));
    if (settings) writeFileSync(join(data, "data", "cairn.toml"), settings);
    const port = await freePort();
    const place = ["--data", join(data, "data"), "--listen", `127.0.0.1:${port}`];
    const child = spawn(binary, [...command, ...place], { cwd: data, env: environment() });
    const program = new Program(child, data, port);
    await program.answers();
    return program;
  }

  /** The address as it is typed. */
  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** The address at which one person of the example has a window of their own. */
  urlOf(person: string): string {
    return `http://${person}.localhost:${this.port}`;
  }

  /** What it has printed. */
  get output(): string {
    return this.said;
  }

  /** Runs another command of the program on the same data, and tells what it printed. */
  run(...command: string[]): string {
    const place = ["--data", join(this.data, "data")];
    const done = spawnSync(binary, [...command, ...place], { cwd: this.data, env: environment(), encoding: "utf8" });
    if (done.status !== 0) throw new Error(`cairn ${command.join(" ")}: ${done.stderr}`);
    return done.stdout;
  }

  async stop(): Promise<void> {
    const isDead = this.process.exitCode !== null || this.process.signalCode !== null;
    if (isDead) throw new Error(`The program had ended by itself:\n${this.said}`);
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    const killer = setTimeout(() => this.process.kill("SIGKILL"), STOP_TIMEOUT_MS);
    this.process.kill("SIGTERM");
    await ended;
    clearTimeout(killer);
    rmSync(this.data, { recursive: true, force: true });
  }

  private async answers(): Promise<void> {
    const end = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < end) {
      if (this.process.exitCode !== null) throw new Error(`The program ended:\n${this.said}`);
      try {
        if ((await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok) return;
      } catch {
        // not yet
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.stop();
    throw new Error(`The program did not answer:\n${this.said}`);
  }
}

/** Our own environment without settings of the program, so that only the command line counts. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CAIRN_")));
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
