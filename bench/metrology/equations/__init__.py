"""Equations (1) to (8) of the meter paper, on arrays and on spectra.

| equation | quantity | where |
| --- | --- | --- |
| (1), (2) | voltage and current over time | `sine` |
| (3) | active power; apparent power, power factor | `power`, for arrays `arrays` |
| (4), (8) | active and reactive energy | `energy` |
| (5), (6), (7) | three phases: energy, three-wire, four-wire | `three_phase` |

Which reactive power is meant with harmonics is always said: `reactive.Reactive`.
"""
