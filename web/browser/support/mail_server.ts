// A mail server that takes what it is given, or refuses it for good.
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";

export class MailServer {
  /** Whether every reader is unknown here. */
  refuses = false;
  /** To whom mails were taken. */
  readonly taken: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MailServer> {
    const server = createServer((socket) => mail.talk(socket));
    const mail = new MailServer(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return mail;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
  }

  private talk(socket: Socket): void {
    let reader = "";
    let isData = false;
    let rest = "";
    const say = (line: string) => socket.write(`${line}\r\n`);
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      const lines = (rest + String(bytes)).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (isData) {
          if (line !== ".") continue;
          isData = false;
          this.taken.push(reader);
          say("250 taken");
        } else if (/^EHLO|^HELO/i.test(line)) say("250 mail.example");
        else if (/^RCPT/i.test(line)) {
          reader = /<(.*)>/.exec(line)?.[1] ?? "";
          say(this.refuses ? "550 5.1.1 nobody of that name" : "250 fine");
        } else if (/^DATA/i.test(line)) {
          isData = true;
          say("354 go on");
        } else if (/^QUIT/i.test(line)) {
          say("221 bye");
          socket.end();
        } else say("250 fine");
      }
    });
    say("220 mail.example");
  }
}
