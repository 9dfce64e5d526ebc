"""The kernel that a step runs in: this very Python, with an environment of its own, gone when the run is gone."""

import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from papermill.engines import NBClientEngine, papermill_engines

ENGINE = "icp_lab"
_ARGV = (sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False")
# Sums over several threads differ in their last digits from machine to machine; so does the order of a set.
_SETTLED = {
    "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class _Engine(NBClientEngine):  # type: ignore[misc]
    """papermill's engine, telling which cell it is at."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells, telling `watch(cell, cells)` before each code cell."""
        watch = options.pop("watch")
        start = nb_man.cell_start
        total = len(nb_man.nb.cells)

        def tell_and_start(cell: Any, cell_index: int | None = None, **more: Any) -> None:
            watch((cell_index or 0) + 1, total)
            start(cell, cell_index=cell_index, **more)

        nb_man.cell_start = tell_and_start
        super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register(ENGINE, _Engine)


def make_kernel(folder: Path, environment: dict[str, str], log: Path) -> type[AsyncKernelManager]:
    """How is the kernel of a step started?

    Parameters
    ----------
    folder
        Working directory.
    environment
        What the step has to know, on top of the environment of the run.
    log
        File for what the kernel says outside the notebook.

    Returns
    -------
    type
        A kernel manager for papermill. The kernel watches the run that started it, and ends when the run is killed.
    """
    variables = {**os.environ, **_SETTLED, "IPYTHONDIR": str(log.parent / "ipython"), **environment}

    class StepKernel(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(argv=list(_ARGV), display_name="Python 3", language="python")

        async def _async_start_kernel(self, **options: Any) -> None:
            with log.open("a", encoding="utf-8") as stream:
                options |= {"cwd": str(folder), "env": variables, "stdout": stream, "stderr": stream}
                await super()._async_start_kernel(**options)

        start_kernel = _async_start_kernel

    return StepKernel
