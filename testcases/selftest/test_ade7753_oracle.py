"""Both engines against a plain model of the chip, written out sample by sample from the reference.

Nothing of the engines is used here: filters, accumulation and events are spelled out again from
the engineering reference, section 4, with the open points as `Doubts` documents them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest

from bench.twins.waveform import sine
from drivers.roles import Harmonic
from testcases.selftest.metering_chip import Jig

CLKIN = 3_579_545
RATE = CLKIN / 128
ENGINES = ("steady", "samples")
VOLTAGE_HARMONICS = {3: Harmonic(0.08, 40.0), 7: Harmonic(0.03, 200.0)}
CURRENT_HARMONICS = {3: Harmonic(0.25, 170.0), 5: Harmonic(0.15, 20.0)}


def pole(corner: float) -> float:
    return 1.0 - math.exp(-2.0 * math.pi * corner / RATE)


@dataclass
class PlainChip:
    """The nominal board on 0..T of two waveforms, registers at reset but those given."""

    wgain: int = 0
    apos: int = 0
    phcal: int = 13
    ch1os: int = 0
    linecyc: int = 5

    def run(self, stretches: list[tuple[float, float, float, float]]) -> dict[str, float]:
        """`stretches`: end time in s, V rms, A rms, lag in deg."""
        d = [0.0, 0.0, 0.0]
        leak = blocked = lpf1 = mean_abs = lpf2 = lpf2q = square = 0.0
        energy = apparent = reactive = 0.0
        run_start = {"active": 0.0, "apparent": 0.0, "reactive": 0.0}
        latched = dict.fromkeys(("LAENERGY", "LVAENERGY", "LVARENERGY"), 0)
        sign = crossings = 0
        rising: list[int] = []
        peak1 = peak2 = 0.0
        end = stretches[-1][0]
        for n in range(1, int(end * RATE + 1e-6) + 1):
            t = n / RATE
            _, volts, amperes, lag = next(
                s for s in [*stretches, stretches[-1]] if t <= s[0] or s is stretches[-1]
            )
            delay = (self.phcal - 13) * 8 / CLKIN
            v = self.wave(t - delay, volts, 0.0, VOLTAGE_HARMONICS)
            i = self.wave(t, amperes, -lag, CURRENT_HARMONICS)
            v2 = v * 0.1767767 / 220.0
            v1 = i / 2500.0 * 7.365696
            x1 = 16 * 262_144 * 3.0492 * (v1 + self.ch1os * 1.61e-3) / 2.42
            x2 = 16_384 * 3.0492 * v2 / 2.42

            d[0] += pole(0.5) * (x1 - d[0])
            d[1] += pole(1.0) * (d[0] - d[1])
            d[2] += pole(2.0) * (d[1] - d[2])
            previous, blocked = blocked, x1 - d[2]
            leak = (1 - pole(0.1)) * leak + 2 * math.pi / RATE * (blocked + previous) / 2
            lpf2 += pole(8.9) * (blocked * x2 / 16_257.1 - lpf2)
            lpf2q += pole(8.9) * (-17.32 * leak * x2 / 16_257.1 - lpf2q)
            square += pole(1.8) * (blocked**2 - square)
            lpf1 += pole(140.0) * (x2 - lpf1)
            mean_abs += pole(1.8) * (abs(lpf1) - mean_abs)

            # 32 additions of the held value, one every 4/CLKIN
            if abs(lpf2) >= 8.39:
                energy += 32 * (lpf2 + self.apos / 256) * (1 + self.wgain / 4096) / 2**25
            apparent += 32 * math.sqrt(square) * 258.28 * mean_abs / 2**22 / 2**25
            reactive += 32 * lpf2q / 2**25
            peak1, peak2 = max(peak1, abs(blocked)), max(peak2, abs(lpf1))

            now = 1 if lpf1 >= 0 else -1
            if sign and now != sign:
                crossings += 1
                if now > 0:
                    rising.append(n)
                if crossings % self.linecyc == 0:
                    sums = {"active": energy, "apparent": apparent, "reactive": reactive}
                    for name, kind in zip(latched, sums, strict=True):
                        latched[name] = math.floor(sums[kind] - run_start[kind])
                    run_start = sums
            sign = now
        return {
            "AENERGY": math.floor(energy),
            "VAENERGY": math.floor(apparent),
            "IRMS": math.floor(math.sqrt(square)),
            "VRMS": math.floor(258.28 * mean_abs),
            "IPEAK": math.floor(peak1),
            "VPEAK": math.floor(2 * peak2),
            "PERIOD": (rising[-1] - rising[-17]) if len(rising) > 16 else 0,
            **latched,
        }

    @staticmethod
    def wave(t: float, rms: float, angle: float, harmonics: dict[int, Harmonic]) -> float:
        theta = 2 * math.pi * 50.0 * t + math.radians(angle)
        total = math.sin(theta)
        for order, harmonic in harmonics.items():
            total += harmonic.ratio * math.sin(order * theta + math.radians(harmonic.angle))
        return math.sqrt(2) * rms * total


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("registers", "stretches"),
    [
        ({}, [(0.0231, 220.0, 10.0, 0.0)]),
        ({}, [(0.8, 220.0, 60.0, 30.0)]),
        ({"WGAIN": 480, "APOS": -522, "PHCAL": 11, "CH1OS": 9}, [(0.5, 440.0, 120.0, 60.0)]),
        ({"APOS": 20_000}, [(0.4, 220.0, 0.002, 0.0)]),
        ({"WGAIN": -700}, [(0.3, 300.0, 60.0, 0.0), (0.6, 150.0, 20.0, 140.0)]),
        ({"CH1OS": -20}, [(0.2, 220.0, 60.0, 0.0), (0.21, 0.0, 60.0, 0.0), (0.7, 100.0, 0.0, 0.0)]),
    ],
)
def test_engine_gives_what_the_plain_model_gives(
    engine: str, registers: dict[str, int], stretches: list[tuple[float, float, float, float]]
) -> None:
    jig = Jig(engine=engine)
    jig.chip.write(MODE=0x008C, LINECYC=5, **registers)
    now = 0.0
    for end, volts, amperes, lag in stretches:
        jig.play(
            sine(volts, 50.0, harmonics=VOLTAGE_HARMONICS),
            sine(amperes, 50.0, -lag, harmonics=CURRENT_HARMONICS),
        )
        jig.run(end - now)
        now = end
    plain = PlainChip(
        registers.get("WGAIN", 0),
        registers.get("APOS", 0),
        registers.get("PHCAL", 13),
        registers.get("CH1OS", 0),
    ).run(stretches)
    # One LSB, for sums that end on either side of an integer; the peaks of the steady engine are
    # those of the continuous wave, up to 2e-5 above the largest sample.
    for name, value in plain.items():
        slack = 3e-5 * value if name.endswith("PEAK") else 0.0
        assert abs(jig.chip.read(name) - value) <= 1 + slack, name
