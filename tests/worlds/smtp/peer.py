"""An SMTP server (aiosmtpd) that reads every letter strictly and does what the test tells it.

Arguments: "plain", "starttls" or "tls", then the certificate and the key; user and password are "papers" and "correct-horse".
Standard input: "fault POINT WORDS…" for the next conversation, "sync", "check NUMBER-OF-BYTES" followed by HTML.
Standard output: one JSON object in each line; "ok" ends the answer to a line of input.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys
import threading

import html5lib
from aiosmtpd.smtp import SMTP, AuthResult

STRICT = email.policy.SMTP.clone(raise_on_defect=True)
faults = []


def say(**row):
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def html_errors(html):
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    return [f"{place}: {code} {data}" for place, code, data in parser.errors]


def read(raw):
    """What a mail program reads, and everything that is against the rules."""
    problems = []
    if not raw.isascii():
        problems.append("bytes beyond ASCII")
    lines = raw.split(b"\r\n")
    problems += [f"line {n} has {len(line)} bytes" for n, line in enumerate(lines, 1) if len(line) > 998]
    problems += [f"line {n} has a bare CR or LF" for n, line in enumerate(lines, 1) if b"\n" in line or b"\r" in line]
    letter = email.message_from_bytes(raw, policy=STRICT)
    problems += [f"{name}: {defect}" for name, value in letter.items() for defect in getattr(value, "defects", [])]
    names = [name.lower() for name in letter.keys()]
    problems += [f"{name} stands twice" for name in set(names) if names.count(name) > 1]
    parts = [part for part in letter.walk() if not part.is_multipart()]
    for part in parts:
        problems += [f"{part.get_content_type()}: {defect}" for defect in part.defects]
    body = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in parts}
    if "text/html" in body:
        problems += html_errors(body["text/html"])
    return {
        "headers": {name: str(value) for name, value in letter.items()},
        "type": letter.get_content_type(),
        "text": body.get("text/plain"),
        "html": body.get("text/html"),
        "problems": problems,
    }


class Handler:
    def __init__(self):
        self.fault = None
        self.user = None

    def meets(self, point):
        if self.fault and self.fault[0] == point:
            words, self.fault = self.fault[1], None
            return words
        return None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        if self.fault is None and faults:
            self.fault = faults.pop(0)
        session.host_name = hostname
        words = self.meets("ehlo")
        return [words] if words else responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        words = self.meets("mail")
        if not words:
            envelope.mail_from = address
        return words or "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        words = self.meets("rcpt")
        if not words:
            envelope.rcpt_tos.append(address)
        return (words or "250 2.1.5 OK").replace("ADDRESS", address)

    async def handle_DATA(self, server, session, envelope):
        words = self.meets("data")
        if words:
            return words
        encrypted = session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None
        row = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": encrypted, "user": self.user}
        say(letter={**row, "raw": envelope.original_content.decode("latin-1"), **read(envelope.original_content)})
        if self.meets("drop"):
            server.transport.abort()
        if self.meets("silence"):
            await asyncio.sleep(3600)
        return "250 2.0.0 taken"

    def authenticate(self, server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (b"papers", b"correct-horse")
        self.user = data.login.decode() if right else None
        return AuthResult(success=right, handled=False)


async def main(way, certificate, key):
    context = None
    if way != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

    def conversation():
        handler = Handler()
        starttls = {"tls_context": context, "require_starttls": True} if way == "starttls" else {}
        signed = way != "plain"
        return SMTP(
            handler,
            hostname="peer.example.org",
            authenticator=handler.authenticate,
            auth_required=signed,
            auth_require_tls=way == "starttls",
            loop=asyncio.get_running_loop(),
            **starttls,
        )

    listening = await asyncio.get_running_loop().create_server(
        conversation, "127.0.0.1", 0, ssl=context if way == "tls" else None
    )
    say(port=listening.sockets[0].getsockname()[1])
    threading.Thread(target=obey, args=(asyncio.get_running_loop(),), daemon=True).start()
    await listening.serve_forever()


def obey(loop):
    for line in sys.stdin.buffer:
        verb, _, rest = line.decode().rstrip("\n").partition(" ")
        if verb == "fault":
            point, _, words = rest.partition(" ")
            faults.append((point, words or "yes"))
        elif verb == "check":
            say(html=html_errors(sys.stdin.buffer.read(int(rest)).decode()))
        say(ok=True)
    loop.call_soon_threadsafe(sys.exit)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
