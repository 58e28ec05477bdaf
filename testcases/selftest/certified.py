"""A recorded run of two boards for the tests of certificates: one passes, one is rejected."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from bench.results.facts import AS_FOUND, AS_LEFT, InstrumentFacts, Quantity, RunHead
from bench.results.recorder import RunRecorder
from bench.results.store import Store
from bench.results.verdict import Verdict
from drivers.ade7753.registers import REGISTERS

HEAD = RunHead(
    procedure="calibrate",
    description="name = 'virtual'\n",
    code_version="0.1.0+g123",
    operator="Li <Wei>",
    station="line 1",
    clock="stepped",
    seed=7,
    decision_rule="simple acceptance",
    design=[Quantity("meter constant", 3200.0, "imp/kWh")],
    environment=[Quantity("ambient temperature", 23.1, "°C")],
)
POINTS = {
    "Ib PF 1": {"voltage": 220.0, "current": 5.0, "angle": 0.0, "frequency": 50.0},
    "Ib PF 0.5L": {"voltage": 220.0, "current": 5.0, "angle": 60.0, "frequency": 50.0},
}


def record_a_run(store: Store, head: RunHead = HEAD, u: float | None = None) -> uuid.UUID:
    """Two boards: one that passes, one that is rejected; `u` is the uncertainty of each error."""
    start = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    ticks = (start + timedelta(seconds=n) for n in range(1000))
    with RunRecorder(store, head, now=lambda: next(ticks)) as recorder:
        recorder.instrument(
            InstrumentFacts(
                "reference",
                "LEM Norma 4000",
                "TCPIP::r",
                "K-17",
                date(2026, 1, 5),
                date(2027, 1, 5),
            )
        )
        for number, error in ((1, 0.02), (2, 0.4)):
            recorder.position(number, f"SN/{number}", f"/dev/spidev0.{number}")
            for stage, values in ((AS_FOUND, (-3.07, -2.5)), (AS_LEFT, (error, error / 2))):
                for (point, applied), value in zip(POINTS.items(), values, strict=True):
                    reading = recorder.reading(
                        number,
                        point,
                        applied=applied,
                        reference={"active": 1100.05},
                        registers={"LAENERGY": 19186},
                        stage=stage,
                    )
                    recorder.measurement(
                        "percentage error",
                        value,
                        "%",
                        position=number,
                        load_point=point,
                        stage=stage,
                        lower=None if stage == AS_FOUND else -0.1,
                        upper=None if stage == AS_FOUND else 0.1,
                        uncertainty=u,
                        instruments=["reference"],
                        reading=reading,
                    )
            recorder.constant(number, REGISTERS["WGAIN"], 126, stage="gain", read_back=126)
            recorder.constant(
                number, REGISTERS["WGAIN"], 130, stage="gain", exact=129.7, read_back=130
            )
            recorder.constant(number, REGISTERS["APOS"], -522, stage="offset", read_back=-522)
        recorder.decide(1, Verdict.PASSED)
        recorder.decide(2, Verdict.FAILED, "WGAIN 2312 is outside +-1500: check <burden>")
        recorder.finish(Verdict.FAILED)
    return recorder.run_id
