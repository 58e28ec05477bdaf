"""The chip sample by sample, compiled: filters, accumulation and events of one block of one chip.

Compiled by numba, which a benchmark holds against the same arithmetic in numpy. The recursions run
through short blocks that stay in the processor's cache; what is not recursive is left to its vector
unit. State and parameters are matrices; their rows are looked up by name once, on import.

All compiled code is in this one file, for numba's cache notices a change of the file only; `stale`
tells where the rows of `state.py` have moved under code that was compiled before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

from bench.twins.ade7753.increments import ACTIVE, APPARENT, REACTIVE, TIME
from bench.twins.ade7753.model import Floats, Integers
from bench.twins.ade7753.state import REAL, RISES_KEPT, WHOLE
from drivers.ade7753.bits import Flag

NUMBERS = (
    *("gain1", "gain2", "offset1", "offset2", "clamp1", "clamp2"),
    *("no_hpf", "no_lpf2", "integrator", "positive_only", "sign_stuck", "creep", "apos"),
    *("rate", "rate_va", "rate_var", "square_floor", "mean_offset"),
    *("sag_level", "sag_cycles", "current_level", "voltage_level"),
    *("line_cycles", "zx_timeout", "sampling", "wave_source", "wave_step"),
)
"""Rows of the parameter matrix, one column per chip."""
BLOCK = 512
KNOT = 32
"""Samples between stored values of the power counted; divides `BLOCK`."""
CURRENT, POWER, REACTIVE_POWER, SQUARE, VOLTAGE, MEAN_ABS = range(6)
SIGNALS = 6
"""Rows of a block of signals."""

(R_DC1, R_DC2, R_DC3, R_BLOCKED, R_LEAK, R_LPF1, R_MEAN_ABS, R_LPF2, R_LPF2Q, R_SQUARE) = (
    REAL.index(name)
    for name in (
        *("dc1", "dc2", "dc3", "blocked", "leak"),
        *("lpf1", "mean_abs", "lpf2", "lpf2_reactive", "mean_square"),
    )
)
(R_IPEAK, R_VPEAK, R_CYCLE_PEAK, R_WAVE) = (
    REAL.index(name) for name in ("ipeak", "vpeak", "cycle_peak", "wave")
)
(W_N, W_ZX_SIGN, W_ZX_COUNT, W_LAST_ZX, W_RISES, W_SAG_CYCLES, W_SAG_LOW, W_TIMED_OUT) = (
    WHOLE.index(name)
    for name in (
        *("n", "zx_sign", "zx_count", "last_zx"),
        *("rises", "sag_cycles", "sag_low", "timed_out"),
    )
)
W_POWER_SIGN, W_FLAGS = WHOLE.index("power_sign"), WHOLE.index("flags")
F_SAG, F_ZX, F_ZXTO = int(Flag.SAG), int(Flag.ZX), int(Flag.ZXTO)
F_PKI, F_PKV, F_PPOS, F_PNEG = int(Flag.PKI), int(Flag.PKV), int(Flag.PPOS), int(Flag.PNEG)

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile to machine code on first use; the result is kept on disk beside the source."""
    fast = {"contract", "reassoc", "nsz"}
    return cast(F, njit(cache=True, error_model="numpy", fastmath=fast)(function))


@compiled
def _compiled_rows() -> tuple[int, ...]:
    """The rows that the compiled code works with."""
    return (
        *(R_DC1, R_DC2, R_DC3, R_BLOCKED, R_LEAK, R_LPF1, R_MEAN_ABS, R_LPF2, R_LPF2Q, R_SQUARE),
        *(R_IPEAK, R_VPEAK, R_CYCLE_PEAK, R_WAVE),
        *(W_N, W_ZX_SIGN, W_ZX_COUNT, W_LAST_ZX, W_RISES, W_SAG_CYCLES, W_SAG_LOW, W_TIMED_OUT),
        *(W_POWER_SIGN, W_FLAGS, RISES_KEPT, ACTIVE, APPARENT, REACTIVE, TIME),
    )


