"""A real mail server for the tests.

Usage: smtpd.py FOLDER PORT [CERTIFICATE KEY USER PASSWORD]

Prints the port it listens on, then serves until its standard input ends. What it does with a message is the first
word of FOLDER/mode: accept, refuse (451), reject (550), cut (the connection, after the text) or lose (accept, and
cut before answering). Each message it takes becomes FOLDER/NNNN.eml; FOLDER/log has a line per message offered.
"""
import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, port = sys.argv[1], int(sys.argv[2])
tls, user, password = None, None, None
if len(sys.argv) > 3:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3], sys.argv[4])
    user, password = sys.argv[5].encode(), sys.argv[6].encode()


class Handler:
    taken = len([name for name in os.listdir(folder) if name.endswith(".eml")])

    async def handle_DATA(self, server, session, envelope):
        with open(os.path.join(folder, "mode")) as file:
            mode = file.read().strip()
        with open(os.path.join(folder, "log"), "a") as file:
            file.write(f"{mode} {envelope.mail_from} {','.join(envelope.rcpt_tos)}\n")
        if mode == "refuse":
            return "451 try again later, Ben"
        if mode == "reject":
            return "550 no such user <ben@example.org>"
        if mode == "cut":
            server.transport.abort()
            return "451 nobody hears this"
        self.take(envelope)
        if mode == "lose":
            server.transport.abort()
        return "250 taken"

    def take(self, envelope):
        Handler.taken += 1
        path = os.path.join(folder, f"{Handler.taken:04}.eml")
        with open(path + ".part", "wb") as file:
            file.write(envelope.original_content)
        os.rename(path + ".part", path)


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (user, password)
    return AuthResult(success=good, handled=False)


def protocol():
    if tls is None:
        return SMTP(Handler(), hostname="mail.test")
    return SMTP(
        Handler(), hostname="mail.test", tls_context=tls, require_starttls=True,
        authenticator=authenticate, auth_required=True,
    )


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
