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
    Fault(
        "warm_gain",
        "the current gain changes with temperature: the air's, and 20 degC of own warmth at 50 A",
        {"percent_per_degree": (0.1, -1.0, 1.0)},
    ),
    Fault(
        "low_current_phase",
        "the current transformer leads more, in deg, below a current in A: poor core material",
        {"degrees": (2.0, -10.0, 10.0), "below": (1.0, 0.0, 100.0)},
    ),
    Fault(
        "voltage_gain",
        "the current gain changes with the voltage, none at `nominal` V: reference pulled along",
        {"percent_per_volt": (0.15, -1.0, 1.0), "nominal": (220.0, 1.0, 500.0)},
    ),
    Fault(
        "frequency_gain",
        "the current gain changes with the line frequency, none at 50 Hz",
        {"percent_per_hertz": (3.0, -20.0, 20.0)},
    ),
    Fault(
        "harmonic_blind",
        "harmonics of the current above an order do not get through: a low pass too low",
        {"order": (3.0, 1.0, 100.0)},
    ),
    Fault("reactive_sign", "reactive energy counts with the wrong sign"),
    Fault(
        "wrong_divider",
        "the pulse divider acts with another CFDEN than it reads",
        {"more": (1.0, -100.0, 100.0)},
    ),
    Fault(
        "upset",
        "a dip of the supply, too short for the monitor, flips a register bit once",
        {"address": (0x12, 1, 0x3F), "bit": (6, 0, 23)},
    ),
)
