"""What a board can suffer: one row per fault. Each acts where it would in hardware."""

from __future__ import annotations

from bench.twins.faults import Fault

FAULTS = (
    Fault("no_answer", "the chip does not drive MISO and takes no command; the line floats to FFh"),
    Fault(
        "stuck_bit",
        "one register bit is stuck: it reads back so and acts so",
        {"address": (0x0F, 1, 0x3F), "bit": (0, 0, 23), "level": (1, 0, 1)},
    ),
    Fault(
        "corrupted_bytes",
        "part of the bytes in either direction have one bit flipped",
        {"rate": (0.01, 0.0, 1.0)},
    ),
    Fault(
        "gain",
        "the current channel has a wrong gain, such as a wrong burden",
        {"factor": (2.0, 0.0, 10.0)},
    ),
    Fault("reversed_ct", "the current transformer is connected the wrong way round"),
    Fault("no_cf", "the pulse output is dead"),
    Fault(
        "brown_out",
        "the supply falls below 4 V for a while; times in s from the injection",
        {"delay": (0.0, 0.0, 86_400.0), "duration": (0.1, 1e-3, 86_400.0)},
    ),
    Fault(
        "drift",
        "the gain of the current channel creeps away",
        {"percent_per_hour": (1.0, -100.0, 100.0)},
    ),
    Fault(
        "creep",
        "a constant active-power offset, in LPF2 LSB (8.39 is the no-load threshold)",
        {"lsb": (20.0, -10_000.0, 10_000.0)},
    ),
    Fault("noise", "more ADC noise than drawn", {"factor": (10.0, 0.0, 1000.0)}),
    Fault("stuck_sign", "the active power always counts as positive"),
    Fault(
        "saturated",
        "the current channel saturates early, at this part of its span",
        {"span": (0.2, 0.001, 1.0)},
    ),
)
