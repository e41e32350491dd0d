"""Answers `greet` with `greeted`: a whole service on the standard library. Python 3.8 or newer."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def greet(payload):
    text = "Hello, " + payload["name"] + "!"
    return {"name": "greeted", "payload": {"text": text, "language": "python"}}


# What this service receives: from payload to reply.
HANDLERS = {"/run/greet": greet}


class Deliveries(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # the sidecar keeps its connections open
    wbufsize = -1  # head and body of an answer leave together

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path not in HANDLERS:
            return self.answer(404, {"error": "unknown message"})
        try:
            reply = HANDLERS[self.path](json.loads(body)["payload"])
        except (KeyError, TypeError):
            return self.answer(400, {"error": 'the payload has to be like {"name": "Ada"}'})
        self.answer(200, {"reply": reply})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass  # the sidecar's log and metrics tell of every delivery


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with ThreadingHTTPServer(("127.0.0.1", int(os.environ["EXORELAY_PORT"])), Deliveries) as server:
    print("greeter online", flush=True)
    server.serve_forever()
