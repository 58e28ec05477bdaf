"""The chip sample by sample, compiled: arithmetic and event logic in one loop per chip.

Compiled by numba, which a benchmark holds against the same arithmetic in numpy. The rows of the
state matrices and of the parameters are looked up by name once, when this module is imported.
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
    "gain1",
    "gain2",
    "offset1",
    "offset2",
    "clamp1",
    "clamp2",
    "no_hpf",
    "no_lpf2",
    "integrator",
    "positive_only",
    "sign_stuck",
    "creep",
    "apos",
    "rate",
    "rate_va",
    "rate_var",
    "square_floor",
    "mean_offset",
    "sag_level",
    "sag_cycles",
    "current_level",
    "voltage_level",
    "line_cycles",
    "zx_timeout",
    "sampling",
    "wave_source",
    "wave_step",
)
"""Rows of the parameter matrix, one column per chip."""
CONSTANTS = (
    "dc1",
    "dc2",
    "dc3",
    "leak",
    "leak_gain",
    "lpf1",
    "lpf2",
    "lpf3",
    "integrator",
    "reactive_on",
    "reactive_off",
    "multiplier",
    "vrms_scale",
    "no_load",
    "apparent",
)
"""Entries of the vector of constants."""
BLOCK = 512
KNOT = 32
"""Samples between stored values of the power counted."""

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

F = TypeVar("F", bound=Callable[..., None])


def compiled(function: F) -> F:
    """Compile to machine code on first use; the result is kept on disk beside the source."""
    return cast(F, njit(cache=True, error_model="numpy")(function))


@compiled
def look_up(
    values: Floats, first: int, count: int, repeat: bool, position: float, step: float, out: Floats
) -> None:
    """Fill `out` with the values of a table at positions `step` points apart."""
    for j in range(len(out)):
        at = position + j * step
        if repeat:
            at -= math.floor(at / count) * count
        elif at < 0.0 or at > count - 1:
            out[j] = 0.0
            continue
        index = min(int(at), count - 1)
        left = values[first + index]
        out[j] = left + (values[first + index + 1] - left) * (at - index)


@compiled
def advance(  # noqa: PLR0912, PLR0915 - one loop with everything in registers is the point
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

    A channel is (values, first, count, repeat, position of the next sample, step), all but the
    first per chip.
    """
    (a1, a2, a3, a_leak, g_leak, a_lpf1, a_lpf2, a_lpf3) = constants[:8]
    (k_int, k_on, k_off, multiplier, vrms_scale, no_load, k_va) = constants[8:15]
    inverse = 1.0 / multiplier
    codes1 = np.empty(BLOCK)
    codes2 = np.empty(BLOCK)
    for c in range(len(counts)):
        (gain1, gain2, offset1, offset2, clamp1, clamp2) = numbers[:6, c]
        no_hpf, no_lpf2, integrator = numbers[6, c] > 0, numbers[7, c] > 0, numbers[8, c] > 0
        positive_only, sign_stuck = numbers[9, c] > 0, numbers[10, c] > 0
        (creep, apos, rate, rate_va, rate_var, square_floor, mean_offset) = numbers[11:18, c]
        (sag_level, sag_cycles, current_level, voltage_level) = numbers[18:22, c]
        line_cycles, zx_timeout = int(numbers[22, c]), int(numbers[23, c])
        sampling, source, wave_step = numbers[24, c] > 0, int(numbers[25, c]), int(numbers[26, c])

        dc1, dc2, dc3 = real[R_DC1, c], real[R_DC2, c], real[R_DC3, c]
        blocked, leak = real[R_BLOCKED, c], real[R_LEAK, c]
        lpf1, mean_abs = real[R_LPF1, c], real[R_MEAN_ABS, c]
        lpf2, lpf2q, square = real[R_LPF2, c], real[R_LPF2Q, c], real[R_SQUARE, c]
        cycle_peak, wave = real[R_CYCLE_PEAK, c], real[R_WAVE, c]
        n, zx_sign, zx_count = whole[W_N, c], whole[W_ZX_SIGN, c], whole[W_ZX_COUNT, c]
        power_sign, flags = whole[W_POWER_SIGN, c], whole[W_FLAGS, c]
        sag_low = whole[W_SAG_LOW, c]
        top1 = top2 = 0.0
        active = apparent = reactive = 0.0

        done = 0
        while done < counts[c]:
            size = min(BLOCK, counts[c] - done)
            look_up(
                channel1[0], channel1[1][c], channel1[2][c], channel1[3][c],
                channel1[4][c] + done * channel1[5][c], channel1[5][c], codes1[:size],
            )  # fmt: skip
            look_up(
                channel2[0], channel2[1][c], channel2[2][c], channel2[3][c],
                channel2[4][c] + done * channel2[5][c], channel2[5][c], codes2[:size],
            )  # fmt: skip
            for j in range(size):
                n += 1
                x1 = min(max(gain1 * codes1[j] + offset1, -clamp1), clamp1)
                x2 = min(max(gain2 * codes2[j] + offset2, -clamp2), clamp2)

                dc1 += a1 * (x1 - dc1)
                dc2 += a2 * (dc1 - dc2)
                dc3 += a3 * (dc2 - dc3)
                before = blocked
                blocked = x1 if no_hpf else x1 - dc3
                leak += 0.5 * g_leak * (blocked + before) - a_leak * leak
                current = k_int * leak if integrator else blocked
                turned = k_on * blocked if integrator else -k_off * leak

                product = current * x2 * inverse + creep
                lpf2 += a_lpf2 * (product - lpf2)
                power = product if no_lpf2 else lpf2
                product_q = turned * x2 * inverse
                lpf2q += a_lpf2 * (product_q - lpf2q)
                reactive += product_q if no_lpf2 else lpf2q
                square += a_lpf3 * (current * current - square)
                lpf1 += a_lpf1 * (x2 - lpf1)
                size2 = abs(lpf1)
                mean_abs += a_lpf3 * (size2 - mean_abs)
                irms = math.sqrt(max(square + square_floor, 0.0))
                apparent += irms * max(vrms_scale * mean_abs + mean_offset, 0.0)

                if abs(power) >= no_load:
                    total = power + apos
                    if sign_stuck:
                        total = abs(total)
                    if not positive_only or total > 0.0:
                        active += total
                    sign = 1 if power > 0.0 else -1
                    if sign != power_sign:
                        if power_sign > 0:
                            flags |= F_PNEG
                        elif power_sign < 0:
                            flags |= F_PPOS
                        power_sign = sign

                top1 = max(top1, abs(current))
                top2 = max(top2, size2)
                sign = 1 if lpf1 >= 0.0 else -1
                if sign != zx_sign:
                    if zx_sign != 0:
                        if n - whole[W_LAST_ZX, c] >= zx_timeout and whole[W_TIMED_OUT, c] == 0:
                            flags |= F_ZXTO
                        flags |= F_ZX
                        whole[W_LAST_ZX, c] = n
                        whole[W_TIMED_OUT, c] = 0
                        zx_count += 1
                        if zx_count % line_cycles == 0:
                            zx_count = 0
                            ends[c] += 1
                            previous[:, c] = lasts[:, c]
                            lasts[ACTIVE, c] = active * rate
                            lasts[APPARENT, c] = apparent * k_va * rate_va
                            lasts[REACTIVE, c] = reactive * rate_var
                            lasts[TIME, c] = done + j + 1
                        if sign > 0:
                            rising[c, : RISES_KEPT - 1] = rising[c, 1:].copy()
                            rising[c, RISES_KEPT - 1] = n
                            whole[W_RISES, c] = min(whole[W_RISES, c] + 1, RISES_KEPT)
                            if cycle_peak < sag_level:
                                whole[W_SAG_CYCLES, c] += 1
                                low = whole[W_SAG_CYCLES, c]
                                if 0 < sag_cycles <= low:
                                    if low == sag_cycles:
                                        flags |= F_SAG
                                    sag_low = 1
                            else:
                                whole[W_SAG_CYCLES, c] = 0
                            cycle_peak = 0.0
                    zx_sign = sign
                cycle_peak = max(cycle_peak, size2)
                if size2 >= sag_level:
                    sag_low = 0
                if sampling and n % wave_step == 0:
                    wave = current if source == 2 else (lpf1 if source == 3 else power)
                if (done + j + 1) % KNOT == 0:
                    knots[c, (done + j + 1) // KNOT - 1] = active
            done += size

        knots[c, -(-done // KNOT) - 1 :] = active
        if top1 >= current_level:
            flags |= F_PKI
        if top2 >= voltage_level:
            flags |= F_PKV
        real[R_DC1, c], real[R_DC2, c], real[R_DC3, c] = dc1, dc2, dc3
        real[R_BLOCKED, c], real[R_LEAK, c] = blocked, leak
        real[R_LPF1, c], real[R_MEAN_ABS, c] = lpf1, mean_abs
        real[R_LPF2, c], real[R_LPF2Q, c], real[R_SQUARE, c] = lpf2, lpf2q, square
        real[R_IPEAK, c] = max(real[R_IPEAK, c], top1)
        real[R_VPEAK, c] = max(real[R_VPEAK, c], top2)
        real[R_CYCLE_PEAK, c], real[R_WAVE, c] = cycle_peak, wave
        whole[W_N, c], whole[W_ZX_SIGN, c], whole[W_ZX_COUNT, c] = n, zx_sign, zx_count
        whole[W_POWER_SIGN, c], whole[W_FLAGS, c] = power_sign, flags
        whole[W_SAG_LOW, c] = sag_low
        totals[ACTIVE, c] = active * rate
        totals[APPARENT, c] = apparent * k_va * rate_va
        totals[REACTIVE, c] = reactive * rate_var
        totals[TIME, c] = done
