"""Make optimizer_steps_tf.json, where TensorFlow's optimizers end: run this under a Python that has TensorFlow.

    TF_ENABLE_ONEDNN_OPTS=0 python tests/ops/optimizer_steps_tf.py

Each optimizer takes 200 steps in a least squares problem; `PROGRAM` is valid both as Python with TensorFlow and as
tensorsh, and its tests run it too. Some optimizers leap about a minimum, where the last digit of one step decides the
next; a case in which TensorFlow itself ends elsewhere after a start one digit away says nothing, and is refused.
"""

import json
import pathlib

PROGRAM = """
import tensorflow as tf
x = tf.constant([[1., 0.5, -1.], [0.25, -2., 0.5], [3., 1., 1.], [-1., 0.125, 2.], [0.5, 1.5, -0.75]])
y = tf.constant([[1.], [-2.], [0.5], [3.], [0.25]])
w = {variable}([[0.5], [-1.], [2.]])
b = {variable}([0.25])
variables = [w, b]
optimizer = tf.keras.optimizers.{optimizer}
for step in range(200):
    with tf.GradientTape() as t:
        loss = tf.reduce_mean(tf.square(x @ w + b - y))
    r = optimizer.apply_gradients(zip(t.gradient(loss, variables), variables))
"""

OPTIMIZERS = [
    "SGD()",
    "SGD(0.02, momentum=0.9)",
    "SGD(0.02, momentum=0.9, nesterov=True)",
    "SGD(0.05, weight_decay=0.1)",
    "SGD(0.05, clipnorm=0.5)",
    "SGD(0.05, clipvalue=0.25)",
    "SGD(0.05, global_clipnorm=0.5)",
    "SGD(0.05, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=20)",
    "SGD(0.05, gradient_accumulation_steps=4)",
    "SGD(0.05, momentum=0.5, loss_scale_factor=2.)",
    "SGD(tf.keras.optimizers.schedules.ExponentialDecay(0.1, 20, 0.9))",
    "SGD(tf.keras.optimizers.schedules.CosineDecay(0., 180, warmup_target=0.1, warmup_steps=20))",
    "Adam()",
    "Adam(0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-4)",
    "Adam(0.05, amsgrad=True)",
    "Adam(0.05, clipnorm=0.5, weight_decay=0.01)",
    "AdamW(0.05)",
    "AdamW(0.05, weight_decay=0.1, amsgrad=True)",
    "RMSprop()",
    "RMSprop(0.02, rho=0.8)",
    "RMSprop(0.002, momentum=0.5)",
    "RMSprop(0.002, centered=True)",
    "RMSprop(0.001, momentum=0.5, centered=True)",
    "Adagrad()",
    "Adagrad(0.2, initial_accumulator_value=0.5)",
    "Adadelta()",
    "Adadelta(1., rho=0.8)",
    "Adamax()",
    "Adamax(0.05, beta_1=0.8)",
    "Nadam()",
    "Nadam(0.05, beta_1=0.8)",
    "Ftrl()",
    "Ftrl(0.2, learning_rate_power=-0.75, l1_regularization_strength=0.05)",
    "Ftrl(0.2, l2_regularization_strength=0.1, l2_shrinkage_regularization_strength=0.05, beta=0.5)",
    "Lion()",
    "Lion(0.004, beta_1=0.8, weight_decay=0.1)",
    "Lamb(0.01)",
    "Adafactor()",
    "Adafactor(0.01, beta_2_decay=-0.6, clip_threshold=0.5, weight_decay=0.01)",
    "Adafactor(0.004, relative_step=False)",
    "Adafactor(tf.keras.optimizers.schedules.ExponentialDecay(0.01, 20, 0.7))",
    "ScheduleFreeAdamW()",
    "ScheduleFreeAdamW(0.05, beta_1=0.8, warmup_steps=20, weight_decay=0.01)",
    "Muon(0.02)",
    "Muon(0.02, nesterov=False, rms_rate=None, adam_lr_ratio=0.5, clipvalue=0.5)",
    "Adam(0.05, global_clipnorm=0.5, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=50)",
    "RMSprop(0.002, gradient_accumulation_steps=4, loss_scale_factor=8.)",
    "Nadam(tf.keras.optimizers.schedules.PolynomialDecay(0.1, 150, 0.01, power=2.), clipvalue=0.25)",
    "Adagrad(tf.keras.optimizers.schedules.InverseTimeDecay(0.2, 20, 0.5), weight_decay=0.05)",
    "Lamb(tf.keras.optimizers.schedules.CosineDecayRestarts(0.02, 50))",
    "LossScaleOptimizer(tf.keras.optimizers.SGD(0.05 / 2 ** 15, momentum=0.5), dynamic_growth_steps=80)",
    "MultiOptimizer(tf.keras.optimizers.OptimizerMap(tf.keras.optimizers.SGD(0.05), "
    "{'variable': tf.keras.optimizers.Adam(0.05)}))",
]


def program(optimizer: str) -> str:
    """The program for one of `OPTIMIZERS`. Some ask for a variable's path, which TensorFlow's own have not."""
    asks = optimizer.startswith(("Muon", "MultiOptimizer"))
    return PROGRAM.format(optimizer=optimizer, variable="tf.keras.Variable" if asks else "tf.Variable")


def main() -> None:
    golden, unfit = {}, []
    for optimizer in OPTIMIZERS:
        golden[optimizer] = end(program(optimizer))
        beside = end(program(optimizer).replace("[[0.5]", "[[0.50000006]"))
        apart = max(abs(a - b) for a, b in zip(sum(golden[optimizer], []), sum(beside, [])))
        if apart >= 2e-6:
            unfit.append(f"{optimizer} depends on rounding: ends {apart:.1g} apart")
    assert not unfit, unfit
    path = pathlib.Path(__file__).with_suffix(".json")
    lines = [f"  {json.dumps(name)}: {json.dumps(values)}" for name, values in golden.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def end(text: str) -> list[list[float]]:
    """Where the variables are after the program."""
    import keras

    keras.utils.clear_session()
    names: dict = {}
    exec(text, names)
    return [v.numpy().reshape(-1).tolist() for v in names["variables"]]


if __name__ == "__main__":
    main()
