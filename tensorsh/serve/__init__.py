"""tensorsh for other programs: requests and answers, one JSON object a line.

protocol.py   what a request may say, and values as data: functions of text
worker.py     one session in a process of its own, which answers its requests
server.py     who talks to which worker; ends a worker that does not come back
listening.py  the Unix socket: made so that only its user can reach it

The server never runs or reads a program: whatever one does, it can harm its own session only.
"""
