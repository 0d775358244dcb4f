"""Make random_tf.json, the numbers that TensorFlow draws: run this under a Python that has TensorFlow.

    TF_ENABLE_ONEDNN_OPTS=0 python tests/runtime/random_tf.py

Each case is a program, run from the top in one process, and its last expression's value. A long result is
kept as its first numbers and the SHA-256 of its bytes. The first cases come before any global seed is set,
which in one process cannot be undone.
"""

import ast
import hashlib
import json
import pathlib

LONGEST = 100

CASES = {
    "no global seed": "tf.random.uniform([5], seed=1)",
    "no global seed, again": "tf.random.uniform([5], seed=1)",
    # seeds and kernels
    "op seeds": "tf.random.set_seed(42); [get_seed(s) for s in (None, 1, None, 2**31 - 1, 2**31, -1, None)]",
    "op seeds, 0": "tf.random.set_seed(0); [get_seed(s) for s in (0, None, 5)]",
    "op seeds, large": "tf.random.set_seed(2**31 + 5); [get_seed(s) for s in (3, None)]",
    "op seeds, negative": "tf.random.set_seed(-7); [get_seed(s) for s in (3, None)]",
    "op seeds, fraction": "tf.random.set_seed(1.5); tf.random.uniform([2])",
    "drawn seeds": "tf.random.set_seed(42); [tf.random.uniform([3]), tf.random.uniform([3])]",
    "kernel goes on": "tf.random.set_seed(42); [tf.random.uniform([5], seed=1), "
    "tf.random.uniform([3], seed=1), tf.random.uniform([], seed=1), "
    "tf.random.uniform([0], seed=1), tf.random.uniform([2], 3., 4., seed=1)]",
    "kernels apart": "tf.random.set_seed(42); [tf.random.uniform([2], seed=1), "
    "tf.random.normal([2], seed=1), tf.random.uniform([2], seed=1, dtype=tf.float64), "
    "tf.random.uniform(tf.constant([2], tf.int64), seed=1), tf.random.uniform([2], seed=1)]",
    "set_seed begins anew": "tf.random.set_seed(42); tf.random.uniform([3], seed=1); "
    "tf.random.set_seed(42); tf.random.uniform([3], seed=1)",
    # words to numbers
    **{
        f"{kind} {dtype}": f"tf.random.set_seed(42); tf.random.{kind}([11], dtype=tf.{dtype}, seed=1)"
        for kind in ("uniform", "normal", "truncated_normal")
        for dtype in ("float16", "bfloat16", "float32", "float64")
    },
    "uniform a million": "tf.random.set_seed(42); tf.random.uniform([10**6], seed=1)",
    "normal a million": "tf.random.set_seed(42); tf.random.normal([10**6], seed=1)",
    "normal a million bfloat16": "tf.random.set_seed(42); tf.random.normal([10**6], dtype=tf.bfloat16, seed=1)",
    "truncated_normal a million": "tf.random.set_seed(42); tf.random.truncated_normal([10**6], seed=1)",
    "truncated_normal many float64": "tf.random.set_seed(42); "
    "tf.random.truncated_normal([10**5], dtype=tf.float64, seed=1)",
    **{
        f"integers {dtype} {low} {high}": f"tf.random.set_seed(42); "
        f"tf.random.uniform([9], {low}, {high}, tf.{dtype}, seed=1)"
        for dtype, low, high in (
            ("int32", 0, 10),
            ("int32", -5, 7),
            ("int32", -(2**31), 2**31 - 1),
            ("int64", 0, 10),
            ("int64", -(2**40), 3),
            ("int64", -(2**63), 2**63 - 1),
        )
    },
    **{
        f"full range {dtype}": f"tf.random.stateless_uniform([9], [1, 2], None, None, tf.{dtype})"
        for dtype in ("int32", "int64", "uint32", "uint64")
    },
    # distributions
    "shuffle": "tf.random.set_seed(42); tf.random.shuffle(tf.range(37), seed=1)",
    "shuffle twice": "tf.random.set_seed(42); [tf.random.shuffle(tf.range(6), seed=1) for _ in 'ab']",
    "categorical": "tf.random.set_seed(42); tf.random.categorical("
    "[[.1, .2, float('-inf'), .7], [5., .3, .2, 1.], [-90., 90., 3., 3.]], 15, seed=1)",
    "categorical twice": "tf.random.set_seed(42); [tf.random.categorical([[.1, .2, .3]], 7, seed=1) for _ in 'ab']",
    "categorical wide": "tf.random.set_seed(42); "
    "tf.random.categorical(tf.sin(tf.reshape(tf.range(600.), [2, 300])), 50, seed=1)",
    "gamma": "tf.random.set_seed(42); tf.random.gamma([20], [.01, .3, 1., 1.5, 40.], dtype=tf.float64, seed=1)",
    "gamma twice": "tf.random.set_seed(42); [tf.random.gamma([3], [2., .5], seed=1) for _ in 'ab']",
    "poisson": "tf.random.set_seed(42); tf.random.poisson([20], [0., .3, 9.5, 10., 31., 1e6], seed=1)",
    "poisson twice": "tf.random.set_seed(42); [tf.random.poisson([4], [3., 30.], seed=1) for _ in 'ab']",
    "binomial": "tf.random.stateless_binomial([20, 8], [1, 2], [10., 40., 100., 0., 1e6, 1e6, 30., 7.], "
    "[.3, .3, .7, .5, 1e-6, .4, 1., .9])",
    "index_shuffle": "[tf.random.experimental.index_shuffle(tf.range(5), [5, 9], 4), "
    "tf.random.experimental.index_shuffle(tf.range(300, dtype=tf.int64), [1, -2], "
    "tf.constant(299, tf.int64))]",
    "index_shuffle large": "[tf.random.experimental.index_shuffle(tf.constant(i, tf.uint64), [1, 2], "
    "tf.constant(m, tf.uint64)) for i in (0, 3) for m in (255, 256, 65535, 65536, 2**17 - 1, 2**17, 2**32, "
    "2**62 - 1, 2**62, 2**63 + 5)]",
    # stateless seeds
    **{
        f"stateless {seed}": f"tf.random.stateless_uniform([5], {seed})"
        for seed in ((1, 2), (0, 0), (-5, 2**31 - 1), (2**40, -(2**63)))
    },
    # generators
    "carry into the high half": "tf.random.Generator.from_state([-2, 3, 5], 'philox').uniform_full_int([12])",
    "counter wraps": "tf.random.Generator.from_state([-2, -1, 5], 'philox').uniform_full_int([12])",
    "carry in truncated_normal": "tf.random.Generator.from_state([-2, 3, 5], 'philox').truncated_normal([30])",
    "carry in binomial": "tf.random.Generator.from_state([-500, 3, 5], 'philox').binomial([9], 30., .5)",
    "generator states": "[tf.random.Generator.from_seed(s).state for s in "
    "(42, -1, 2**64 + 5, 2**200 + 2**63, [7], [1, 2], [1, 2, 3, 4])]",
    "generator moves": "g = tf.random.Generator.from_seed(2**64 + 5); states = []\n"
    "for delta in (3, 0, 2**40, -1, 2**55): g.skip(delta); states.append(g.state.numpy())\n"
    "g.binomial([9], 20., .4); states.append(g.state.numpy())\n"
    "g.binomial([6, 3], [20., 3., 4.], .4); states.append(g.state.numpy())\n"
    "states",
}


