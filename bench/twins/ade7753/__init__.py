"""The ADE7753 board twin: chip, front end, spread, faults, two engines."""
