"""A real mail server for one test: takes mail by STARTTLS, for whoever signs in, into a Maildir.

mailserver.py FOLDER CERTIFICATES: writes its port to FOLDER/port, and what it takes to FOLDER/mail.
"""

import asyncio
import os
import socket
import ssl
import sys

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult


def main():
    folder, certificates = sys.argv[1:]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(os.path.join(certificates, "here.pem"), os.path.join(certificates, "here.key"))
    mailbox = Mailbox(os.path.join(folder, "mail"))

    def sign_in(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (b"ada", b"pass word")
        return AuthResult(success=good)

    def talk():
        return SMTP(
            mailbox,
            tls_context=context,
            require_starttls=True,
            authenticator=sign_in,
            auth_required=True,
        )

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    listener = socket.create_server(("127.0.0.1", 0))
    loop.run_until_complete(loop.create_server(talk, sock=listener))
    port = os.path.join(folder, "port")
    with open(port + ".part", "w", encoding="ascii") as file:
        file.write(str(listener.getsockname()[1]))
    os.rename(port + ".part", port)
    loop.run_forever()


main()
