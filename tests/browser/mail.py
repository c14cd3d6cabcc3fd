"""A real SMTP server that keeps what it is sent: one JSON object a line on standard output.

The first line is {"port": …}; each later one {"from", "to", "raw"}. Ends when standard input does.
"""

import json
import sys

from aiosmtpd.controller import Controller


def tell(what):
    print(json.dumps(what), flush=True)


class Keep:
    async def handle_DATA(self, server, session, envelope):
        raw = envelope.content.decode("utf-8", "backslashreplace")
        tell({"from": envelope.mail_from, "to": envelope.rcpt_tos, "raw": raw})
        return "250 Kept"


controller = Controller(Keep(), hostname="127.0.0.1", port=int(sys.argv[1]), ready_timeout=60)
controller.start()
tell({"port": controller.port})
sys.stdin.read()
controller.stop()
