from tensorsh.cli import run

run()