def stale() -> bool:
    """Whether compiled code on disk is older than the layout of the state."""
    return bool(_compiled_rows() != _compiled_rows.py_func())  # type: ignore[attr-defined]


@compiled
def look_up(
    values: Floats, first: int, count: int, repeat: bool, position: float, step: float, out: Floats
) -> None:
    """Fill `out` with the values of a table at positions `step` points apart."""
    at = position
    if repeat:
        at -= math.floor(at / count) * count
    for j in range(len(out)):
        if repeat or 0.0 <= at <= count - 1:
            index = min(int(at), count - 1)
            left = values[first + index]
            out[j] = left + (values[first + index + 1] - left) * (at - index)
        else:
            out[j] = 0.0
        at += step
        if repeat and at >= count:
            at -= count


@compiled
def filter_block(
    state: Floats, numbers: Floats, constants: Floats, codes: Floats, size: int, out: Floats
) -> None:
    """Turn `size` ADC codes into the `SIGNALS` of the chip; `state`: its real values, changed."""
    (a1, a2, a3, a_leak, g_leak, a_lpf1, a_lpf2, a_lpf3) = constants[:8]
    (k_int, k_on, k_off, inverse) = constants[8:12]
    no_hpf, no_lpf2, integrator = numbers[6] > 0, numbers[7] > 0, numbers[8] > 0
    creep = numbers[11]
    dc1, dc2, dc3 = state[R_DC1], state[R_DC2], state[R_DC3]
    blocked, leak = state[R_BLOCKED], state[R_LEAK]
    for j in range(size):
        x1 = codes[0, j]
        dc1 += a1 * (x1 - dc1)
        dc2 += a2 * (dc1 - dc2)
        dc3 += a3 * (dc2 - dc3)
        before = blocked
        blocked = x1 if no_hpf else x1 - dc3
        leak += 0.5 * g_leak * (blocked + before) - a_leak * leak
        out[CURRENT, j] = k_int * leak if integrator else blocked
        out[REACTIVE_POWER, j] = k_on * blocked if integrator else -k_off * leak
    state[R_DC1], state[R_DC2], state[R_DC3] = dc1, dc2, dc3
    state[R_BLOCKED], state[R_LEAK] = blocked, leak

    for j in range(size):
        scaled = codes[1, j] * inverse
        out[SQUARE, j] = out[CURRENT, j] * out[CURRENT, j]
        out[POWER, j] = out[CURRENT, j] * scaled + creep
        out[REACTIVE_POWER, j] *= scaled

    lpf1, mean_abs = state[R_LPF1], state[R_MEAN_ABS]
    lpf2, lpf2q, square = state[R_LPF2], state[R_LPF2Q], state[R_SQUARE]
    for j in range(size):
        lpf2 += a_lpf2 * (out[POWER, j] - lpf2)
        lpf2q += a_lpf2 * (out[REACTIVE_POWER, j] - lpf2q)
        square += a_lpf3 * (out[SQUARE, j] - square)
        lpf1 += a_lpf1 * (codes[1, j] - lpf1)
        mean_abs += a_lpf3 * (abs(lpf1) - mean_abs)
        if not no_lpf2:
            out[POWER, j] = lpf2
            out[REACTIVE_POWER, j] = lpf2q
        out[SQUARE, j] = square
        out[VOLTAGE, j] = lpf1
        out[MEAN_ABS, j] = mean_abs
    state[R_LPF1], state[R_MEAN_ABS] = lpf1, mean_abs
    state[R_LPF2], state[R_LPF2Q], state[R_SQUARE] = lpf2, lpf2q, square


