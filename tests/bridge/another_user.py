"""A program that becomes another user and says hello at a bridge's socket."""

from __future__ import annotations

FOREIGN = """
import os, socket, sys
os.setgroups([int(group) for group in sys.argv[2].split(",") if group])
os.setgid(65534)
os.setuid(65534)
with socket.socket(socket.AF_UNIX) as s:
    s.connect(sys.argv[1])
    s.sendall(bytes.fromhex("0000000d92019291 01a7636f6e736f6c65"))
    sys.stdout.buffer.write(s.recv(65536))
"""
