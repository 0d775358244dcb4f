"""Make printing_tf.json, tensors as TensorFlow writes them: run this under a Python that has TensorFlow.

    TF_ENABLE_ONEDNN_OPTS=0 python tests/runtime/printing_tf.py

Each case is an expression for a tensor, kept with its `str`, its `repr`, and what TensorFlow's own kernels
write for it (`tf.print`, `tf.strings.format`) at several values of `summarize`.
"""

import json
import math
import pathlib

FLOATS = (
    "[0.1, 1/3, 1., -2.5, 100., 1e5, 123456., 1234567., 1e-4, 1.5e-5, 1e10, 3.14159265358979, 2/3, 0.3, 1e-7, 65504.]"
)
SPECIAL = "[float('nan'), float('inf'), -float('inf'), -0., 0.]"
FLOAT_DTYPES = ("float16", "bfloat16", "float32", "float64")
SIGNED, UNSIGNED = ("int8", "int16", "int32", "int64"), ("uint8", "uint16", "uint32", "uint64")
INTEGERS = "[0, 1, -1, 7, 100, 127, -128]"
SHAPES = (
    (0,),
    (1,),
    (3,),
    (6,),
    (7,),
    (2, 3),
    (1, 1),
    (7, 8),
    (0, 3),
    (2, 0),
    (2, 2, 2),
    (1, 2, 1, 2),
    (8, 2, 7),
)
SUMMARIZE = (3, 1, 2, -1, 0)

CASES = [
    *(f"tf.constant({FLOATS}, tf.{d})" for d in FLOAT_DTYPES),
    *(f"tf.constant({FLOATS}, tf.{d})[{i}]" for d in FLOAT_DTYPES for i in range(8)),
    *(f"tf.constant({SPECIAL}, tf.{d})" for d in FLOAT_DTYPES),
    "tf.constant([3.4e38, 1.2e-38, 1e-40, 1.4e-45, 16777216., 16777217.])",
    "tf.constant([1.7976931348623157e308, 5e-324, 2.5e-310, 0.1, 1e22, 1e21, 123456789012345680.], "
    "tf.float64)",
    *(f"tf.constant({INTEGERS}, tf.{d})" for d in SIGNED),
    *(f"tf.constant([0, 1, 200, 255], tf.{d})" for d in UNSIGNED),
    *(f"tf.constant(5, tf.{d})" for d in SIGNED + UNSIGNED),
    "tf.constant([2**63 - 1, -2**63], tf.int64)",
    "tf.constant([True, False, True])",
    "tf.constant(True)",
    "tf.constant(['a', 'b c', '', 'na\\u00efve', 'quo\"te', 'new\\nline', 'back\\\\slash', \"single'\"])",
    "tf.constant('alone')",
    "tf.constant([b'\\xff\\x00'])",
    *(f"tf.constant([1+2j, -1.5j, 0.1], tf.{d})" for d in ("complex64", "complex128")),
    "tf.constant(1+2j)",
    "tf.constant([[1+2j, 2j], [3j, 4j]])",
    "tf.zeros([0], tf.complex64)",
    "tf.constant([[True, False], [False, True]])",
    "tf.zeros([2, 0], tf.bool)",
    "tf.zeros([0], tf.bool)",
    "tf.zeros([2, 0], tf.complex64)",
    "tf.zeros([2, 2, 0])",
    "tf.constant([-1e-40, 1e-40, -5e-324])",
]  # fmt: skip
for _shape in SHAPES:
    _size = math.prod(_shape)
    CASES.append(f"tf.reshape(tf.range({_size}), {list(_shape)})")
    CASES.append(f"tf.reshape(tf.range({_size}.) / 8., {list(_shape)})")
CASES += [
    "tf.range(1000)",
    "tf.range(1001)",
    "tf.reshape(tf.range(10000.), [100, 100])",
    "tf.zeros([7, 12, 13])",
]

PRINTED = [
    "tf.print(1, 2.5, 'text', True, None)",
    "tf.print(tf.constant([1, 2]), [tf.constant(1), 2], (tf.constant(1.5), 'a'), {'k': tf.constant([[1, 2], [3, 4]])})",
    "tf.print('only text')",
    "tf.print(tf.constant('only tensor text'))",
    "tf.print(tf.constant('a'), tf.constant('b'))",
    "tf.print(tf.constant(['a', 'b']))",
    "tf.print()",
    "tf.print('a', 'b', sep=', ', end='!\\n')",
    "tf.print(tf.range(10), summarize=2)",
    "tf.print(tf.range(10), summarize=-1)",
    "tf.print([1, 2, 3], (1,), {'b': 1, 'a': 2}, {1, 2}, range(3), 1j, b'x')",
    "tf.print('it is', [\"a'b\", 'c'], {'x': 'y'})",
    "tf.print(tf.Variable([1., 2.]), [tf.Variable(3.)])",
    "tf.print(np.arange(3), [np.float32(1.5)], np.array([[1, 2], [3, 4]]))",
    "tf.print(list(range(40)))",
    "tf.print({'key' + str(i): tf.constant([i, i]) for i in range(8)})",
    "tf.print([tf.constant([[1, 2], [3, 4]]), tf.constant(5)])",
    "tf.print(tf.constant([[1., 2.], [3., 4.]]), 'x', tf.constant(3))",
    "tf.print('{}', tf.constant(1))",
    "tf.print([], (), {}, [[]])",
    "tf.print([None, True, 1.0])",
    "tf.print(tf.float32, tf.TensorShape([1, None]))",
]


def main() -> None:
    import os
    import tempfile

    import numpy as np
    import tensorflow as tf

    cases = {}
    for expression in dict.fromkeys(CASES):
        t = eval(expression, {"tf": tf})
        kernel = {n: tf.strings.format("{}", t, summarize=n).numpy().decode("utf-8", "replace") for n in SUMMARIZE}
        cases[expression] = {"str": str(t), "repr": repr(t), "kernel": kernel}
    printed = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, call in enumerate(PRINTED):
            path = os.path.join(folder, str(number))
            options = "" if call == "tf.print()" else ", "
            eval(f"{call[:-1]}{options}output_stream={'file://' + path!r})", {"tf": tf, "np": np})
            printed[call] = pathlib.Path(path).read_text()
    target = pathlib.Path(__file__).with_suffix(".json")
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items())
    calls = ",\n".join(f"  {json.dumps(name)}: {json.dumps(text)}" for name, text in printed.items())
    target.write_text(f'{{"tensorflow": "{tf.__version__}", "cases": {{\n{rows}\n}}, "printed": {{\n{calls}\n}}}}\n')


if __name__ == "__main__":
    main()
