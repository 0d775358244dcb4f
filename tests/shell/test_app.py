"""The shell's loop: entries in, results on standard output, all else on standard error."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import pytest
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from tensorsh.session import Session
from tensorsh.settings import Settings
from tensorsh.shell.app import Shell
from tensorsh.shell.editor import Editor
from tensorsh.shell.prompt import Reader, line_reader

ALT_ENTER, CTRL_A, CTRL_C, CTRL_D, CTRL_E, BACKSPACE = "\x1b\r", "\x01", "\x03", "\x04", "\x05", "\x7f"
SHIFT_TAB, ESCAPE = "\x1b[Z", "\x1b"


def pasted(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


def reading(entries: Iterable[str]) -> Reader:
    """A reader of entries that are there already."""
    rest = iter(entries)

    def read() -> str:
        for entry in rest:
            return entry
        raise EOFError

    return read


@pytest.fixture
def run(session: Session, capsys: pytest.CaptureFixture[str]):
    """Enter texts into a shell; return what is on standard output, and on standard error."""

    def run(*entries: str) -> tuple[str, str]:
        assert Shell(lambda: session, reading(entries)).run() == 0
        done = capsys.readouterr()
        return done.out, done.err

    return run


@pytest.fixture
def typed() -> Iterator:
    """Type keys into the editor; return the entries that it reads, "^C" for each that was dropped."""
    with create_pipe_input() as pipe:

        def typed(keys: str, **settings: bool) -> list[str]:
            pipe.send_text(keys + CTRL_D)
            chosen = Settings(**settings)
            read = Editor(InMemoryHistory(), dict, chosen, input=pipe, output=DummyOutput())
            entries = []
            while True:
                try:
                    entries.append(read())
                except KeyboardInterrupt:
                    entries.append("^C")
                except EOFError:
                    return entries

        yield typed


def test_results_are_echoed(run) -> None:
    assert run("x = 2", "x * 3", "_ + 1") == ("6\n7\n", "")


def test_blank_entries_do_nothing(run) -> None:
    assert run("", "  \n ", "# a comment") == ("", "")


def test_an_error_names_the_entry_and_the_shell_goes_on(run) -> None:
    out, err = run("x = 1", "y = nonsense", "x")
    assert out == "1\n"
    assert err.startswith("error[NameError]: name 'nonsense' is not defined\n  --> In[2]:1:5\n")


def test_a_statement_that_fails_binds_nothing(run, session: Session) -> None:
    run("x = 1", "for i in range(3): x = 5; 1 / 0")
    assert session.visible_names() == {"x": 1}


def test_statements_of_one_entry_run_up_to_the_first_that_fails(run) -> None:
    out, err = run("1\n1 / 0\n2")
    assert out == "1\n"
    assert "ZeroDivisionError" in err and "In[1]:2:1" in err


def test_a_syntax_error_is_shown_in_place(run) -> None:
    out, err = run("1 +* 2")
    assert out == "" and err.startswith("error[SyntaxError]") and "In[1]:1:4" in err


def test_no_entry_is_a_traceback(run) -> None:
    _, err = run("raise ValueError('no')", "def f(): f()", "f()", "'a' + 1", "assert 1 > 2")
    assert err.count("error[") == 4 and "Traceback" not in err


def test_commands_run(run) -> None:
    out, err = run("x = 1", ":vars", ":nope")
    assert out == "x  int  1\n"
    assert err == "error: there is no command :nope; :help lists them\n"


@pytest.mark.parametrize("goodbye", [":quit", "exit", "quit()"])
def test_goodbyes(run, goodbye: str) -> None:
    assert run(goodbye, "1") == ("", "")


def test_a_goodbye_that_is_a_name_of_ones_own_is_no_goodbye(run) -> None:
    assert run("quit = 3", "quit") == ("3\n", "")


def test_the_editor_reads_entry_by_entry(typed) -> None:
    assert typed("1 + 1\rx\r") == ["1 + 1", "x"]


def test_the_editor_indents_a_block_and_a_blank_line_ends_it(typed) -> None:
    assert typed("for i in y:\rprint(i)\r\rx\r") == ["for i in y:\n    print(i)", "x"]


def test_backspace_leaves_a_block(typed) -> None:
    assert typed(f"if a:\rb\r{BACKSPACE}else:\rc\r\r") == ["if a:\n    b\nelse:\n    c"]


def test_brackets_continue_under_their_contents(typed) -> None:
    assert typed("zeros(2,\r3)\r") == ["zeros(2,\n      3)"]


def test_alt_enter_adds_a_line(typed) -> None:
    assert typed(f"x = 1{ALT_ENTER}x\r") == ["x = 1\nx"]


def test_tab_indents(typed) -> None:
    assert typed(f"x = 1{ALT_ENTER}\t\ty\r") == ["x = 1\n        y"]


def test_interrupt_drops_the_line_and_never_leaves(typed) -> None:
    assert typed(f"zeros({CTRL_C}{CTRL_C}1\r") == ["^C", "^C", "1"]


def test_brackets_and_quotes_are_closed_and_typed_over(typed) -> None:
    assert typed("f([1, 'a\r") == ["f([1, 'a'])"]
    assert typed("f([1, 'a'])\r") == ["f([1, 'a'])"]
    assert typed(f"f({BACKSPACE}\r") == ["f"]
    assert typed("def f(x):\rreturn g(x\r\r") == ["def f(x):\n    return g(x)"]
    assert typed(f"f(\r{CTRL_C}", pairs=False) == ["^C"]  # not complete: nothing was closed


def test_tab_reindents_a_line_and_shift_tab_takes_a_step_back(typed) -> None:
    assert typed(f"if a:\rb\relse:{CTRL_A}\t{CTRL_E}\rc\r\r") == ["if a:\n    b\nelse:\n    c"]
    assert typed(f"if a:\rb\rc{SHIFT_TAB}\r") == ["if a:\n    b\nc"]


def test_vi_keys(typed) -> None:
    assert typed(f"1 + 1{ESCAPE}0x\r", vi=True) == [" + 1"]


def test_a_question_mark_asks_for_help(run) -> None:
    out, err = run("square?", "?nonsense")
    assert out.startswith("square(x, name=None)") and "name 'nonsense' is not defined" in err


def test_an_entry_that_is_kept_out_of_the_history_runs(run) -> None:
    assert run(" 1 + 1") == ("2\n", "")


def test_pasted_text_is_one_entry_without_prompts(typed) -> None:
    assert typed(pasted(">>> x = 1\n>>> x\n1\n") + "\r") == ["x = 1\nx"]


def test_a_pasted_block_runs_at_the_first_enter(typed) -> None:
    block = "for i in y:\n    a\n\n    b\n"
    assert typed(pasted(block) + "\r") == [block.rstrip()]


def test_plain_lines_are_read_where_nothing_can_be_edited() -> None:
    screen = io.StringIO()
    read = line_reader(io.StringIO("1 + 1\nfor i in y:\n    i\n\nf(\n"), screen)
    assert [read(), read(), read()] == ["1 + 1", "for i in y:\n    i\n", "f("]
    with pytest.raises(EOFError):
        read()
    assert screen.getvalue() == "tsh> tsh>  ...  ... tsh>  ... tsh> "
