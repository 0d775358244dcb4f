"""What a client asks and is told, over a socket; and that none of it harms another client."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.serve.talking import COMMAND, ROOT, Served, Talking


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("serve"), "--max-output", "64k", "--max-memory", "512M") as served:
        yield served


@pytest.fixture
def client(server: Served) -> Iterator[Talking]:
    with server.client() as talking:
        yield talking


def npy(array: np.ndarray) -> dict[str, str]:
    file = io.BytesIO()
    np.save(file, array)
    return {"npy": base64.b64encode(file.getvalue()).decode()}


def test_a_program_has_output_and_results(client: Talking) -> None:
    answer = client.ask("evaluate", text="x = constant([1., 2.])\nprint('é')\nx * 2\n3; None")
    assert answer == {
        "id": 1,
        "ok": True,
        "output": "é\n",
        "results": [
            {
                "text": "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>",
                "kind": "tensor",
                "dtype": "float32",
                "shape": [2],
                "values": [2.0, 4.0],
            },
            {"text": "3", "kind": "int", "value": 3},
        ],
    }
    assert client.value("x[0]") == 1.0  # names stay


@pytest.mark.parametrize(
    ("given", "expected"),
    [([1, 2], "<tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>"),
     (2.5, "<tf.Tensor: shape=(), dtype=float32, numpy=2.5>"),
     ("text", "'text'"), (None, "None"), ({"a": "b"}, "{'a': 'b'}"),
     (npy(np.arange(3.0)), "<tf.Tensor: shape=(3,), dtype=float64, numpy=array([0., 1., 2.])>")],
)  # fmt: skip
def test_bindings(client: Talking, given: Any, expected: str) -> None:
    client.ask("evaluate", text="1", bind={"v": given})
    assert client.ask("evaluate", text="[v]")["results"][0]["text"] == f"[{expected}]"


@pytest.mark.parametrize(
    "bind",
    [{"__builtins__": 1}, {"a b": 1}, {"_x": 1}, {"if": 1}, {"super": 1}, {"x": {"npy": "***"}}, {"x": {"npy": "AAAA"}},
     {"x": {"npy": 3}}, {"x": npy(np.array([1, None], object))}],
)  # fmt: skip
def test_bindings_that_cannot_be(client: Talking, bind: dict[str, Any]) -> None:
    assert not client.ask("evaluate", text="1", bind=bind)["ok"]


def test_values_as_base64_and_not_at_all(client: Talking) -> None:
    answer = client.ask("evaluate", text="constant([[1.5], [2.5]])", data="base64")["results"][0]
    array = np.load(io.BytesIO(base64.b64decode(answer["npy"])))
    assert (array.dtype, array.tolist(), "values" in answer) == (np.float32, [[1.5], [2.5]], False)
    assert client.ask("evaluate", text="ones(3)", data="none")["results"][0].keys() == {
        "text",
        "kind",
        "dtype",
        "shape",
    }
    many = client.ask("evaluate", text="ones(400, 400)")["results"][0]
    assert many["shape"] == [400, 400] and "values" not in many


def test_numbers_that_json_has_not(client: Talking) -> None:
    assert client.value("constant([nan, inf, 0.1])") == ["NaN", "Infinity", 0.1]
    assert client.value("{'a': [True, None, 'x']}") == {"a": [True, None, "x"]}
    assert client.ask("evaluate", text="2**70")["results"] == [{"text": str(2**70), "kind": "int"}]


def test_text_that_is_no_utf8_and_nul_come_back_as_they_went(client: Talking) -> None:
    assert client.value("'\ud800'") == "\ud800"
    assert client.value("'a\x00b'") == "a\x00b"


def test_an_error_is_data(client: Talking) -> None:
    client.ask("evaluate", text="y = 1")
    answer = client.ask("evaluate", text="y = 2\nprint('so far')\nones(2, 3) @ ones(2, 3)")
    error = answer.pop("error")
    assert answer == {"id": 2, "ok": False}
    assert error["class"] == "InvalidArgumentError" and "inner dimensions differ" in error["message"]
    assert error["span"] == {"source": "In[2]", "line": 3, "column": 0, "end_line": 3, "end_column": 23}
    assert error["hint"].startswith("transpose one of them")
    assert error["text"].startswith("error[InvalidArgumentError]: matmul:") and error["output"] == "so far\n"
    assert client.value("y") == 2


def test_a_syntax_error_is_data(client: Talking) -> None:
    error = client.ask("evaluate", text="x = (1")["error"]
    assert (error["class"], error["message"], error["span"]["column"]) == ("SyntaxError", "'(' is never closed", 4)


def test_complete(client: Talking) -> None:
    client.ask("evaluate", text="velocity = ones(2)")
    answer = client.ask("complete", text="veloc")
    assert [offer["text"] for offer in answer["offers"]] == ["velocity"]
    answer = client.ask("complete", text="reduce_sum(x, ) + 1", cursor=14)
    assert answer["call"]["name"] == "reduce_sum" and answer["call"]["active"] == 1


def test_is_complete(client: Talking) -> None:
    for text, status in (("1 + 1", "complete"), ("def f():", "incomplete"), ("1 +) 1", "wrong")):
        assert client.ask("is_complete", text=text)["status"] == status


def test_vars_inspect_and_reset(client: Talking) -> None:
    client.ask("evaluate", text="w = Variable([1, 2]); n = 7")
    assert client.ask("vars")["vars"] == [
        {"name": "w", "kind": "tensor", "dtype": "int32", "shape": [2]},
        {"name": "n", "kind": "int"},
    ]
    looked = client.ask("inspect", name="n")
    assert (looked["text"], looked["kind"]) == ("7", "int")
    assert "reduce_sum" in client.ask("inspect", name="reduce_sum")["help"]
    assert client.ask("inspect", name="nothing_like_it")["error"]["class"] == "NameError"
    assert client.ask("reset")["ok"]
    assert client.ask("vars")["vars"] == []


MALFORMED = [
    b"nonsense\n", b"[]\n", b'"x"\n', b"{}\n", b'{"do": "fly"}\n', b'{"do": ["evaluate"]}\n', b'{"do": "evaluate"}\n',
    b'{"do": "evaluate", "text": 1}\n', b'{"do": "evaluate", "text": "1", "timeout": -1}\n', b"\xff\xfe\n",
    b'{"do": "evaluate", "text": "1", "else": 1}\n', b'{"id": {}, "do": "vars"}\n', b"[" * 100_000 + b"\n",
    b'{"do": "complete", "text": "", "cursor": true}\n', b'{"do": "evaluate", "text": "1", "data": "pickle"}\n',
]  # fmt: skip


@pytest.mark.parametrize("line", MALFORMED, ids=lambda line: repr(line[:40]))
def test_a_line_that_is_no_request_is_answered(client: Talking, line: bytes) -> None:
    client.send(line)
    assert client.hear()["error"]["class"] == "BadRequest"
    assert client.value("1 + 1") == 2


def test_answers_come_as_they_end(client: Talking) -> None:
    slow = client.tell("evaluate", text="while True: pass", timeout=0.5)
    quick = client.tell("is_complete", text="1")
    after = client.tell("evaluate", text="1 + 1")
    assert [client.hear()["id"] for _ in range(3)] == [quick, slow, after]


def test_cancel(client: Talking) -> None:
    client.ask("evaluate", text="x = 1")
    running = client.tell("evaluate", text="x = 2\nwhile True: pass")
    waiting = client.tell("evaluate", text="x = 3")
    time.sleep(0.3)
    for wanted in (waiting, running):
        client.tell("cancel", request=wanted)
    answers = {answer["id"]: answer for answer in (client.hear() for _ in range(4))}
    assert answers[running]["error"]["class"] == answers[waiting]["error"]["class"] == "Cancelled"
    assert client.ask("cancel", request=99)["cancelled"] is False
    assert client.value("x") == 2  # what had ended before stays


def test_the_session_lives_on_after_each_limit(client: Talking) -> None:
    client.ask("evaluate", text="kept = 5")
    for text, words in (
        ("while True: pass", "the time limit of 0.3 s is over"),
        ("sum(range(10**18))", "the time limit of 0.3 s is over"),
        ("try:\n    while True: pass\nfinally:\n    while True: pass", "the time limit of 0.3 s is over"),
        ("while True: print('x' * 1000)", "the output limit of 64 KiB is reached"),
        ("class A:\n    def __repr__(self): return 'x' * 10**9\n\nA()", "there is not enough memory"),
        ("ones(30000, 30000)", "cannot be had"),
        (
            "class E(Exception):\n    def __str__(self):\n        while True: pass\n\nraise E()",
            "the time limit of 0.3 s is over",
        ),
        ("[0] * 100_000", "the output limit of 64 KiB is reached"),
        ("ones(30_000)", "the output limit of 64 KiB is reached"),  # whose text is short
        ("f = lambda: f()\nf()", "calls of <lambda> are open".replace("<lambda>", "lambda")),
        ("class A:\n    def __repr__(self):\n        while True: pass\n\nA()", "the time limit of 0.3 s is over"),
    ):
        error = client.ask("evaluate", text=text, timeout=0.3 if "time" in words else 30)["error"]
        assert words in error["message"], text
        assert client.value("kept") == 5, text


def test_c_code_that_never_returns_harms_its_own_session_only(server: Served, client: Talking) -> None:
    hang_text = "set(map(bool, range(10**18)))"
    with server.client() as other:
        client.ask("evaluate", text="mine = 6; tf.random.set_seed(1)")
        first = client.value("normal(2)")
        time.sleep(0.3)
        other.ask("evaluate", text="kept = 5")
        hang = client.tell("evaluate", text=f"mine = 7; {hang_text}", timeout=0.2)
        after = client.tell("evaluate", text="mine")
        began = time.monotonic()
        assert other.value("kept") == 5
        assert time.monotonic() - began < 1.0  # it waited for nobody
        answer = client.hear()
        assert answer["id"] == hang and answer["error"]["class"] == "TimeLimitExceeded"
        assert answer["error"]["hint"] == "the session goes on with the names that it had before"
        answer = client.hear()  # what waited is answered by the process that goes on
        assert answer["id"] == after and answer["results"][0]["value"] == 6
        assert client.value("normal(2)") != first  # the random numbers go on as well
        hang = client.tell("evaluate", text=hang_text)
        time.sleep(0.2)
        cancel = client.tell("cancel", request=hang)
        answer = client.hear()
        assert answer["id"] == hang and answer["error"]["class"] == "Cancelled"
        assert client.hear() == {"id": cancel, "ok": True, "cancelled": True}
        assert other.value("kept") == 5 and client.value("mine") == 6


def test_what_an_answer_held_is_cleared_away_in_the_time_of_the_next_request(client: Talking) -> None:
    endless = "def g():\n    try: yield\n    finally:\n        while True: pass\n"
    client.ask("evaluate", text=endless + "def begun():\n    x = g(); next(x)\n    return x\nbegun()\n5")
    assert client.ask("evaluate", text="1", timeout=0.3)["error"]["class"] == "TimeLimitExceeded"
    assert client.value("2") == 2


def test_without_a_pause_the_names_may_be_older(client: Talking) -> None:
    client.ask("evaluate", text="x = 1")
    time.sleep(0.3)
    client.tell("evaluate", text="x = 2")
    hang = client.tell("evaluate", text="set(map(bool, range(10**18)))", timeout=0.2)
    client.hear()
    answer = client.hear()
    assert answer["id"] == hang and "some requests before" in answer["error"]["hint"]
    assert client.value("x") == 1


def test_a_killed_session_is_begun_anew(server: Served, client: Talking) -> None:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not children.exists():
        pytest.skip("no /proc")
    client.ask("evaluate", text="x = 1")
    time.sleep(0.3)
    victim = max(map(int, children.read_text().split()))
    running = client.tell("evaluate", text="while True: pass")
    time.sleep(0.2)
    os.kill(victim, signal.SIGKILL)
    answer = client.hear()
    assert (answer["id"], answer["error"]["class"]) == (running, "SessionEnded")
    assert client.value("x") == 1


def test_clients_have_names_of_their_own(server: Served, client: Talking) -> None:
    with server.client() as other:
        client.ask("evaluate", text="x = 1")
        assert other.ask("evaluate", text="x")["error"]["class"] == "NameError"


def test_a_client_that_goes_in_the_middle_harms_nobody(server: Served, client: Talking) -> None:
    client.ask("vars")
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    before = children.read_text().split() if children.exists() else []
    for _ in range(3):
        with server.client() as going:
            going.ask("evaluate", text="x = 1")
            time.sleep(0.1)
            going.tell("evaluate", text="while True: pass")
            going.send(b'{"id": 1, "do"')
    assert client.value("1 + 1") == 2
    for _ in range(100):  # nothing of theirs is left
        if not children.exists() or children.read_text().split() == before:
            return
        time.sleep(0.05)
    raise AssertionError(f"{before} became {children.read_text().split()}")


def test_a_client_that_asks_and_does_not_listen_harms_nobody(server: Served, client: Talking) -> None:
    with server.client() as flooding:
        line = json.dumps({"id": 1, "do": "evaluate", "text": "print('x' * 60000)"}).encode() + b"\n"
        flooding._socket.settimeout(0.3)
        with pytest.raises(TimeoutError):  # it is not read from without end
            for _ in range(100_000):
                flooding.send(line * 10)
        assert client.value("1 + 1") == 2


def test_shutdown_answers_what_is_open_first(client: Talking) -> None:
    first, last = client.tell("evaluate", text="1 + 1"), client.tell("shutdown")
    assert [client.hear()["id"], client.hear()["id"], client.hear()] == [first, last, {}]


def test_standard_input_and_output() -> None:
    requests = [{"id": "a", "do": "evaluate", "text": "x = 2"}, {"do": "evaluate", "text": "x ** 3"}]
    given = "".join(json.dumps(each) + "\n" for each in requests).encode().rstrip(b"\n")
    done = subprocess.run(COMMAND, input=given, capture_output=True, timeout=60, cwd=ROOT)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", None]
    assert answers[1]["results"][0]["value"] == 8
    assert (done.returncode, done.stderr) == (0, b"")


def test_nobody_to_answer_ends_it() -> None:
    line = 'yes \'{"do": "vars"}\' | ' + " ".join(COMMAND) + " | head -2"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert len(done.stdout.splitlines()) == 2 and done.stderr == ""


def test_safe_holds_for_requests(tmp_path: Path) -> None:
    data = tmp_path / "n.csv"
    data.write_text("a\n1\n2\n")
    given: list[dict[str, Any]] = [{"do": "complete", "text": f"load('{tmp_path}/"}]
    given += [{"do": "evaluate", "text": text} for text in ("load('/etc/hostname')", "sum(x['a'])", "import other")]
    lines = "".join(json.dumps(each) + "\n" for each in given)
    command = [*COMMAND, "--safe", "-d", f"x={data}"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, cwd=ROOT)
    told, first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert told["offers"] == [] and told["call"]["name"] == "load"  # nor is told what files there are
    assert first["error"]["class"] == third["error"]["class"] == "PermissionError"
    assert second["results"][0]["values"] == 3


def test_a_request_that_is_nested_too_deeply_costs_no_name(tmp_path: Path) -> None:
    with Served(tmp_path, "--max-recursion", "60") as server, server.client() as client:
        client.ask("evaluate", text="kept = 5")
        for depth in (100, 900):
            deep = json.loads("[" * depth + "]" * depth)
            assert client.ask("evaluate", text="1", bind={"x": deep})["error"]["class"] == "RecursionError"
        assert client.value("kept") == 5


def test_after_a_reset_nothing_is_left(client: Talking) -> None:
    client.ask("evaluate", text="x = 5\nx")
    client.ask("reset")
    for name in ("x", "_"):
        assert client.ask("evaluate", text=name)["error"]["class"] == "NameError"


def test_inspect_tells_nothing_of_the_inside(client: Talking) -> None:
    for name in ("@attr", "__import__", "__build_class__", "__builtins__"):
        assert client.ask("inspect", name=name)["error"]["class"] == "NameError"


def test_it_needs_no_prompt_toolkit_and_no_lark() -> None:
    lines = '{"do": "complete", "text": "redu"}\n{"do": "evaluate", "text": "1"}\n'
    command = [COMMAND[0], "-X", "importtime", *COMMAND[1:]]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert "prompt_toolkit" not in done.stderr and "tensorsh.completion" in done.stderr
