"""VISA instruments: message transport, SCPI base, one file per instrument."""
