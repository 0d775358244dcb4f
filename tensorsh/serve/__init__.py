"""tensorsh for other programs: requests and answers, one JSON object a line.

protocol.py     what a request may say, and values as data: functions of text
worker.py       one session in a process of its own, which answers its requests
server.py       the loop that waits for all clients and workers at once
client.py       one client, its worker, and what is open between them; ends a worker that does not come back
descriptors.py  reading, writing and processes, without waiting
listening.py    the Unix socket: made so that only its user can reach it

The server never runs or reads a program: whatever one does, it can harm its own session only.
"""