@compiled
def accumulate_block(
    numbers: Floats, constants: Floats, signals: Floats, size: int, sums: Floats, running: Floats
) -> None:
    """Add a block to `sums` (active in LPF2 LSB, apparent, reactive); keep all partial sums."""
    vrms_scale, no_load = constants[12], constants[13]
    positive_only, sign_stuck, apos = numbers[9] > 0, numbers[10] > 0, numbers[12]
    square_floor, mean_offset = numbers[16], numbers[17]
    for j in range(size):
        irms = math.sqrt(max(signals[SQUARE, j] + square_floor, 0.0))
        running[APPARENT, j] = irms * max(vrms_scale * signals[MEAN_ABS, j] + mean_offset, 0.0)
        power = signals[POWER, j]
        total = power + apos
        total = abs(total) if sign_stuck else total
        total = max(total, 0.0) if positive_only else total
        running[ACTIVE, j] = total if abs(power) >= no_load else 0.0
    active, apparent, reactive = sums[ACTIVE], sums[APPARENT], sums[REACTIVE]
    for j in range(size):
        active += running[ACTIVE, j]
        apparent += running[APPARENT, j]
        reactive += signals[REACTIVE_POWER, j]
        running[ACTIVE, j] = active
        running[APPARENT, j] = apparent
        running[REACTIVE, j] = reactive
    sums[ACTIVE], sums[APPARENT], sums[REACTIVE] = active, apparent, reactive


@compiled
def crossing(whole: Integers, rising: Integers, numbers: Floats, cycle: float, n: int) -> None:
    """One zero crossing at sample `n`; `cycle`: the line cycle's largest magnitude so far."""
    if n - whole[W_LAST_ZX] >= numbers[23] and whole[W_TIMED_OUT] == 0:
        whole[W_FLAGS] |= F_ZXTO
    whole[W_FLAGS] |= F_ZX
    whole[W_LAST_ZX] = n
    whole[W_TIMED_OUT] = 0
    if whole[W_ZX_SIGN] < 0:
        return
    rising[: RISES_KEPT - 1] = rising[1:].copy()
    rising[RISES_KEPT - 1] = n
    whole[W_RISES] = min(whole[W_RISES] + 1, RISES_KEPT)
    if cycle >= numbers[18]:
        whole[W_SAG_CYCLES] = 0
        return
    whole[W_SAG_CYCLES] += 1
    if 0 < numbers[19] <= whole[W_SAG_CYCLES]:
        if whole[W_SAG_CYCLES] == numbers[19]:
            whole[W_FLAGS] |= F_SAG
        whole[W_SAG_LOW] = 1


@compiled
def voltage_events(
    real: Floats,
    whole: Integers,
    rising: Integers,
    numbers: Floats,
    signals: Floats,
    size: int,
    ends: Integers,
) -> int:
    """Zero crossings, sag and peak of a block; columns of line-cycle ends into `ends`, counted."""
    found = 0
    cycle, top, level = real[R_CYCLE_PEAK], real[R_VPEAK], numbers[18]
    block_top = 0.0
    for j in range(size):
        sign = 1 if signals[VOLTAGE, j] >= 0.0 else -1
        if sign != whole[W_ZX_SIGN]:
            known = whole[W_ZX_SIGN] != 0
            whole[W_ZX_SIGN] = sign
            if known:
                crossing(whole, rising, numbers, cycle, whole[W_N] + j + 1)
                if sign > 0:
                    cycle = 0.0
                whole[W_ZX_COUNT] += 1
                if whole[W_ZX_COUNT] >= numbers[22]:
                    whole[W_ZX_COUNT] = 0
                    ends[found] = j
                    found += 1
        reach = abs(signals[VOLTAGE, j])
        cycle = max(cycle, reach)
        block_top = max(block_top, reach)
        if reach >= level:
            whole[W_SAG_LOW] = 0
    if block_top >= numbers[21]:
        whole[W_FLAGS] |= F_PKV
    real[R_CYCLE_PEAK], real[R_VPEAK] = cycle, max(top, block_top)
    return found


