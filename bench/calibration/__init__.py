"""Constants of a board from readings: pure arithmetic, no wire and no clock.

Source throughout: ADE7753 data sheet Rev. C, section "Calibrating an energy meter" (pp. 39-46).
"""
