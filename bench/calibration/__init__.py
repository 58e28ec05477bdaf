"""Constants of a board from readings: ADE7753 data sheet, calibration section."""