@compiled
def current_events(
    real: Floats, whole: Integers, numbers: Floats, no_load: float, signals: Floats, size: int
) -> None:
    """Peak of the current and reversals of the power in a block."""
    top = 0.0
    for j in range(size):
        top = max(top, abs(signals[CURRENT, j]))
    if top >= numbers[20]:
        whole[W_FLAGS] |= F_PKI
    real[R_IPEAK] = max(real[R_IPEAK], top)
    known = whole[W_POWER_SIGN]
    for j in range(size):
        power = signals[POWER, j]
        sign = (1 if power > 0.0 else -1) if abs(power) >= no_load else known
        if sign != known:
            if known > 0:
                whole[W_FLAGS] |= F_PNEG
            elif known < 0:
                whole[W_FLAGS] |= F_PPOS
            known = sign
    whole[W_POWER_SIGN] = known


@compiled
def sample_waveform(
    real: Floats, whole: Integers, numbers: Floats, signals: Floats, size: int
) -> None:
    """Keep the last sample that the data rate lets through to WAVEFORM."""
    source, step = int(numbers[25]), int(numbers[26])
    n = whole[W_N]
    j = (n + size) // step * step - n - 1
    if numbers[24] > 0 and j >= 0:
        row = CURRENT if source == 2 else (VOLTAGE if source == 3 else POWER)
        real[R_WAVE] = signals[row, j]


@compiled
def advance(
    real: Floats,
    whole: Integers,
    rising: Integers,
    numbers: Floats,
    constants: Floats,
    counts: Integers,
    channel1: tuple[Any, ...],
    channel2: tuple[Any, ...],
    totals: Floats,
    lasts: Floats,
    previous: Floats,
    ends: Integers,
    knots: Floats,
) -> None:
    """Take `counts` samples per chip; fill totals, lasts, previous (kinds x chips), ends, knots.

    All matrices have a row per chip but totals, lasts and previous. A channel is (values, first,
    count, repeat, position of the next sample, step), all but the first per chip.
    """
    codes = np.empty((2, BLOCK))
    signals, running = np.empty((SIGNALS, BLOCK)), np.empty((3, BLOCK))
    columns = np.empty(BLOCK, dtype=np.int64)
    sums = np.empty(3)
    for c in range(len(counts)):
        mine, events, own = real[c], whole[c], numbers[c]
        factors = np.array([own[13], constants[14] * own[14], own[15]])
        sums[:] = 0.0
        done = 0
        while done < counts[c]:
            size = min(BLOCK, counts[c] - done)
            for channel, row in ((channel1, 0), (channel2, 1)):
                position = channel[4][c] + done * channel[5][c]
                look_up(
                    channel[0], channel[1][c], channel[2][c], channel[3][c],
                    position, channel[5][c], codes[row, :size],
                )  # fmt: skip
                for j in range(size):
                    code = own[row] * codes[row, j] + own[2 + row]
                    codes[row, j] = min(max(code, -own[4 + row]), own[4 + row])
            filter_block(mine, own, constants, codes, size, signals)
            accumulate_block(own, constants, signals, size, sums, running)
            found = voltage_events(mine, events, rising[c], own, signals, size, columns)
            current_events(mine, events, own, constants[13], signals, size)
            sample_waveform(mine, events, own, signals, size)
            for j in columns[:found]:
                previous[:, c] = lasts[:, c]
                lasts[:TIME, c] = running[:, j] * factors
                lasts[TIME, c] = done + j + 1
            ends[c] += found
            for j in range(KNOT - 1, size, KNOT):
                knots[c, (done + j) // KNOT] = running[ACTIVE, j]
            done += size
            events[W_N] += size
        knots[c, -(-done // KNOT) - 1 :] = sums[ACTIVE]
        totals[:TIME, c] = sums * factors
        totals[TIME, c] = done
