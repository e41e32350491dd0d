"""A service on a WebSocket with nothing but Python's standard library: answers 'greet' with 'greeted'."""

import base64
import hashlib
import json
import os
import socket
import struct

port = int(os.environ["EXOCOM_PORT"])
connection = socket.create_connection(("127.0.0.1", port))
stream = connection.makefile("rb")
key = base64.b64encode(os.urandom(16)).decode()
connection.sendall(
    (
        f"GET /services HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
)
status = stream.readline()
headers = dict(line.lower().split(": ", 1) for line in iter(lambda: stream.readline().decode().strip(), ""))
accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
assert b" 101 " in status and headers["sec-websocket-accept"] == accept.lower(), status


def send(message, opcode=1):
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    mask = os.urandom(4)
    size = len(data)
    length = bytes([0x80 | size]) if size < 126 else struct.pack("!BH", 0xFE, size)
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
    connection.sendall(bytes([0x80 | opcode]) + length + mask + masked)


def receive():
    first, second = stream.read(2)
    size = second & 0x7F
    if size == 126:
        (size,) = struct.unpack("!H", stream.read(2))
    return first & 0x0F, stream.read(size)


role = os.environ["ROLE"]
send({"name": "exocom.register-service", "sender": role, "id": ""})
while True:
    opcode, data = receive()
    if opcode == 9:
        send(data, opcode=10)
        continue
    message = json.loads(data)
    if message["name"] == "greet":
        text = f"Hello {message['payload']['name']}"
        send({"name": "greeted", "sender": role, "activityId": message["activityId"], "payload": {"text": text}})
