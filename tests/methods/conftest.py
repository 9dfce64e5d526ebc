"""What is compiled runs as Python under NUMBA_DISABLE_JIT; but for an instruction of the processor: that is counted."""

import numba

from icp_lab.methods import exhaustive

if numba.config.DISABLE_JIT:
    exhaustive._ones = lambda word: int(word).bit_count()
