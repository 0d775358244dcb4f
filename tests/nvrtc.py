"""Compiling CUDA source where there is no GPU: NVRTC needs none, only its library and CuPy's headers.

    pip install cupy-cuda12x nvidia-cuda-nvrtc-cu12 nvidia-cuda-runtime-cu12

It goes through names that are CuPy's own business (14.2).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

HEADERS = ("cupy/complex.cuh", "cupy/carray.cuh", "cupy/atomics.cuh", "cupy/math_constants.h")


def missing() -> str:
    """Why nothing can be compiled here; an empty text if something can."""
    try:
        compiled('extern "C" __global__ void nothing() {}')
    except Exception as error:
        return f"no CUDA compiler: {type(error).__name__}: {str(error)[:80]}"
    return ""


def compiled(source: str, *options: str) -> bytes:
    """PTX. Raises CuPy's CompileException."""
    import cupy
    from cupy.cuda.compiler import _NVRTCProgram

    include = Path(cupy.__file__).parent / "_core" / "include"
    folders = [include, *(include / "cupy" / "_cccl").iterdir()]
    folders.append(Path(cupy.__file__).parent.parent / "nvidia" / "cuda_runtime" / "include")
    given = ["--std=c++17", "-arch=sm_80", *options, *(f"-I{folder}" for folder in folders)]
    text = "".join(f"#include <{header}>\n" for header in HEADERS) + source
    return _NVRTCProgram(text, "kernel.cu", include_names=()).compile(tuple(given))[0]


def elementwise_source(kernel: Any, dtypes: list[Any]) -> str:
    """The whole source of a cupy.ElementwiseKernel for contiguous arrays of these dtypes."""
    import cupy
    import cupy._core._carray as carray
    import cupy._core._kernel as kernels

    arrays = [kernels._ArgInfo(1, cupy.ndarray, dtype, 1, True, True) for dtype in dtypes]
    arrays.append(kernels._ArgInfo(2, carray.Indexer, None, 1, True, True))
    return kernels._get_elementwise_kernel_code(
        tuple(arrays), kernels._TypeMap(()), kernel.params, kernel.operation, kernel.name, ""
    )