def main() -> None:
    import numpy as np
    import tensorflow as tf
    from tensorflow.python.framework.random_seed import get_seed

    def describe(value):
        if isinstance(value, (list, tuple)):
            return [describe(item) for item in value]
        array = np.asarray(value)
        flat = array.reshape(-1)
        kept = [float(str(x)) if array.dtype.kind in "fV" else int(x) for x in flat[:LONGEST]]
        entry = {"dtype": array.dtype.name, "shape": list(array.shape), "values": kept}
        if len(flat) > LONGEST:
            entry["values"] = kept[:8]
            entry["sha256"] = hashlib.sha256(array.tobytes()).hexdigest()
        return entry

    cases = {}
    for name, program in CASES.items():
        tree = ast.parse(program)
        last = tree.body.pop()
        scope = {"tf": tf, "get_seed": get_seed}
        exec(compile(tree, name, "exec"), scope)
        value = eval(compile(ast.Expression(last.value), name, "eval"), scope)
        if name.startswith("op seeds") and isinstance(value, list):
            cases[name] = {"program": program, "seeds": value}
        else:
            cases[name] = {"program": program, "result": describe(value)}
    target = pathlib.Path(__file__).with_suffix(".json")
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items())
    target.write_text(f'{{"tensorflow": "{tf.__version__}", "cases": {{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    main()
