"""What a decision rule risks: JCGM 106:2012, 9.5, global consumer's and producer's risk."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

SPAN = 8.0
"""Standard deviations of the production that are integrated over, each way."""
STEPS = 4001


@dataclass(frozen=True, slots=True)
class Risk:
    """Parts of all units: `false_accept`: bad and accepted; `false_reject`: good, not accepted."""

    false_accept: float
    false_reject: float


def global_risk(
    tolerance: float, acceptance: float, standard: float, mean: float, deviation: float
) -> Risk:
    """Risks of accepting readings within +-`acceptance` when +-`tolerance` is good.

    `standard`: standard uncertainty of a reading (> 0). `mean`, `deviation` (> 0): of the
    production's true values, all in one unit. Reading errors are normal and independent of the
    unit. The production is integrated over at the midpoints of a fine grid.
    """
    if not (tolerance > 0 and standard > 0 and deviation > 0):
        raise ValueError(
            f"tolerance {tolerance}, uncertainty {standard}, deviation {deviation}: "
            "all must be above 0"
        )
    edges = np.linspace(-SPAN, SPAN, STEPS)
    # The limits themselves are edges, so that no piece is half good and half bad.
    marks = (np.array([-tolerance, tolerance]) - mean) / deviation
    edges = np.union1d(edges, marks[np.abs(marks) < SPAN])
    middle = (edges[1:] + edges[:-1]) / 2
    weight = np.diff([_below(edge) for edge in edges])
    true = mean + deviation * middle
    accepted = np.array(
        [
            max(_below((acceptance - x) / standard) - _below((-acceptance - x) / standard), 0.0)
            for x in true
        ]
    )
    good = np.abs(true) <= tolerance
    return Risk(
        float(np.sum(weight[~good] * accepted[~good])),
        float(np.sum(weight[good] * (1 - accepted[good]))),
    )


def _below(z: float) -> float:
    """Part of a standard normal distribution below `z`."""
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))
