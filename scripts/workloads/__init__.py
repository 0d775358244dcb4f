"""What `scripts/bench` measures: the same workloads in each framework, a file each, under the same names."""
