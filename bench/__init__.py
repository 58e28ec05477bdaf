"""Floor 2: description, station, clock, calibration, procedures, results, command line."""
