"""One-pole filters applied to sums of exponentials, exact as the discrete-time system."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.model import Floats
from bench.twins.ade7753.terms import Terms


def low_pass(terms: Terms, a: float, start: Floats, w: Floats) -> Terms:
    """Output of y[k] = (1-a) y[k-1] + a x[k] with y[0] = `start` per chip."""
    forced = Terms(
        terms.coef * (a / (1.0 - (1.0 - a) * np.exp(-terms.rates(w)))), terms.order, terms.decay
    )
    return _started(forced, a, start)


def integrate(terms: Terms, a: float, gain: float, start: Floats, last: Floats, w: Floats) -> Terms:
    """Output of y[k] = (1-a) y[k-1] + gain (x[k] + x[k-1]) / 2 with y[0] = `start`.

    The trapezoid rule has no phase error. `last` is the true x[0], which the sum need not meet
    where a stimulus has just changed.
    """
    z = np.exp(-terms.rates(w))
    forced = Terms(
        terms.coef * (0.5 * gain * (1.0 + z) / (1.0 - (1.0 - a) * z)), terms.order, terms.decay
    )
    met = terms.coef.real.sum(axis=1)
    return _started(forced, a, start + 0.5 * gain * (last - met) / (1.0 - a))


def _started(forced: Terms, a: float, start: Floats) -> Terms:
    own = start - forced.coef.real.sum(axis=1)
    pole = Terms(
        own[:, None].astype(np.complex128), np.zeros(1, np.int64), np.array([np.log1p(-a)])
    )
    return forced.plus(pole).merged()
