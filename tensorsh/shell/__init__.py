"""The interactive shell, in small parts: input and output are handed to each, so that tests need no terminal.

app.py          composes the parts; one entry's way from the reader to its result
loading.py      makes the session in the background while the user can already type
prompt.py       readers of one entry: the editor, or plain lines where there is no capable terminal
editor.py       the editor: prompt_toolkit's, with the parts below
keys.py         what the keys do, in terms of editing.py, pairs.py and paste.py
editing.py      what Enter and Tab do, and how far a line is indented: functions of text
pairs.py        brackets and quotes that are closed as they are opened: functions of text
paste.py        a pasted text without the prompts that it was copied with
completer.py    what Tab offers: the language's completion, and that of commands
looks.py        the colours of an entry
hints.py        the line or two below an entry
confined.py     the limits of each entry
commands.py     the table of `:commands`
history.py      the file of earlier entries
recovery.py     the entries of a session that was not left
tutor.py        the lesson of `:tutor`
settings_commands.py, recovery_commands.py  the commands of these
window.py       long results, cut to the window
"""
