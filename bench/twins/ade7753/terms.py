"""Sums of complex exponentials: what every signal of a chip is while its stimulus is periodic.

A signal at sample k is Re sum of coef exp((decay + j order w) k), w being the angle per sample of
each chip's line frequency. One-pole filters and products turn such sums into such sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.twins.ade7753.model import Complexes, Floats, Integers

NEGLIGIBLE = 1e-15
"""Terms under this part of the largest one are dropped."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`coef`: chips x terms; `order` >= 0, `decay` <= 0 (logarithm per sample): one per term."""

    coef: Complexes
    order: Integers
    decay: Floats

    def rates(self, w: Floats) -> Complexes:
        """Exponent per sample, chips x terms."""
        return np.asarray(self.decay + 1j * self.order * w[:, None])

    def at(self, k: Floats, w: Floats) -> Floats:
        """Values at samples `k` (per chip, or chips x instants); same shape."""
        if k.ndim == 1:
            return np.asarray((self.coef * np.exp(self.rates(w) * k[:, None])).real.sum(axis=1))
        turn = np.exp(self.rates(w)[:, None, :] * k[:, :, None])
        return np.asarray((turn @ self.coef[:, :, None])[:, :, 0].real)

    def run(self, first: Floats, count: int, w: Floats) -> Floats:
        """Values at `count` samples in a row from `first` (per chip); chips x count.

        The exponentials of a grid are products of those of its rows and columns.
        """
        rates = self.rates(w)
        width = max(1, int(np.sqrt(count)))
        rows = -(-count // width)
        row = first[:, None] + width * np.arange(rows)
        left = self.coef[:, None, :] * np.exp(rates[:, None, :] * row[:, :, None])
        right = np.exp(rates[:, :, None] * np.arange(width))
        real = left.real @ right.real - left.imag @ right.imag
        return np.asarray(real.reshape(len(w), rows * width)[:, :count])

    def plus(self, *others: Terms) -> Terms:
        """The sum of signals."""
        return Terms(
            np.concatenate([self.coef, *(x.coef for x in others)], axis=1),
            np.concatenate([self.order, *(x.order for x in others)]),
            np.concatenate([self.decay, *(x.decay for x in others)]),
        )

    def times(self, factor: Floats | float) -> Terms:
        """Each chip's signal times a real factor of its own."""
        return Terms(self.coef * np.reshape(factor, (-1, 1)), self.order, self.decay)

    def product(self, other: Terms) -> Terms:
        """The product of two signals: sums and differences of all exponents."""
        chips = len(self.coef)
        left, right = self.coef[:, :, None], other.coef[:, None, :]
        order = self.order[:, None] - other.order[None, :]
        below = 0.5 * left * right.conj()
        below = np.where(order < 0, below.conj(), below)
        decay = (self.decay[:, None] + other.decay[None, :]).ravel()
        return Terms(
            np.concatenate(
                [(0.5 * left * right).reshape(chips, -1), below.reshape(chips, -1)], axis=1
            ),
            np.concatenate(
                [(self.order[:, None] + other.order[None, :]).ravel(), np.abs(order).ravel()]
            ),
            np.concatenate([decay, decay]),
        ).merged()

    def merged(self) -> Terms:
        """Terms of the same exponent added up, negligible ones dropped."""
        keys = np.stack([self.order.astype(np.float64), self.decay])
        unique, where = np.unique(keys, axis=1, return_inverse=True)
        coef = np.zeros((len(self.coef), unique.shape[1]), dtype=np.complex128)
        np.add.at(coef.T, where.ravel(), self.coef.T)
        constant = (unique[0] == 0) & (unique[1] == 0)
        coef[:, constant] = coef[:, constant].real
        size = np.abs(coef)
        keep = (size > NEGLIGIBLE * size.sum(axis=1, keepdims=True)).any(axis=0)
        return Terms(coef[:, keep], unique[0, keep].astype(np.int64), unique[1, keep])

    @property
    def steady(self) -> Terms:
        """The part that does not decay."""
        keep = self.decay == 0.0
        return Terms(self.coef[:, keep], self.order[keep], self.decay[keep])

    @property
    def fading(self) -> Terms:
        """The part that decays."""
        keep = self.decay < 0.0
        return Terms(self.coef[:, keep], self.order[keep], self.decay[keep])

    @property
    def mean(self) -> Floats:
        """The constant part per chip."""
        keep = (self.decay == 0.0) & (self.order == 0)
        return np.asarray(self.coef[:, keep].real.sum(axis=1))

    def swing(self, k: Floats) -> Floats:
        """Bound of what the signal departs from its mean at sample `k` and after, per chip."""
        keep = (self.decay < 0.0) | (self.order > 0)
        size = np.abs(self.coef[:, keep]) * np.exp(self.decay[keep] * k[:, None])
        return np.asarray(size.sum(axis=1))


def constant(value: Floats) -> Terms:
    """A signal that does not change."""
    return Terms(value[:, None].astype(np.complex128), np.zeros(1, np.int64), np.zeros(1))


def chosen(where: np.ndarray, yes: Terms, no: Terms) -> Terms:
    """`yes` for the chips in `where`, `no` for the others."""
    if where.all():
        return yes
    if not where.any():
        return no
    return yes.times(where.astype(np.float64)).plus(no.times(1.0 - where)).merged()


class Sum:
    """Running sum of a signal: over samples 1..k, in closed form (geometric series)."""

    def __init__(self, terms: Terms, w: Floats) -> None:
        self._rates = terms.rates(w)
        still = (terms.order == 0) & (terms.decay == 0.0)
        self._slope = terms.coef[:, still].real.sum(axis=1)
        self._rates = self._rates[:, ~still]
        self._coef = terms.coef[:, ~still] * np.exp(self._rates) / np.expm1(self._rates)

    def to(self, k: Floats) -> Floats:
        """The sum per chip, or chips x instants, like `k`; between samples it is interpolated."""
        if k.ndim == 1:
            grown = np.expm1(self._rates * k[:, None])
            return np.asarray(self._slope * k + (self._coef * grown).real.sum(axis=1))
        grown = np.expm1(self._rates[:, None, :] * k[:, :, None])
        return np.asarray(self._slope[:, None] * k + (grown @ self._coef[:, :, None])[:, :, 0].real)

    def of(self, chip: int, k: Floats) -> Floats:
        """The sums to many samples `k` of one chip."""
        grown = np.expm1(self._rates[chip] * k[:, None])
        return np.asarray(self._slope[chip] * k + (grown @ self._coef[chip]).real)
