"""How a docstring is taken apart."""

from __future__ import annotations

from tensorsh.manual.docstrings import parts_of


def decay(rate, floor=0.0):
    """A rate that falls.

    More about it. rate: where it starts,
    a float. floor: where it ends. Raises ValueError below 0.

    >>> decay(1.)
    1.0
    >>> for i in range(2):
    ...     decay(i)
    0.0

    Afterwards.
    """


PARTS = parts_of(decay, ["rate", "floor"])


def test_the_summary_is_the_first_paragraph():
    assert PARTS.summary == "A rate that falls."


def test_what_is_said_of_an_argument_begins_with_its_name():
    assert PARTS.arguments == {"rate": "where it starts, a float", "floor": "where it ends"}


def test_prose_is_what_is_left():
    assert PARTS.prose == ["More about it.", "Afterwards."]


def test_what_is_raised_is_a_sentence_of_its_own():
    assert PARTS.raises == ["Raises ValueError below 0."]


def test_examples_have_a_program_and_an_output():
    assert PARTS.examples == [("decay(1.)\n", "1.0"), ("for i in range(2):\n    decay(i)\n", "0.0")]


def test_two_arguments_may_share_a_description():
    def pair(a, b):
        """Both.

        a, b: numbers
        """

    assert parts_of(pair, ["a", "b"]).arguments == {"a": "numbers", "b": "numbers"}


def test_a_name_that_is_no_parameter_heads_nothing():
    def plain(x):
        """The result. note: of any size."""

    assert parts_of(plain, ["x"]).summary == "The result. note: of any size."


def test_an_error_spoken_of_in_passing_is_raised_too():
    def strict(x):
        """Half of x. An odd x raises ValueError."""

    assert parts_of(strict, ["x"]).raises == ["An odd x raises ValueError."]


def test_an_argument_may_follow_what_is_raised():
    def positive(x, y):
        """A sum.

        x: a number. Raises ValueError for x below 0. y: another.
        """

    assert parts_of(positive, ["x", "y"]).arguments == {"x": "a number", "y": "another"}
