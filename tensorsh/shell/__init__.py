"""The interactive shell, in small parts: input and output are handed to each, so that tests need no terminal.

app.py        composes the parts; one entry's way from the reader to its result
prompt.py     reads one entry: a prompt with editing, or plain lines where there is no capable terminal
keys.py       what the keys do, in terms of editing.py and paste.py
editing.py    what Enter does, and how far a line is indented: functions of text
paste.py      a pasted text without the prompts that it was copied with
evaluate.py   runs an entry so that Ctrl-C always comes back at once
commands.py   the table of `:commands`
history.py    the file of earlier entries
screen.py     what is known of the streams that are written to
"""
